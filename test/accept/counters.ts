/** Counter events that the TensorBoard plug-in added to a trace: utilization in buckets, SM efficiency as a curve. */
import {
  efficiencyCurve,
  kernelsOfDevices,
  utilizationBuckets,
} from '../../src/analysis/recorded/gpu-metrics.ts';
import { blocksPerUnit } from '../../src/analysis/recorded/occupancy.ts';
import type { Trace } from '../../src/trace/model.ts';
import type { Report } from './report.ts';

interface CounterEvent {
  readonly ph: string;
  readonly name: string;
  readonly ts: number;
  readonly args: Readonly<Record<string, number>>;
}

export function checkCounters(report: Report, file: string, text: string, trace: Trace): void {
  report.rounding('Counter events: times equal to the microsecond, values to 1e-12 relative.');
  const events = (JSON.parse(text) as { traceEvents: CounterEvent[] }).traceEvents.filter(
    ({ ph }) => ph === 'C',
  );
  const span = windowOf(trace);
  const originUs = events[0]?.ts ?? 0;
  const spanStartUs = span.startNs / 1000;
  const { dispatches } = trace.tables;
  const blocks = blocksPerUnit(trace);
  for (const [device, work] of kernelsOfDevices(trace)) {
    const buckets = utilizationBuckets(work, span.startNs, span.endNs);
    const levels = efficiencyCurve(
      work,
      (at) => blocks[dispatches.launch[work.rows[at] as number] as number] as number,
    );
    const ours: Record<string, { us: number; value: number }[]> = {
      // Each curve begins with 1 and 0 so that a viewer scales it to 1, and ends with 0.
      [`${device} Utilization`]: [
        ...[1, 0].map((value) => ({ us: span.startNs / 1000, value })),
        ...buckets.map(({ startNs, value }) => ({ us: startNs / 1000, value })),
        { us: span.endNs / 1000, value: 0 },
      ],
      [`${device} Est. SM Efficiency`]: [
        ...[1, 0].map((value) => ({ us: span.startNs / 1000, value })),
        ...levels.flatMap(({ startNs, endNs, value }) => [
          { us: startNs / 1000, value },
          { us: endNs / 1000, value: 0 },
        ]),
      ],
    };
    for (const [name, list] of Object.entries(ours)) {
      const expected = events.filter((event) => event.name === name);
      const scale = scaleOf(
        expected.map(valueOf),
        list.map(({ value }) => value),
      );
      if (scale !== 1)
        report.rounding(
          `${file}: the expected values of "${name}" are drawn ${scale} times too large (kernels of 6 µs in a bucket of 1000 µs stand as 0.6, not 0.006); they are compared after dividing by ${scale}.`,
        );
      report.number(file, `${name}: events`, expected.length, list.length, 0);
      expected.forEach((event, i) => {
        report.number(file, `${name} ${i}: µs`, event.ts - originUs, (list[i]?.us ?? NaN) - spanStartUs, 0);
        const drawn = valueOf(event);
        report.number(
          file,
          `${name} ${i}: value`,
          i < 2 ? drawn : drawn / scale,
          list[i]?.value ?? NaN,
          1e-12,
        );
      });
    }
  }
}

function valueOf({ args }: CounterEvent): number {
  return Object.values(args)[0] as number;
}

/** The power of ten by which every expected value after the two scaling marks exceeds ours; 1 when there is none. */
function scaleOf(expected: readonly number[], ours: readonly number[]): number {
  const ratios = expected.flatMap((value, i) => (i >= 2 && value !== 0 ? [value / (ours[i] as number)] : []));
  const scale = 10 ** Math.round(Math.log10(ratios[0] ?? 1));
  return ratios.every((ratio) => Math.abs(ratio / scale - 1) < 1e-9) ? scale : 1;
}

/** The span that the profiler was on. */
function windowOf(trace: Trace): { startNs: number; endNs: number } {
  const { slices } = trace.tables;
  const name = trace.strings.indexOf('PyTorch Profiler (0)');
  for (let i = 0; i < slices.length; i++)
    if (slices.name[i] === name)
      return { startNs: slices.startNs[i] as number, endNs: slices.endNs[i] as number };
  throw new Error('the trace has no profiler span');
}
