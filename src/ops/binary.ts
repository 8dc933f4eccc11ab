import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { ceilDiv, type Launch } from '../gpu/launch.ts';
import sameSource from '../../kernels/binary.wgsl';
import broadcastSource from '../../kernels/binary-broadcast.wgsl';
import { BINARY_KINDS, type BinaryKind, type BinaryName, type Partial } from './binary-kinds.ts';
import { elementTypes, launchByPlaces } from './kernel-parts.ts';
import type { Op, OpContext } from './op.ts';
import { sumTo } from './reduce.ts';
import {
  broadcastShapes,
  count,
  input,
  refuseEmpty,
  sameShape,
  shapeError,
  show,
  stridesOf,
  type Shape,
} from './shape.ts';
import { unaryGradient } from './unary.ts';

export interface BinaryAttributes {
  readonly kind: BinaryName;
  /** Shapes of the operands: all that the gradients of sums and differences need. Filled in by the caller. */
  readonly shapes: readonly [Shape, Shape];
}

const MOST_DIMENSIONS = 8;

/** y = wgsl(a, b), both of `elements` elements, or b of `period` repeated. */
export function planSame(
  facts: DeviceFacts,
  op: string,
  wgsl: string,
  dtype: Dtype,
  elements: number,
  period: number,
): Launch {
  const bytes = dtype === 'f16' ? 2 : 4;
  const periodic = period !== elements;
  return launchByPlaces(facts, ceilDiv(elements, 4), {
    kernel: {
      op,
      variant: periodic ? 'vec4-periodic' : 'vec4',
      dtype,
      family: 'element-wise',
      file: 'kernels/binary.wgsl',
      source: sameSource,
      ...elementTypes(dtype),
      constants: { PERIODIC: periodic },
      functions: [`fn op(a: vec4f, b: vec4f) -> vec4f { return ${wgsl}; }`],
      bindings: ['in', 'in', 'out', 'params'],
    },
    params: [elements, period],
    flops: elements,
    bytesMoved: (2 * elements + period) * bytes,
  });
}

/** y = wgsl(a, b) with NumPy's broadcasting; shapes as text, so that they can be keys. */
export function planBroadcast(
  facts: DeviceFacts,
  op: string,
  wgsl: string,
  dtype: Dtype,
  shapeA: string,
  shapeB: string,
): Launch {
  const a = parse(shapeA);
  const b = parse(shapeB);
  const dims = collapse(broadcastShapes(op, a, b), a, b);
  if (dims.length > MOST_DIMENSIONS)
    throw shapeError(
      op,
      `broadcasting ${show(a)} with ${show(b)} needs more than ${MOST_DIMENSIONS} dimensions`,
    );
  const elements = dims.reduce((product, { size }) => product * size, 1);
  const padded = (values: number[]): number[] => [
    ...values,
    ...Array.from({ length: MOST_DIMENSIONS - values.length }, () => 0),
  ];
  const bytes = dtype === 'f16' ? 2 : 4;
  return launchByPlaces(facts, elements, {
    kernel: {
      op,
      variant: `broadcast${dims.length}`,
      dtype,
      family: 'element-wise',
      file: 'kernels/binary-broadcast.wgsl',
      source: broadcastSource,
      ...elementTypes(dtype),
      constants: { RANK: dims.length },
      functions: [`fn op(a: vec4f, b: vec4f) -> vec4f { return ${wgsl}; }`],
      bindings: ['in', 'in', 'out', 'params'],
    },
    params: [
      elements,
      0,
      0,
      0,
      ...padded(dims.map(({ size }) => size)),
      ...padded(dims.map(({ strideA }) => strideA)),
      ...padded(dims.map(({ strideB }) => strideB)),
    ],
    flops: elements,
    bytesMoved: (elements + count(a) + count(b)) * bytes,
  });
}

interface Dimension {
  size: number;
  readonly strideA: number;
  readonly strideB: number;
}

/** Dimensions innermost first, neighbors joined where both operands run through them evenly. */
function collapse(out: Shape, a: Shape, b: Shape): Dimension[] {
  const strideIn = (shape: Shape, d: number): number => {
    const at = d - (out.length - shape.length);
    return at < 0 || shape[at] === 1 ? 0 : (stridesOf(shape)[at] as number);
  };
  const dims: Dimension[] = [];
  for (let d = out.length - 1; d >= 0; d--) {
    const size = out[d] as number;
    if (size === 1) continue;
    const strideA = strideIn(a, d);
    const strideB = strideIn(b, d);
    const inner = dims.at(-1);
    if (inner && strideA === inner.strideA * inner.size && strideB === inner.strideB * inner.size)
      inner.size *= size;
    else dims.push({ size, strideA, strideB });
  }
  return dims.length > 0 ? dims : [{ size: 1, strideA: 0, strideB: 0 }];
}

