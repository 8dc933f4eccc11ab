/** How much of the machine's processors other programs take. */
import { cpus } from 'node:os';

/** Reading the counters takes a tenth of a millisecond a core or so; where there are many, one other program hardly disturbs. */
const MOST_CORES = 32;

export class MachineLoad {
  #busyMs: number | null = busyMs();

  /** Cores that others used on average since the last call; the caller's own share and the time passed are given. Null: not known. */
  otherCores(ownMs: number, passedMs: number): number | null {
    if (this.#busyMs === null) return null;
    const now = busyMs();
    if (now === null) return null;
    const others = (now - this.#busyMs - ownMs) / passedMs;
    this.#busyMs = now;
    // The machine counts in hundredths of a second, the process in microseconds.
    return Math.max(0, others);
  }
}

/** Time that all processors together have worked, ms; null where that is not told. */
function busyMs(): number | null {
  const cores = cpus();
  if (cores.length === 0 || cores.length > MOST_CORES) return null;
  let busy = 0;
  for (const { times } of cores) busy += times.user + times.nice + times.sys + times.irq;
  return busy;
}
