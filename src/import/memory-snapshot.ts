/**
 * PyTorch's memory snapshot (`torch.cuda.memory._dump_snapshot`): a pickle of segments, their blocks and the history of
 * allocations. Segments become buffers, blocks sub-allocations of them. The pickle is read as data; nothing in it runs.
 */
import { err, ok } from '../base/result.ts';
import { TraceBuilder } from '../trace/builder.ts';
import { unpackWhole } from './gzip.ts';
import type { Importer } from './importer.ts';
import { readPickle } from './pickle/read.ts';
import { convertSnapshot } from './pickle/snapshot.ts';

export const memorySnapshot: Importer = {
  id: 'memory-snapshot',
  label: 'PyTorch memory snapshot',
  extensions: ['.pickle', '.pkl', '.pickle.gz'],
  // PROTO, then a dict or a list: what a snapshot begins with in every protocol since 2.
  sniff: (head) => head[0] === 0x80 && (head[1] as number) >= 2 && (head[1] as number) <= 5,
  read(bytes, options) {
    const { text, problem } = unpackWhole(bytes, options);
    if (problem) return err({ at: text.length, message: problem });
    const pickle = readPickle(text);
    if (!pickle.ok) return pickle;
    const builder = new TraceBuilder();
    const missing = convertSnapshot(pickle.value, builder);
    if (missing) return err({ at: 0, message: missing });
    return ok(builder.build());
  },
};
