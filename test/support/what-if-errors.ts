/** The errors of carrying a kernel to another GPU, on the half of the public latencies that nothing was fitted to. */
import { sustainedShare } from '../../src/analysis/sustained-rates.ts';
import type { DeviceRates } from '../../src/analysis/what-if.ts';
import { carriedNs } from '../../src/analysis/what-if.ts';
import { median } from '../../src/base/stats.ts';
import type { LatencyDevice, LatencyShape } from './latencies.ts';
import { inFittingHalf, latencyShapes } from './latencies.ts';

export const OPS = ['linear', 'bmm', 'element-wise'] as const;
export const opOf = ({ op }: LatencyShape): (typeof OPS)[number] =>
  op === 'linear' || op === 'bmm' ? op : 'element-wise';

/** Name in the GPU table of a device of the data. */
export const TABLE_NAMES: Readonly<Record<string, string>> = {
  'Tesla V100-PCIE-32GB': 'NVIDIA V100 (any)',
  'NVIDIA A100-PCIE-40GB': 'NVIDIA A100 (any)',
  'NVIDIA A100 80GB PCIe': 'NVIDIA A100 80GB PCIe',
  'NVIDIA H100 80GB HBM3': 'NVIDIA H100 80GB HBM3 (SXM)',
  'NVIDIA L4': 'NVIDIA L4',
  'Tesla T4': 'Tesla T4',
  'Tesla P4': 'Tesla P4',
  'Tesla P100-PCIE-16GB': 'Tesla P100-PCIE-16GB',
};

/** As the table has it, or as it would be for a GPU that nobody measured. */
function ratesOf(devices: ReadonlyMap<string, LatencyDevice>, device: string, known = true): DeviceRates {
  const sheet = devices.get(device)!;
  const share = sustainedShare(known ? (TABLE_NAMES[device] ?? device) : '');
  return {
    flops: sheet.flops * share.compute,
    bytes: sheet.bytes * share.bandwidth,
    units: sheet.units,
    startNs: 5_000,
  };
}

export interface CarryErrors {
  readonly ours: number[];
  /** As if the GPU had never been measured. */
  readonly unmeasured: number[];
  /** The roofline of the data sheet. */
  readonly roofline: number[];
}

/** By `device|op`, and `all|op`. */
export function carryErrors(devices: ReadonlyMap<string, LatencyDevice>): Map<string, CarryErrors> {
  const errors = new Map<string, CarryErrors>();
  const note = (key: string, ours: number, unmeasured: number, roofline: number): void => {
    const entry = errors.get(key) ?? { ours: [], unmeasured: [], roofline: [] };
    entry.ours.push(ours);
    entry.unmeasured.push(unmeasured);
    entry.roofline.push(roofline);
    errors.set(key, entry);
  };
  for (const shape of latencyShapes()) {
    if (inFittingHalf(shape.key)) continue;
    const perDevice = new Map(shape.measured.map((m) => [m.device, m]));
    for (const to of perDevice.values()) {
      const sheet = devices.get(to.device)!;
      const roofline = Math.max(shape.flops / sheet.flops, shape.bytesMoved / sheet.bytes) * 1e9;
      for (const from of perDevice.values()) {
        if (from.device === to.device) continue;
        const work = { ...shape, workgroups: from.workgroups };
        const error = (predicted: number): number => Math.abs(predicted / to.ns - 1);
        const [ours, unmeasured] = [true, false].map((known) =>
          error(carriedNs(work, from.ns, ratesOf(devices, from.device), ratesOf(devices, to.device, known))),
        );
        for (const key of [`${to.device}|${opOf(shape)}`, `all|${opOf(shape)}`])
          note(key, ours!, unmeasured!, error(roofline));
      }
    }
  }
  return errors;
}

/** A line a GPU: median errors, ours, as if it had never been measured, and of the plain roofline. */
export function errorTable(errors: ReadonlyMap<string, CarryErrors>): string {
  const percent = (list: readonly number[]): string => `${(100 * median(list)).toFixed(1)} %`;
  const lines = [...Object.keys(TABLE_NAMES), 'all'].map(
    (device) =>
      `  ${device.padEnd(24)}${OPS.map((op) => {
        const e = errors.get(`${device}|${op}`);
        return e
          ? `${op} ${percent(e.ours)}; ${percent(e.unmeasured)}; ${percent(e.roofline)}`.padEnd(40)
          : ''.padEnd(40);
      }).join('')}`,
  );
  return [
    'median error of a kernel carried from every other GPU; as if the GPU had never been measured; plain roofline',
    ...lines,
  ].join('\n');
}
