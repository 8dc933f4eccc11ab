/** Runs an operation and records it for the backward pass. */
import type { DeviceArray } from '../gpu/array.ts';
import { ACTIVATIONS } from '../ops/activations.ts';
import type { Forward, Op } from '../ops/op.ts';
import { UNARY_KINDS } from '../ops/unary-kinds.ts';
import { annotations } from '../probe/annotate.ts';
import { autocastActive, autocastInputs } from './autocast.ts';
import { theEngine } from './engine.ts';
import { shapeText, tensorError } from './errors.ts';
import { gradEnabled } from './grad-mode.ts';
import { inAnyScope } from './lifetime.ts';
import { nameOf, Node, type Edge } from './node.ts';
import { beginStep } from './steps.ts';
import { drop, hold } from './storage.ts';
import { givesTruth } from './truth.ts';
import { mayWait, Unfinished } from './unfinished.ts';
import { Value } from './value.ts';

const edgeOf = (value: Value): Edge => {
  if (!value.requiresGrad) return null;
  return value.node ? { node: value.node, slot: value.slot } : { leaf: value };
};

const differentiable = ({ dtype }: Pick<DeviceArray, 'dtype'>): boolean => dtype === 'f32' || dtype === 'f16';

/** The outputs of `op` on `inputs`. @throws TensorError naming the operation, the shapes, the layer and the user's line. */
export function apply<Attributes>(
  op: Op<Attributes>,
  given: readonly Value[],
  attributes: Attributes,
): Value[] {
  const inputs = autocastActive() ? autocastInputs(op.name, given, apply1) : given;
  refuseMixed(nameOf(op, attributes), op.name, inputs);
  const tracked = gradEnabled() && inputs.some((input) => input.requiresGrad);
  if (tracked) beginStep();
  const madeBy = nameOf(op, attributes);
  const forward = inForwardPhase(() => finished(op, inputs, madeBy, tracked) ?? run(op, inputs, attributes));
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

interface Made extends Pick<Forward, 'saved'> {
  readonly outputs: readonly (DeviceArray | Unfinished)[];
}

/** The forward pass; where an activation may follow in the same kernel, as far as it goes without work. */
function run<Attributes>(op: Op<Attributes>, inputs: readonly Value[], attributes: Attributes): Made {
  const engine = theEngine();
  const arrays = inputs.map((input) => input.array);
  const safely = <T>(body: () => T): T => explained(arrays, () => engine.orGiveBack(body));
  return safely(() => {
    if (!op.begin || !inAnyScope() || !mayWait()) return op.forward(engine, arrays, attributes);
    const { finish, ...begun } = op.begin(engine, arrays, attributes);
    const unfinished = new Unfinished({ ...begun, finish: (next) => safely(() => finish(next)) }, arrays);
    return { outputs: [unfinished], saved: begun.saved };
  });
}

/** An activation of what is not computed yet is computed with it, unless its gradient needs what came before it. */
function finished(op: Op<never>, inputs: readonly Value[], kind: string, tracked: boolean): Made | null {
  const activation = op.name === 'unary' && ACTIVATIONS.find((each) => each === kind);
  const unfinished = inputs[0]?.unfinished;
  if (!activation || !unfinished || (tracked && UNARY_KINDS[activation].saves !== 'output')) return null;
  const y = unfinished.finish(activation);
  return { outputs: [y], saved: tracked ? [y] : [] };
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
