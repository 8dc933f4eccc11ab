/** Forward-to-backward arrows: which forward operator a backward one belongs to. */
import type { TraceBuilder } from '../../trace/builder.ts';
import { FLOW_ENDS } from '../../trace/model.ts';
import type { EventColumns } from '../events/columns.ts';
import { PH } from '../events/columns.ts';

const SLICES = FLOW_ENDS.indexOf('slices');

interface Arrow {
  fromSlice: number;
  toSlice: number;
  layer: number;
}

/** Flow events name no operator, only a thread and a time: the operator that starts there. */
export class FlowMarks {
  readonly #events: EventColumns;
  readonly #arrows = new Map<number, Arrow>();
  /** Flow id of a mark, by thread and start. */
  readonly #starts = new Map<string, number>();
  readonly #ends = new Map<string, number>();
  readonly #startThreads = new Set<string>();

  constructor(events: EventColumns) {
    this.#events = events;
    for (let i = 0; i < events.length; i++) {
      const phase = events.phase[i];
      if (phase !== PH.flowStart && phase !== PH.flowEnd) continue;
      const category = events.text(events.category[i] as number);
      if (!/fwdbwd|forward_backward/i.test(category)) continue;
      const id = events.id[i] as number;
      if (phase === PH.flowStart) {
        this.#starts.set(this.#place(i), id);
        this.#startThreads.add(this.#thread(i));
      } else this.#ends.set(this.#place(i), id);
      if (!this.#arrows.has(id)) this.#arrows.set(id, { fromSlice: -1, toSlice: -1, layer: -1 });
    }
  }

  /** Whether forward operators run on the thread of these events. */
  startsOn(ids: Uint32Array): boolean {
    return ids.length > 0 && this.#startThreads.has(this.#thread(ids[0] as number));
  }

  /** Notes the slice of an operator that an arrow may start or end at. The innermost at a time wins. */
  meet(event: number, slice: number, layer: number): void {
    if (this.#arrows.size === 0) return;
    const place = this.#place(event);
    const from = this.#arrows.get(this.#starts.get(place) ?? -1);
    if (from) {
      from.fromSlice = slice;
      from.layer = layer;
    }
    const to = this.#arrows.get(this.#ends.get(place) ?? -1);
    if (to) to.toSlice = slice;
  }

  /** Layer of the forward operator whose arrow ends at a backward operator's start; -1 for none. */
  layerFromForward(event: number): number {
    if (this.#arrows.size === 0) return -1;
    return this.#arrows.get(this.#ends.get(this.#place(event)) ?? -1)?.layer ?? -1;
  }

  write(builder: TraceBuilder): void {
    if (this.#arrows.size === 0) return;
    const name = builder.string('forward-backward');
    for (const { fromSlice, toSlice } of this.#arrows.values())
      if (fromSlice >= 0 && toSlice >= 0)
        builder.row('flows', { name, fromEnd: SLICES, from: fromSlice, toEnd: SLICES, to: toSlice });
  }

  #thread(event: number): string {
    return `${this.#events.process[event]} ${this.#events.thread[event]}`;
  }

  #place(event: number): string {
    return `${this.#thread(event)} ${this.#events.startNs[event]}`;
  }
}
