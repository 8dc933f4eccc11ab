/** Perfetto's own format (`.perfetto-trace`, `.pftrace`): protocol buffers of packets. Its track events and GPU work are read. */
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { Trace } from '../trace/model.ts';
import { unpackWhole } from './gzip.ts';
import type { ImportError, Importer } from './importer.ts';
import { convertPerfetto } from './perfetto/convert.ts';
import { looksLikePackets, readPackets } from './perfetto/packets.ts';

export const perfetto: Importer = {
  id: 'perfetto',
  label: 'Perfetto',
  extensions: ['.perfetto-trace', '.pftrace', '.perfetto-trace.gz', '.pftrace.gz'],
  sniff: looksLikePackets,
  read(bytes, options): Result<Trace, ImportError> {
    const { text, problem } = unpackWhole(bytes, options);
    const file = readPackets(text, options);
    const { counts } = file.recording;
    if (counts.packets === counts.broken)
      return err(file.stoppedAt ?? { at: 0, message: 'the file holds no readable packet of Perfetto' });
    const stoppedAt = problem ? { at: text.length, message: problem } : file.stoppedAt;
    return ok(convertPerfetto({ ...file, stoppedAt }));
  },
};
