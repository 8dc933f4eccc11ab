/** The ranks of one distributed run, each recorded by PyTorch into a file of its own, as one trace on one axis. */
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import { mergeTraces } from '../trace/merge.ts';
import type { Part } from '../trace/merge.ts';
import type { Trace } from '../trace/model.ts';
import { readEvents } from './events/read.ts';
import type { ImportError } from './importer.ts';
import { looksLikeKineto } from './kineto/categories.ts';
import { convertKinetoAt } from './kineto/convert.ts';
import { readHeader } from './kineto/device.ts';

export interface RankFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Ranks of one machine share a clock; a start this far from the first is of another clock and is moved to it. */
const SAME_CLOCK_US = 3600e6;

/** Opens all files as one trace, in order of rank. An error names the file. */
export function importRanks(files: readonly RankFile[]): Result<Trace, ImportError> {
  const ranks: { rank: number; name: string; trace: Trace; startUs: number }[] = [];
  for (const { name, bytes } of files) {
    const file = readEvents(bytes);
    if (!looksLikeKineto(file.events, file.header))
      return err({ at: file.stoppedAt?.at ?? 0, message: `${name} is no trace of PyTorch's profiler` });
    const info = readHeader(file.header, 'distributedInfo') as { rank?: unknown } | undefined;
    const rank =
      typeof info?.rank === 'number' ? info.rank : Number(/rank[-_ ]?(\d+)/i.exec(name)?.[1] ?? ranks.length);
    ranks.push({ rank, name, ...convertKinetoAt(file) });
  }
  if (ranks.length === 0) return err({ at: 0, message: 'there is no trace of a rank' });
  ranks.sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1));
  const firstUs = Math.min(...ranks.map(({ startUs }) => startUs));
  const apart = ranks.filter(({ startUs }) => startUs - firstUs > SAME_CLOCK_US);
  const parts = ranks.map(({ rank, trace, startUs }): Part => ({
    label: `rank ${rank}`,
    trace,
    offsetNs: startUs - firstUs > SAME_CLOCK_US ? 0 : (startUs - firstUs) * 1000,
  }));
  const merged = mergeTraces(parts);
  if (apart.length === 0) return ok(merged);
  const note = `Clocks of these ranks are not the first one's; their traces are laid at its start: ${apart.map(({ rank }) => rank).join(', ')}.`;
  return ok({ ...merged, meta: { ...merged.meta, notes: [note, ...merged.meta.notes] } });
}
