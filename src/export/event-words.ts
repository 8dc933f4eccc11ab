/** What a viewer is told of a row: its name, its category and the arguments a person reads. Names are PyTorch's where it has them. */
import { FLOW_ENDS, PHASES, TRANSFER_KINDS } from '../trace/model.ts';
import type { TableName, Trace } from '../trace/model.ts';
import type { EventPlaces } from './event-places.ts';

export interface EventWords {
  readonly name: string;
  readonly category: string;
  /** Members of `args`; what is undefined is left out. */
  readonly args: Readonly<Record<string, unknown>>;
}

export class EventWording {
  readonly #trace: Trace;
  readonly #places: EventPlaces;
  /** Launching call of each dispatch, and calls that launched something: their common correlation is the call's row. */
  readonly #callOfDispatch = new Map<number, number>();
  readonly #launching = new Set<number>();
  /** What tells counters of one name in one process apart: viewers would make one curve of them. */
  readonly #seriesId: readonly (string | undefined)[];

  constructor(trace: Trace, places: EventPlaces) {
    this.#trace = trace;
    this.#places = places;
    const { flows } = trace.tables;
    const launch = trace.strings.indexOf('launch');
    for (let i = 0; i < flows.length; i++) {
      if (flows.name[i] !== launch || FLOW_ENDS[flows.fromEnd[i] as number] !== 'slices') continue;
      this.#launching.add(flows.from[i] as number);
      if (FLOW_ENDS[flows.toEnd[i] as number] === 'dispatches')
        this.#callOfDispatch.set(flows.to[i] as number, flows.from[i] as number);
    }
    const seen = new Map<string, number>();
    this.#seriesId = trace.series.map(({ name, unit, track }) => {
      const key = JSON.stringify([trace.tracks[track]?.group, name, unit]);
      const count = (seen.get(key) ?? 0) + 1;
      seen.set(key, count);
      return count > 1 ? String(count) : undefined;
    });
  }

  of(table: TableName, row: number): EventWords {
    const { tables, strings } = this.#trace;
    switch (table) {
      case 'dispatches':
        return this.#dispatch(row);
      case 'slices': {
        const name = strings[tables.slices.name[row] as number] ?? '';
        const args = {
          correlation: this.#launching.has(row) ? row : undefined,
          layer: this.#layer(tables.slices.layer[row] as number),
          source: this.#source(tables.slices.location[row] as number),
        };
        return { name, category: this.#places.sliceCategory(row, name), args };
      }
      case 'marks':
        return { name: strings[tables.marks.name[row] as number] ?? '', category: 'mark', args: {} };
      case 'transfers': {
        const bytes = tables.transfers.sizeBytes[row] as number;
        const args = { bytes: finite(bytes), source: this.#source(tables.transfers.location[row] as number) };
        const name = TRANSFER_KINDS[tables.transfers.kind[row] as number] ?? 'transfer';
        return { name, category: 'transfer', args };
      }
      case 'steps': {
        const { index, loss, samples } = tables.steps;
        const args = { loss: finite(loss[row] as number), samples: finite(samples[row] as number) };
        return { name: `step ${index[row]}`, category: 'step', args };
      }
      case 'phases':
        return { name: PHASES[tables.phases.phase[row] as number] ?? 'phase', category: 'phase', args: {} };
      case 'compiles':
        return { name: 'compile', category: 'compiles', args: { source: this.#source(tables.compiles.location[row] as number) } }; // prettier-ignore
      default:
        return { name: 'submit', category: 'submits', args: { dispatches: tables.submits.dispatches[row] } };
    }
  }

  /** A counter of a sample; its unit is what viewers write behind the name. */
  counter(sample: number): { readonly name: string; readonly unit: string; readonly id: string | undefined } {
    const id = this.#trace.tables.samples.series[sample] as number;
    const { name = '', unit = 'count' } = this.#trace.series[id] ?? {};
    return { name, unit, id: this.#seriesId[id] };
  }

  #dispatch(row: number): EventWords {
    const { tables, kernels, strings } = this.#trace;
    const { launches, dispatches } = tables;
    const launch = dispatches.launch[row] as number;
    const kernel = kernels[launches.kernel[launch] as number];
    const args = {
      device: 0,
      stream: dispatches.queue[row],
      grid: [launches.workgroupsX[launch], launches.workgroupsY[launch], launches.workgroupsZ[launch]],
      block: kernel?.workgroupSize ?? [0, 0, 0],
      correlation: this.#callOfDispatch.get(row),
      'registers per thread': kernel?.registersPerThread,
      'shared memory': kernel?.workgroupBytes ?? undefined,
      operator: strings[launches.op[launch] as number] ?? '',
      layer: this.#layer(launches.layer[launch] as number),
      phase: PHASES[launches.phase[launch] as number] ?? 'other',
      source: this.#source(launches.location[launch] as number),
    };
    return { name: kernel?.name ?? '', category: 'kernel', args };
  }

  #layer(layer: number): string | undefined {
    return this.#trace.layers[layer]?.path;
  }

  #source(location: number): string | undefined {
    const place = this.#trace.locations[location];
    return place && `${place.file}:${place.line}`;
  }
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
