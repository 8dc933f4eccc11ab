/** Activation checkpointing: what lies between is computed again in the backward pass instead of being kept. */
import type { DeviceArray } from '../gpu/array.ts';
import type { Op } from '../ops/op.ts';
import { annotations, inLayer } from '../probe/annotate.ts';
import { autocastActive, inAutocast } from './autocast.ts';
import { backward } from './backward.ts';
import { constant } from './constants.ts';
import { noGrad, withGrad } from './grad-mode.ts';
import { inScope } from './lifetime.ts';
import { recordSeeds, replaySeeds } from './random.ts';
import { handOver, hold } from './storage.ts';
import { apply1 } from './tape.ts';
import { Tensor } from './tensor.ts';
import { Value } from './value.ts';

/**
 * Runs `body` on `inputs` without keeping what it makes in between; the backward pass runs it again. Memory of a deep model
 * falls to that of its checkpoints, for about a third more time.
 *
 * ```ts
 * for (const block of this.blocks) x = checkpoint((x) => block.forward(x), x);
 * ```
 *
 * Random numbers of dropout are the same both times. Running statistics of batch normalization are moved twice.
 */
export function checkpoint(body: (...inputs: Tensor[]) => Tensor, ...inputs: readonly Tensor[]): Tensor {
  const { layer } = annotations;
  const mixed = autocastActive();
  let seeds: readonly number[] = [];
  const op: Op<object> = {
    name: 'checkpoint',
    forward(_context, arrays) {
      const run = (): Tensor =>
        noGrad(() => body(...arrays.slice(1).map((array) => new Tensor(new Value(array)))));
      const [result, used] = recordSeeds(() =>
        inScope('at the end of its checkpoint', run, ({ value }) => [value]),
      );
      seeds = used;
      return { outputs: [result.value.array], saved: arrays };
    },
    backward(_context, [gradient], saved, _attributes, needs) {
      if (!gradient) return saved.map(() => null);
      const again = (): (DeviceArray | null)[] => {
        const leaves = saved
          .slice(1)
          .map((array, i) => new Tensor(new Value(array, { requiresGrad: needs[i + 1] ?? false })));
        const run = (): Tensor => replaySeeds(seeds, () => withGrad(true, () => body(...leaves)));
        const result = mixed ? inAutocast(run) : run();
        backward(result.value, new Value(gradient));
        // The leaves go at the end of the scope; their gradients are handed on.
        return [null, ...leaves.map(({ value }) => (value.grad ? hold(value.grad.array) : null))];
      };
      const gradients = inScope(
        'at the end of its checkpoint',
        layer ? () => inLayer(layer, again) : again,
        () => [],
      );
      for (const array of gradients) if (array) handOver(array);
      return gradients;
    },
  };
  // Parameters inside the body want gradients even where no input does: the anchor has the operation recorded.
  const anchor = constant('anchor', [1], () => 0);
  anchor.requiresGrad = true;
  return new Tensor(apply1(op, [anchor, ...inputs.map(({ value }) => value)], {}));
}
