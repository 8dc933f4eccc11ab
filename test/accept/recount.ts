/**
 * What stands in a file, counted the simple way (JSON.parse and loops), against what our trace holds: an independent
 * path for files that have no expected results beside them.
 */
import { kernelSums, operatorSums, recordedDifference } from '../../src/analysis/recorded/difference.ts';
import { recordedOccupancies, statedOccupancyPercent } from '../../src/analysis/recorded/occupancy.ts';
import { MEMORY_CATEGORIES } from '../../src/import/memory-timeline.ts';
import type { Trace } from '../../src/trace/model.ts';
import type { Report } from './report.ts';

interface Event {
  readonly ph?: string;
  readonly cat?: string;
  readonly name?: string;
  readonly dur?: number | string;
  readonly args?: Readonly<Record<string, unknown>>;
}

interface Sum {
  calls: number;
  us: number;
}

const KERNEL = new Set(['kernel', 'concurrent_kernel', 'mtia_ccp_events', 'memcpy', 'memset', 'gpu_memcpy', 'gpu_memset']); // prettier-ignore
const OPERATOR = new Set(['operator', 'python', 'cpu_op']);
const RUNTIME = /^((cuda|hip|xpu|mtia|glow|privateuse1)_)?(runtime|driver)$/;
/** KiB of shared memory above which PyTorch writes an occupancy of 0. */
const STATED_UP_TO = 48 * 1024;

export interface Recount {
  readonly kernels: Map<string, Sum>;
  readonly operators: Map<string, Sum>;
  readonly launched: number;
}

export function recount(text: string): Recount {
  const json = JSON.parse(text) as { traceEvents?: Event[] } | Event[];
  const events = (Array.isArray(json) ? json : (json.traceEvents ?? [])).filter(({ ph }) => ph === 'X');
  const of = (events: readonly Event[]): Map<string, Sum> => {
    const sums = new Map<string, Sum>();
    for (const { name = '', dur = 0 } of events.filter((event) => !(Number(event.dur) < 0))) {
      const sum = sums.get(name) ?? { calls: 0, us: 0 };
      sums.set(name, { calls: sum.calls + 1, us: sum.us + Number(dur) });
    }
    return sums;
  };
  const category = ({ cat = '' }: Event): string => cat.toLowerCase();
  const gpu = events.filter((event) => KERNEL.has(category(event)));
  const calls = new Set(
    events.filter((event) => RUNTIME.test(category(event))).map(({ args }) => args?.['correlation']),
  );
  return {
    kernels: of(gpu),
    operators: of(events.filter((event) => OPERATOR.has(category(event)))),
    launched: gpu.filter(({ args }) => args?.['correlation'] !== undefined && calls.has(args['correlation']))
      .length,
  };
}

/** Every name's calls and time, and the number of works whose launch was found. */
export function checkRecount(report: Report, file: string, counted: Recount, trace: Trace): void {
  report.rounding('Recount: calls equal; times to 0.001 µs + 1e-6 relative (sums of decimal fractions).');
  for (const [what, expected, ours] of [
    ['kernel', counted.kernels, kernelSums(trace)],
    ['operator', counted.operators, operatorSums(trace)],
  ] as const) {
    report.number(file, `${what} names`, expected.size, ours.size, 0);
    let calls = 0;
    let us = 0;
    const wrong: string[] = [];
    for (const [name, sum] of expected) {
      const found = ours.get(name);
      calls += sum.calls;
      us += sum.us;
      if (found?.calls !== sum.calls || Math.abs(found.ns / 1000 - sum.us) > 0.001 + 1e-6 * sum.us)
        wrong.push(name);
    }
    const sums = [...ours.values()];
    report.number(
      file,
      `${what} calls`,
      calls,
      sums.reduce((all, sum) => all + sum.calls, 0),
      0,
    );
    report.number(
      file,
      `${what} time µs`,
      us,
      sums.reduce((all, sum) => all + sum.ns, 0) / 1000,
      0.001 + 1e-6 * us,
    );
    report.holds(
      file,
      `${what} names with equal calls and time`,
      String(expected.size),
      wrong.length === 0 ? String(expected.size) : `differ: ${wrong.slice(0, 3).join(', ')}`,
      wrong.length === 0,
    );
  }
  const { flows } = trace.tables;
  const launch = trace.strings.indexOf('launch');
  let matched = 0;
  for (let i = 0; i < flows.length; i++) if (flows.name[i] === launch) matched++;
  report.number(file, 'works with their launch', counted.launched, matched, 0);
}

