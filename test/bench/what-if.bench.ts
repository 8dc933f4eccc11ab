/** Estimates of other GPUs against public measurements, next to the plain roofline. */
import { latencyDevices } from '../support/latencies.ts';
import { carryErrors, errorTable } from '../support/what-if-errors.ts';

export async function run(): Promise<void> {
  const devices = latencyDevices();
  console.log(
    devices
      ? errorTable(carryErrors(devices))
      : 'skipped: the public latencies are not beside the checkout (KERNELSCOPE_LATENCIES names their folder)',
  );
}
