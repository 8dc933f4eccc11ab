/** The engine as the backward pass of one node sees it: gradients of parameters go straight to their places. */
import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { Question } from '../gpu/choices.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import type { Launch, PlanKey, Planner } from '../gpu/launch.ts';
import type { OpContext } from '../ops/op.ts';
import { theEngine } from './engine.ts';
import type { Edge } from './node.ts';

export class PlacingContext implements OpContext {
  readonly #engine = theEngine();
  readonly #edges: readonly Edge[];

  constructor(edges: readonly Edge[]) {
    this.#edges = edges;
  }

  get facts(): DeviceFacts {
    return this.#engine.facts;
  }

  /**
   * Memory for the gradient of input `index`. A parameter whose optimizer keeps all gradients side by side gets its
   * part of that memory, unless a gradient is there already (a shared weight, or accumulation over several passes).
   * A node that has the same parameter twice takes the place once.
   */
  gradient(index: number, shape: readonly number[], dtype: Dtype = 'f32'): DeviceArray {
    const edge = this.#edges[index];
    if (edge && 'leaf' in edge) {
      const { gradHome, gradHomeTaken } = edge.leaf;
      if (
        gradHome?.alive &&
        !gradHomeTaken?.alive &&
        gradHome.dtype === dtype &&
        sameSize(gradHome.shape, shape)
      ) {
        const place = this.#engine.view(gradHome, shape);
        edge.leaf.gradHomeTaken = place;
        return place;
      }
      return this.#engine.empty(shape, dtype, 'gradient');
    }
    return this.#engine.gradient(index, shape, dtype);
  }

  empty(shape: readonly number[], dtype?: Dtype, role?: DeviceArray['role']): DeviceArray {
    return this.#engine.empty(shape, dtype, role);
  }

  zeros(shape: readonly number[], dtype?: Dtype, role?: DeviceArray['role']): DeviceArray {
    return this.#engine.zeros(shape, dtype, role);
  }

  view(array: DeviceArray, shape: readonly number[], dtype?: Dtype): DeviceArray {
    return this.#engine.view(array, shape, dtype);
  }

  plan<Args extends readonly PlanKey[]>(planner: Planner<Args>, ...args: Args): Launch {
    return this.#engine.plan(planner, ...args);
  }

  choose(operation: string, key: string, ask: () => Omit<Question, 'key'>): string {
    return this.#engine.choose(operation, key, ask);
  }

  launch(launch: Launch, arrays: readonly DeviceArray[], words?: Uint32Array): void {
    this.#engine.launch(launch, arrays, words);
  }
}

const sameSize = (a: readonly number[], b: readonly number[]): boolean =>
  a.reduce((product, n) => product * n, 1) === b.reduce((product, n) => product * n, 1);