export function checkDifference(
  report: Report,
  file: string,
  before: Recount,
  after: Recount,
  traces: readonly [Trace, Trace],
): void {
  const ours = recordedDifference(...traces);
  for (const [what, a, b, changes] of [
    ['operators', before.operators, after.operators, ours.operators],
    ['kernels', before.kernels, after.kernels, ours.kernels],
  ] as const) {
    const count = (kind: string): number => changes.filter((change) => change.kind === kind).length;
    const names = [...new Set([...a.keys(), ...b.keys()])];
    const calls = (of: Map<string, Sum>, name: string): number => of.get(name)?.calls ?? 0;
    report.number(file, `${what} added`, names.filter((name) => !a.has(name)).length, count('added'), 0);
    report.number(file, `${what} removed`, names.filter((name) => !b.has(name)).length, count('removed'), 0);
    report.number(
      file,
      `${what} called more often`,
      names.filter((name) => a.has(name) && calls(b, name) > calls(a, name)).length,
      count('more calls'),
      0,
    );
    report.number(
      file,
      `${what} called less often`,
      names.filter((name) => b.has(name) && calls(b, name) < calls(a, name)).length,
      count('fewer calls'),
      0,
    );
    report.number(
      file,
      `${what} unchanged in calls`,
      names.filter((name) => calls(b, name) === calls(a, name)).length,
      count('same calls'),
      0,
    );
  }
}

/** Occupancy of every kernel against what PyTorch wrote beside it. */
export function checkOccupancy(report: Report, file: string, trace: Trace): void {
  report.rounding(
    'Occupancy: within 1 point of the recorded whole percent up to 48 KiB of shared memory; above it, greater than 0 (PyTorch writes 0 there).',
  );
  const stated = statedOccupancyPercent(trace);
  const computed = recordedOccupancies(trace);
  const { dispatches, launches } = trace.tables;
  let near = 0;
  let known = 0;
  let large = 0;
  let above = 0;
  for (let i = 0; i < dispatches.length; i++) {
    const launch = dispatches.launch[i] as number;
    const percent = stated[launch] as number;
    if (Number.isNaN(percent)) continue;
    const ours = (computed[launch]?.achieved ?? NaN) * 100;
    if ((trace.kernels[launches.kernel[launch] as number]?.workgroupBytes ?? 0) > STATED_UP_TO) {
      large++;
      if (ours > 0) above++;
    } else {
      known++;
      if (Math.abs(ours - percent) <= 1) near++;
    }
  }
  if (known > 0) report.number(file, 'occupancy: kernels within 1 point', known, near, 0);
  if (large > 0) report.number(file, 'occupancy: kernels above 48 KiB with a value', large, above, 0);
}

/** What Holistic Trace Analysis' own test states of its memory_timeline.raw.gz: sizes at the 745th distinct time. */
const STATED_BY_HTA = {
  events: 16_845,
  at: 1_696_966_047_192_849_263n,
  sizes: [102_440_608, 102_228_128, 19_395_584, 0, 2_618_160_128, 58_417_152, 41_811_968, 25_494_440],
};

/** Sizes by category at moments spread over a memory timeline, and at its peak. */
export function checkTimeline(report: Report, file: string, text: string, trace: Trace): void {
  report.rounding('Memory timeline: bytes equal.');
  // Nanoseconds since 1970 exceed a float64: they are read as text.
  const rows = [...text.matchAll(/\[\s*(-?\d+)\s*,\s*(\d+)\s*,\s*(-?\d+)\s*,\s*(\d+)\s*\]/g)].map(
    (match) => ({ time: BigInt(match[1] as string), bytes: Number(match[3]), category: Number(match[4]) }),
  );
  rows.sort((a, b) => (a.time < b.time ? -1 : Number(a.time > b.time)));
  const first = rows.find(({ time }) => time >= 0n)?.time ?? 0n;
  const sizes = MEMORY_CATEGORIES.map(() => 0);
  const moments: { time: bigint; sizes: number[] }[] = [];
  rows.forEach(({ time, bytes, category }, i) => {
    sizes[category] = (sizes[category] ?? 0) + bytes;
    if (rows[i + 1]?.time !== time && time >= 0n) moments.push({ time, sizes: [...sizes] });
  });
  const total = ({ sizes }: { sizes: number[] }): number => sizes.reduce((sum, size) => sum + size, 0);
  const peak = moments.reduce((a, b) => (total(b) > total(a) ? b : a));
  const picked = [
    ...Array.from(
      { length: 16 },
      (_, i) => moments[Math.floor((i * (moments.length - 1)) / 15)] as (typeof moments)[number],
    ),
    peak,
  ];
  const { samples } = trace.tables;
  if (rows.length === STATED_BY_HTA.events)
    picked.push({ time: STATED_BY_HTA.at, sizes: STATED_BY_HTA.sizes });
  for (const { time, sizes: expected } of picked) {
    const ours = MEMORY_CATEGORIES.map(() => 0);
    for (let i = 0; i < samples.length; i++)
      if ((samples.atNs[i] as number) <= Number(time - first))
        ours[samples.series[i] as number] = samples.value[i] as number;
    MEMORY_CATEGORIES.forEach((name, category) =>
      report.number(
        file,
        `${name} bytes at ${time}`,
        expected[category] as number,
        ours[category] as number,
        0,
      ),
    );
  }
}
