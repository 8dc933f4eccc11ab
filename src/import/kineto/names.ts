/** What a name tells about the work under it. Cached by string id: the same few hundred names come a million times. */
import { PHASES } from '../../trace/model.ts';
import type { EventColumns } from '../events/columns.ts';

const phase = (name: (typeof PHASES)[number]): number => PHASES.indexOf(name);
export const PHASE = {
  other: phase('other'),
  data: phase('data'),
  forward: phase('forward'),
  backward: phase('backward'),
  optimizer: phase('optimizer'),
} as const;

/** Phase that a name starts, or -1 when it says nothing. */
export function phaseOfName(name: string): number {
  if (/^enumerate\(Data(Loader|Pipe)\)#/.test(name)) return PHASE.data;
  if (name.startsWith('Optimizer.')) return PHASE.optimizer;
  if (/^autograd::engine::|^torch::autograd::|Backward\d*$/.test(name)) return PHASE.backward;
  return -1;
}

/** A module as PyTorch names its calls: `nn.Module: Linear_3`; `type` is the class. */
export interface ModuleName {
  readonly segment: string;
  readonly type: string;
}

function moduleOfName(name: string): ModuleName | null {
  const segment = /^nn\.Module: (.+)$/.exec(name)?.[1];
  return segment === undefined ? null : { segment, type: segment.replace(/_\d+$/, '') };
}

export class NameFacts {
  readonly #events: EventColumns;
  readonly #phases = new Map<number, number>();
  readonly #modules = new Map<number, ModuleName | null>();

  constructor(events: EventColumns) {
    this.#events = events;
  }

  phase(name: number): number {
    let found = this.#phases.get(name);
    if (found === undefined) this.#phases.set(name, (found = phaseOfName(this.#events.text(name))));
    return found;
  }

  module(name: number): ModuleName | null {
    let found = this.#modules.get(name);
    if (found === undefined) this.#modules.set(name, (found = moduleOfName(this.#events.text(name))));
    return found;
  }
}
