/** The most bytes each layer held at once, by role. */
import { ROLES } from '../trace/model.ts';
import type { Role, Trace } from '../trace/model.ts';
import { memoryEvents } from './memory-events.ts';

export type RoleBytes = Readonly<Record<Role, number>>;

export interface LayerBytes {
  /** By layer: its own buffers, and with those of all layers below it. Each role at its own highest moment. */
  readonly own: readonly RoleBytes[];
  readonly total: readonly RoleBytes[];
}

const WIDTH = ROLES.length;

function raise(live: Float64Array, peak: Float64Array, at: number, delta: number): void {
  live[at] = (live[at] as number) + delta;
  if ((live[at] as number) > (peak[at] as number)) peak[at] = live[at] as number;
}

function named(peak: Float64Array, layer: number): RoleBytes {
  return Object.fromEntries(ROLES.map((role, r) => [role, peak[layer * WIDTH + r] as number])) as RoleBytes;
}

export function layerBytes(trace: Trace): LayerBytes {
  const size = trace.layers.length * WIDTH;
  const [live, own, liveTotal, total] = [size, size, size, size].map((n) => new Float64Array(n)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const { buffers } = trace.tables;
  const events = memoryEvents(trace);
  for (let e = 0; e < events.length; e++) {
    if (!events.leaf[e]) continue;
    const buffer = events.buffer[e] as number;
    let layer = buffers.layer[buffer] as number;
    const role = buffers.role[buffer] as number;
    const delta = events.delta[e] as number;
    if (layer >= 0) raise(live, own, layer * WIDTH + role, delta);
    for (; layer >= 0; layer = trace.layers[layer]?.parent ?? -1)
      raise(liveTotal, total, layer * WIDTH + role, delta);
  }
  return {
    own: trace.layers.map((_, layer) => named(own, layer)),
    total: trace.layers.map((_, layer) => named(total, layer)),
  };
}
