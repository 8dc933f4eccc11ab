/** Launches by planner and arguments: a tree of maps, one level an argument. */
import type { DeviceFacts } from './facts.ts';
import type { Launch, PlanKey, Planner } from './launch.ts';

type Node = Map<PlanKey, Node | Launch>;

export class Plans {
  readonly #facts: DeviceFacts;
  readonly #roots = new Map<unknown, Node>();

  constructor(facts: DeviceFacts) {
    this.#facts = facts;
  }

  get<Args extends readonly PlanKey[]>(planner: Planner<Args>, args: Args): Launch {
    let node = this.#roots.get(planner);
    if (!node) this.#roots.set(planner, (node = new Map()));
    const last = args.length - 1;
    for (let i = 0; i < last; i++) {
      let next = node.get(args[i] as PlanKey) as Node | undefined;
      if (!next) node.set(args[i] as PlanKey, (next = new Map()));
      node = next;
    }
    const key = args[last] as PlanKey;
    let launch = node.get(key) as Launch | undefined;
    if (!launch) node.set(key, (launch = planner(this.#facts, ...args)));
    return launch;
  }

  /** Forgets every plan, after the choice of algorithms changed. */
  clear(): void {
    this.#roots.clear();
  }
}
