/** Runs an operation and records it for the backward pass. */
import type { DeviceArray } from '../gpu/array.ts';
import type { Op } from '../ops/op.ts';
import { annotations } from '../probe/annotate.ts';
import { autocastActive, autocastInputs } from './autocast.ts';
import { theEngine } from './engine.ts';
import { shapeText, tensorError } from './errors.ts';
import { gradEnabled } from './grad-mode.ts';
import { nameOf, Node, type Edge } from './node.ts';
import { beginStep } from './steps.ts';
import { drop, hold } from './storage.ts';
import { givesTruth } from './truth.ts';
import { Value } from './value.ts';

const edgeOf = (value: Value): Edge => {
  if (!value.requiresGrad) return null;
  return value.node ? { node: value.node, slot: value.slot } : { leaf: value };
};

const differentiable = (array: DeviceArray): boolean => array.dtype === 'f32' || array.dtype === 'f16';

/** The outputs of `op` on `inputs`. @throws TensorError naming the operation, the shapes, the layer and the user's line. */
export function apply<Attributes>(
  op: Op<Attributes>,
  given: readonly Value[],
  attributes: Attributes,
): Value[] {
  const inputs = autocastActive() ? autocastInputs(op.name, given, apply1) : given;
  const arrays = inputs.map((input) => input.array);
  refuseMixed(nameOf(op, attributes), op.name, inputs);
  const tracked = gradEnabled() && inputs.some((input) => input.requiresGrad);
  if (tracked) beginStep();
  const madeBy = nameOf(op, attributes);
  const forward = inForwardPhase(() =>
    explained(arrays, () => theEngine().orGiveBack(() => op.forward(theEngine(), arrays, attributes))),
  );
  const truth = givesTruth(op.name, madeBy, inputs);
  if (!tracked || truth || !forward.outputs.some(differentiable)) {
    const outputs = forward.outputs.map((array) => new Value(array, { madeBy, truth }));
    for (const array of forward.saved) drop(hold(array));
    return outputs;
  }
  const node = new Node(op as Op<unknown>, attributes, inputs.map(edgeOf), forward, annotations.layer);
  return forward.outputs.map(
    (array, slot) =>
      new Value(array, differentiable(array) ? { node, slot, requiresGrad: true, madeBy } : { madeBy }),
  );
}

/** The one output of an operation that has one. */
export function apply1<Attributes>(
  op: Op<Attributes>,
  inputs: readonly Value[],
  attributes: Attributes,
): Value {
  return apply(op, inputs, attributes)[0] as Value;
}

/** Work outside every phase is forward work; inside one (data, optimizer) it belongs to that. */
function inForwardPhase<T>(body: () => T): T {
  if (annotations.phase !== 'other') return body();
  annotations.phase = 'forward';
  try {
    return body();
  } finally {
    annotations.phase = 'other';
  }
}

/** Operations that take half and single precision together. */
const MIXES = new Set(['batchNorm', 'checkpoint']);

/** A kernel reads all its inputs as one type: half precision read as single would be noise. */
function refuseMixed(name: string, op: string, inputs: readonly Value[]): void {
  const half = inputs.some(({ dtype }) => dtype === 'f16');
  if (half && inputs.some(({ dtype }) => dtype === 'f32') && !MIXES.has(op))
    throw tensorError(
      `${name}: f16 and f32 tensors (${inputs.map(({ shape, dtype }) => `${dtype} ${shapeText(shape)}`).join(', ')}) do not go together; cast some of them with .half() or .float(), or run it in autocast`,
    );
}

function explained<T>(arrays: readonly DeviceArray[], body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const given = arrays.map(
      (array) => `${shapeText(array.shape)}${array.dtype === 'f32' ? '' : ` ${array.dtype}`}`,
    );
    throw tensorError(`${error.message} (given ${given.join(' and ')})`, { cause: error });
  }
}
