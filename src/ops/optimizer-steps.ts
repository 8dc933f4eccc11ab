/**
 * Updates of all parameters in one dispatch: parameters, gradients and state lie side by side in arenas of one layout
 * (`Engine.arena`), f32. What changes from step to step goes in as words, computed here in double precision.
 */
import type { DeviceArray } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import type { Binding, KernelDef } from '../gpu/kernel.ts';
import { ceilDiv, f32Bits, type Launch } from '../gpu/launch.ts';
import adamSource from '../../kernels/adam.wgsl';
import flushedSource from '../../kernels/flushed.wgsl';
import lionSource from '../../kernels/lion.wgsl';
import rmspropSource from '../../kernels/rmsprop.wgsl';
import plainSource from '../../kernels/sgd-plain.wgsl';
import sgdSource from '../../kernels/sgd.wgsl';
import { launchByPlaces } from './kernel-parts.ts';
import type { OpContext } from './op.ts';
import { count, shapeError } from './shape.ts';

const KERNELS = {
  'sgd-plain': { source: plainSource, bindings: ['out', 'in', 'params'], flops: 4 },
  sgd: { source: sgdSource, bindings: ['out', 'in', 'out', 'params'], flops: 8 },
  adam: { source: adamSource, bindings: ['out', 'in', 'out', 'out', 'params'], flops: 18 },
  rmsprop: { source: rmspropSource, bindings: ['out', 'in', 'out', 'out', 'params'], flops: 14 },
  lion: { source: lionSource, bindings: ['out', 'in', 'out', 'params'], flops: 12 },
} as const satisfies Record<string, { source: string; bindings: readonly Binding[]; flops: number }>;

type StepName = keyof typeof KERNELS;

export function planStep(facts: DeviceFacts, name: StepName, elements: number): Launch {
  const { source, bindings, flops } = KERNELS[name];
  const kernel: KernelDef = {
    op: name,
    variant: 'arena',
    dtype: 'f32',
    family: 'optimizer',
    file: `kernels/${name}.wgsl`,
    source,
    functions: [flushedSource],
    bindings,
  };
  const written = bindings.filter((binding) => binding === 'out').length;
  return launchByPlaces(
    facts,
    ceilDiv(elements, 4),
    {
      kernel,
      flops: flops * elements,
      bytesMoved: 4 * elements * (bindings.length - 1 + written),
    },
    1,
  );
}

function step(
  context: OpContext,
  name: StepName,
  arrays: readonly DeviceArray[],
  words: readonly number[],
): void {
  const elements = count((arrays[0] as DeviceArray).shape);
  for (const array of arrays)
    if (array.dtype !== 'f32' || count(array.shape) !== elements)
      throw shapeError(name, 'parameters, gradients and state are f32 arenas of one layout');
  context.launch(
    context.plan(planStep, name, elements),
    arrays,
    Uint32Array.of(ceilDiv(elements, 4), ...words),
  );
}

/** What every step takes. */
interface AnyStep {
  readonly lr: number;
  /** Climb the gradients instead of descending. Default false. */
  readonly maximize?: boolean;
}

/** What the gradients are multiplied with, as a word. */
const direction = ({ maximize = false }: AnyStep): number => f32Bits(maximize ? -1 : 1);

export interface SgdStep extends AnyStep {
  readonly momentum?: number;
  readonly dampening?: number;
  readonly weightDecay?: number;
  readonly nesterov?: boolean;
}

/** torch.optim.SGD. `momenta` is needed with momentum; `isFirst` marks the step that starts it. */
export function sgdStep(
  context: OpContext,
  parameters: DeviceArray,
  gradients: DeviceArray,
  momenta: DeviceArray | null,
  isFirst: boolean,
  options: SgdStep,
): void {
  const { lr, momentum = 0, dampening = 0, weightDecay = 0, nesterov = false } = options;
  if (!momenta)
    step(
      context,
      'sgd-plain',
      [parameters, gradients],
      [f32Bits(lr), f32Bits(weightDecay), direction(options)],
    );
  else
    step(
      context,
      'sgd',
      [parameters, gradients, momenta],
      [
        f32Bits(lr),
        f32Bits(momentum),
        f32Bits(dampening),
        f32Bits(weightDecay),
        Number(nesterov),
        Number(isFirst),
        direction(options),
      ],
    );
}

export interface AdamStep extends AnyStep {
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
  /** AdamW: the decay shrinks the parameters instead of joining the gradient. */
  readonly decoupled: boolean;
  /** Number of this step, from 1. */
  readonly t: number;
}

/** torch.optim.Adam and AdamW. `first` and `second` are the moments. */
export function adamStep(
  context: OpContext,
  parameters: DeviceArray,
  gradients: DeviceArray,
  first: DeviceArray,
  second: DeviceArray,
  options: AdamStep,
): void {
  const { lr, beta1, beta2, eps, weightDecay, decoupled, t } = options;
  step(
    context,
    'adam',
    [parameters, gradients, first, second],
    [
      f32Bits(lr / (1 - beta1 ** t)),
      f32Bits(beta1),
      f32Bits(beta2),
      f32Bits(1 / Math.sqrt(1 - beta2 ** t)),
      f32Bits(eps),
      f32Bits(decoupled ? 0 : weightDecay),
      f32Bits(decoupled ? 1 - lr * weightDecay : 1),
      f32Bits(1 - beta1),
      f32Bits(1 - beta2),
      direction(options),
    ],
  );
}

export interface RmspropStep extends AnyStep {
  readonly alpha: number;
  readonly eps: number;
  readonly weightDecay: number;
  readonly momentum: number;
}

/** torch.optim.RMSprop (not centered). */
export function rmspropStep(
  context: OpContext,
  parameters: DeviceArray,
  gradients: DeviceArray,
  squares: DeviceArray,
  momenta: DeviceArray,
  options: RmspropStep,
): void {
  const { lr, alpha, eps, weightDecay, momentum } = options;
  step(
    context,
    'rmsprop',
    [parameters, gradients, squares, momenta],
    [...[lr, alpha, 1 - alpha, eps, weightDecay, momentum].map(f32Bits), direction(options)],
  );
}

export interface LionStep extends AnyStep {
  readonly beta1: number;
  readonly beta2: number;
  readonly weightDecay: number;
}

/** Lion (Chen et al. 2023, algorithm 2). */
export function lionStep(
  context: OpContext,
  parameters: DeviceArray,
  gradients: DeviceArray,
  moments: DeviceArray,
  options: LionStep,
): void {
  const { lr, beta1, beta2, weightDecay } = options;
  step(
    context,
    'lion',
    [parameters, gradients, moments],
    [...[lr, beta1, beta2, 1 - beta1, 1 - beta2, 1 - lr * weightDecay].map(f32Bits), direction(options)],
  );
}