const parse = (shape: string): number[] => (shape === '' ? [] : shape.split(',').map(Number));

/** y = wgsl(a, b) into `y` when given; broadcasts. */
export function combine(
  context: OpContext,
  op: string,
  wgsl: string,
  a: DeviceArray,
  b: DeviceArray,
  into?: DeviceArray,
): DeviceArray {
  if (a.dtype !== b.dtype) throw shapeError(op, `a ${a.dtype} and a ${b.dtype} tensor; cast one of them`);
  if (sameShape(a.shape, b.shape)) {
    const y = into ?? context.empty(a.shape, a.dtype);
    const elements = count(a.shape);
    context.launch(context.plan(planSame, op, wgsl, a.dtype, elements, elements), [a, b, y]);
    return y;
  }
  const shape = broadcastShapes(op, a.shape, b.shape);
  const y = into ?? context.empty(shape, a.dtype);
  const period = periodOf(shape, a.shape, b.shape);
  const launch =
    period > 0
      ? context.plan(planSame, op, wgsl, a.dtype, count(shape), period)
      : context.plan(planBroadcast, op, wgsl, a.dtype, a.shape.join(), b.shape.join());
  context.launch(launch, [a, b, y]);
  return y;
}

/** Elements of b, where b is the trailing dimensions of the result and divisible by 4; otherwise 0. */
function periodOf(out: Shape, a: Shape, b: Shape): number {
  if (!sameShape(out, a)) return 0;
  const lead = b.findIndex((size) => size !== 1);
  const core = lead < 0 ? [] : b.slice(lead);
  const tail = out.slice(out.length - core.length);
  const period = count(core);
  return sameShape(core, tail) && period % 4 === 0 ? period : 0;
}

/** y = f(a, b) with NumPy's broadcasting. */
export const binary: Op<BinaryAttributes> = {
  name: 'binary',
  forward(context, inputs, { kind }) {
    const a = input(inputs, 0, kind);
    const b = input(inputs, 1, kind);
    refuseEmpty(kind, a);
    refuseEmpty(kind, b);
    const { value, gradients }: BinaryKind = BINARY_KINDS[kind];
    const needsValues = gradients?.some(({ by }) => by === 'withOther' || by === 'partial');
    return { outputs: [combine(context, kind, value, a, b)], saved: needsValues ? [a, b] : [] };
  },
  backward(context, [g], saved, { kind, shapes }, needs) {
    const { gradients }: BinaryKind = BINARY_KINDS[kind];
    if (!g || !gradients) return [null, null];
    return gradients.map((rule, i) =>
      needs[i] ? operandGradient(context, kind, rule, g, saved, shapes[i] as Shape, i) : null,
    );
  },
};

function operandGradient(
  context: OpContext,
  kind: BinaryName,
  rule: Partial,
  g: DeviceArray,
  saved: readonly DeviceArray[],
  shape: Shape,
  index: number,
): DeviceArray {
  const target = (): DeviceArray => context.gradient(index, shape, g.dtype);
  const whole = sameShape(shape, g.shape);
  const into = whole && rule.by !== 'pass' ? target() : undefined;
  const full = fullGradient(context, kind, rule, g, saved, index, into);
  if (whole) return full;
  const summed = sumTo(context, full, shape, target);
  full.release();
  return summed;
}

function fullGradient(
  context: OpContext,
  kind: BinaryName,
  rule: Partial,
  g: DeviceArray,
  saved: readonly DeviceArray[],
  index: number,
  into?: DeviceArray,
): DeviceArray {
  const [a, b] = saved as [DeviceArray, DeviceArray];
  switch (rule.by) {
    case 'pass':
      return context.view(g, g.shape);
    case 'negate':
      return unaryGradient(context, g, g, { kind: 'neg' }, into ?? context.empty(g.shape, g.dtype));
    case 'withOther':
      return combine(
        context,
        `${kind}-grad`,
        rule.wgsl.replaceAll(/\bg\b/g, 'a').replaceAll(/\bo\b/g, 'b'),
        g,
        index === 0 ? b : a,
        into,
      );
    case 'partial': {
      const factor = combine(context, `${kind}-partial`, rule.wgsl, a, b);
      const product = combine(context, `${kind}-grad`, 'a * b', g, factor, into);
      factor.release();
      return product;
    }
  }
}
