/** The goals the engine sets itself beside its peers, each with what was measured in this run. */
import { ratiosOf, type Row } from './report.ts';

export interface Goal {
  readonly what: string;
  /** As measured; null where this run did not measure it. */
  readonly value: number | null;
  readonly bound: number;
  readonly is: 'at least' | 'at most';
}

const ours = (rows: readonly Row[], workload: string): Row | undefined =>
  rows.find((row) => row.workload === workload && row.engine === 'kernelscope' && !row.missing);

/**
 * `cold`: the shader caches were empty at the start. Speed is by processor time, which other programs hardly change; against
 * PyTorch's better time by wall time, for it may use one core.
 */
export function goalsOf(rows: readonly Row[], cold: boolean): Goal[] {
  const goals: Goal[] = [];
  for (const workload of new Set(rows.map((row) => row.workload))) {
    const own = ours(rows, workload);
    for (const row of rows)
      if (row.workload === workload && (row.engine === 'tfjs' || row.engine === 'jaxjs')) {
        const ratios = row.missing ? null : ratiosOf(row, rows);
        const part = (ratio: number | null | undefined): number | null => (ratio ? 1 / ratio : null);
        goals.push(
          {
            what: `${workload}: times as fast as ${row.engine}`,
            value: ratios?.stepCpu ?? null,
            bound: 8,
            is: 'at least',
          },
          {
            what: `${workload}: first step, share of ${row.engine}'s`,
            value: cold ? part(ratios?.firstCpu) : null,
            bound: 0.5,
            is: 'at most',
          },
          {
            what: `${workload}: peak bytes, share of ${row.engine}'s`,
            value: part(ratios?.peak),
            bound: 0.7,
            is: 'at most',
          },
        );
      }
    const torch = rows
      .filter((row) => row.workload === workload && row.engine.startsWith('torch'))
      .flatMap((row) => row.stepMs ?? []);
    const best = rows
      .filter((row) => row.workload === workload && row.engine.startsWith('kernelscope'))
      .flatMap((row) => row.stepMs ?? []);
    const ratio = torch.length > 0 && best.length > 0 ? Math.min(...best) / Math.min(...torch) : null;
    goals.push(
      { what: `${workload}: step over PyTorch's better one`, value: ratio, bound: 2, is: 'at most' },
      // The second submit is the copy of the loss that the bench reads each step.
      {
        what: `${workload}: submits of a steady step`,
        value: own?.counts?.submits ?? null,
        bound: 2,
        is: 'at most',
      },
      {
        what: `${workload}: new buffers and bind groups of a steady step`,
        value: own?.counts ? own.counts.buffers + own.counts.bindGroups : null,
        bound: 0,
        is: 'at most',
      },
      {
        what: `${workload}: seconds to the first step in a second process`,
        value: own?.againMs ? own.againMs / 1000 : null,
        bound: 0.5,
        is: 'at most',
      },
    );
  }
  const firsts = rows.filter((row) => row.engine === 'kernelscope').flatMap((row) => row.firstMs ?? []);
  goals.push({
    what: `seconds of all first steps, shader cache empty`,
    value: cold && firsts.length > 0 ? firsts.reduce((sum, ms) => sum + ms, 0) / 1000 : null,
    bound: 15,
    is: 'at most',
  });
  return goals;
}

const met = ({ value, bound, is }: Goal): boolean | null =>
  value === null ? null : is === 'at least' ? value >= bound : value <= bound;

export function goalsText(goals: readonly Goal[]): string {
  return goals
    .map((goal) => {
      const verdict = { true: 'met', false: 'MISSED', null: 'not measured' }[String(met(goal))];
      const value = goal.value === null ? '-' : goal.value.toFixed(2);
      return `${goal.what.padEnd(60)} ${value.padStart(8)}  ${goal.is} ${goal.bound}: ${verdict}`;
    })
    .join('\n');
}
