/** Rows of the kernel table: dispatches grouped by kernel, operation, layer or shape. Pure. */
import type { GroupStats } from '../../src/analysis/kernels.ts';
import { groupStats } from '../../src/analysis/kernels.ts';
import type { Family, Trace } from '../../src/trace/model.ts';
import type { Selection } from '../../src/wire/view-messages.ts';
import { kernelName, shortKernel } from '../kernel-name.ts';
import { t } from '../translate.ts';

export type Grouping = 'kernel' | 'operation' | 'layer' | 'shape';

export interface KernelRow extends GroupStats {
  readonly name: string;
  /** What tells two rows of one name apart. */
  readonly rest: string;
  /** Of the launch that took most time. */
  readonly family: Family;
  readonly selection: Selection;
  readonly key: string;
}

/** `25 × 4 × 8`, without trailing ones. */
export function trimGrid(sizes: readonly number[]): string {
  const shown = [...sizes];
  while (shown.length > 1 && shown.at(-1) === 1) shown.pop();
  return shown.map((size) => size.toLocaleString('en-US')).join(' × ');
}

/** The words of a launch by which rows are grouped. */
function wordsOf(trace: Trace, by: Grouping, launch: number): readonly [name: string, rest: string] {
  const { launches } = trace.tables;
  const full = trace.kernels[launches.kernel[launch] as number]?.name ?? '';
  switch (by) {
    case 'kernel': {
      const { short, rest } = kernelName(full);
      return [short, rest];
    }
    case 'operation':
      return [trace.strings[launches.op[launch] as number] || shortKernel(full), ''];
    case 'layer': {
      const layer = trace.layers[launches.layer[launch] as number];
      return layer ? [layer.path, layer.type] : [t('no layer'), ''];
    }
    case 'shape': {
      const { short } = kernelName(full);
      const grid = [launches.workgroupsX, launches.workgroupsY, launches.workgroupsZ].map(
        (size) => size[launch] as number,
      );
      return [short, t('{0} workgroups', trimGrid(grid))];
    }
  }
}

export function kernelRows(trace: Trace, by: Grouping): KernelRow[] {
  const { launches } = trace.tables;
  const groups = new Map<string, number>();
  const groupOf = new Uint32Array(launches.length);
  for (let launch = 0; launch < launches.length; launch++) {
    const kernel = launches.kernel[launch] as number;
    // A kernel is itself, whatever it is called; the other groups are what they are called.
    const key = by === 'kernel' ? String(kernel) : wordsOf(trace, by, launch).join(' ');
    if (!groups.has(key)) groups.set(key, groups.size);
    groupOf[launch] = groups.get(key) as number;
  }
  return groupStats(trace, groups.size, groupOf).map((stats) => {
    const { launch } = stats;
    const kernel = launches.kernel[launch] as number;
    const layer = launches.layer[launch] as number;
    const [name, rest] = wordsOf(trace, by, launch);
    const selection: Selection =
      by === 'layer' && layer >= 0 ? { kind: 'layer', layer } : { kind: 'kernel', kernel };
    return {
      ...stats,
      name,
      rest,
      family: trace.kernels[kernel]?.family ?? 'other',
      selection,
      key: by === 'layer' ? `layer ${layer}` : by === 'kernel' ? `kernel ${kernel}` : `${by} ${stats.group}`,
    };
  });
}
