/** Kernels and launches of formats that record each dispatch with its geometry: the same one is stored once. */
import type { TraceBuilder } from '../../trace/builder.ts';
import { PHASES } from '../../trace/model.ts';
import { kernelFamily } from '../kineto/family.ts';

type Sizes = readonly [number, number, number];

export interface RecordedLaunch {
  readonly name: string;
  /** Of the call or range that launched it; empty where none is known. */
  readonly operator: string;
  readonly grid: Sizes;
  readonly workgroup: Sizes;
  /** Null where the format does not say. */
  readonly sharedBytes: number | null;
  /** Null where the format does not say. */
  readonly registersPerThread: number | null;
}

export class RecordedLaunches {
  readonly #builder: TraceBuilder;
  readonly #kernels = new Map<string, number>();
  readonly #launches = new Map<string, number>();

  constructor(builder: TraceBuilder) {
    this.#builder = builder;
  }

  /** Row of the launch. Layer, place, operations and bytes are what such formats do not tell. */
  row(recorded: RecordedLaunch): number {
    const { grid, operator } = recorded;
    const kernel = this.#kernel(recorded);
    const [workgroupsX, workgroupsY, workgroupsZ] = grid;
    return memo(this.#launches, `${kernel} ${grid.join()} ${operator}`, () =>
      this.#builder.row('launches', {
        kernel,
        layer: -1,
        op: this.#builder.string(operator),
        phase: PHASES.indexOf('other'),
        location: -1,
        workgroupsX,
        workgroupsY,
        workgroupsZ,
        flops: NaN,
        bytesMoved: NaN,
      }),
    );
  }

  #kernel({ name, operator, workgroup, sharedBytes, registersPerThread }: RecordedLaunch): number {
    return memo(this.#kernels, [name, workgroup, registersPerThread, sharedBytes].join(), () =>
      this.#builder.add('kernels', {
        name,
        family: kernelFamily(name, operator),
        workgroupSize: workgroup,
        workgroupBytes: sharedBytes,
        ...(registersPerThread === null ? {} : { registersPerThread }),
      }),
    );
  }
}

function memo(known: Map<string, number>, key: string, make: () => number): number {
  let value = known.get(key);
  if (value === undefined) known.set(key, (value = make()));
  return value;
}
