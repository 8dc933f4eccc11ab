/** Brings the clocks of a Perfetto trace to one: that of CLOCK_BOOTTIME, which all of it is kept in. */

const BOOTTIME = 6;
/** Clocks from here to 127 belong to one sequence of packets. */
const SEQUENCE_CLOCKS_FROM = 64;
const SEQUENCE_CLOCKS_TO = 127;

export interface ClockReading {
  readonly id: number;
  readonly timestamp: bigint;
  /** Timestamps of this clock count from the one before. */
  readonly isIncremental: boolean;
  readonly multiplierNs: bigint;
}

interface Known {
  readonly reading: ClockReading;
  readonly traceNs: bigint;
  lastTimestamp: bigint;
}

export class Clocks {
  readonly #known = new Map<string, Known>();
  readonly #unknown = new Set<number>();

  /** Clocks that events use and no snapshot relates to the others: their times are taken as they are. */
  get unknown(): ReadonlySet<number> {
    return this.#unknown;
  }

  /** Readings of several clocks at one moment. */
  snapshot(sequence: number, readings: readonly ClockReading[], primary: number): void {
    const reference =
      readings.find(({ id }) => id === BOOTTIME) ?? readings.find(({ id }) => id === primary) ?? readings[0];
    if (!reference) return;
    const traceNs = reference.timestamp * reference.multiplierNs;
    for (const reading of readings)
      this.#known.set(keyOf(sequence, reading.id), {
        reading,
        traceNs,
        lastTimestamp: reading.timestamp,
      });
  }

  /** A packet's timestamp as nanoseconds of the trace. Incremental clocks move on with each call. */
  toTrace(sequence: number, id: number, timestamp: bigint): bigint {
    const known = this.#known.get(keyOf(sequence, id));
    if (!known) {
      if (id !== BOOTTIME && id !== 0) this.#unknown.add(id);
      return timestamp;
    }
    const { reading } = known;
    if (reading.isIncremental) known.lastTimestamp += timestamp;
    else known.lastTimestamp = timestamp;
    return known.traceNs + (known.lastTimestamp - reading.timestamp) * reading.multiplierNs;
  }
}

function keyOf(sequence: number, id: number): string {
  return id >= SEQUENCE_CLOCKS_FROM && id <= SEQUENCE_CLOCKS_TO ? `${sequence} ${id}` : `${id}`;
}
