import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { ceilDiv, f32Bits, type Launch } from '../gpu/launch.ts';
import unarySource from '../../kernels/unary.wgsl';
import gradSource from '../../kernels/unary-grad.wgsl';
import { elementTypes, launchByPlaces } from './kernel-parts.ts';
import type { Op, OpContext } from './op.ts';
import { count, input, refuseEmpty } from './shape.ts';
import { UNARY_KINDS, type UnaryKind, type UnaryName } from './unary-kinds.ts';

export interface UnaryAttributes {
  readonly kind: UnaryName;
  /** Numbers of the kinds that have them: a slope, a bound, an exponent. */
  readonly a?: number;
  readonly b?: number;
}

const bytesOf = (dtype: Dtype): number => (dtype === 'f16' ? 2 : 4);

export function planUnary(facts: DeviceFacts, name: UnaryName, dtype: Dtype, elements: number): Launch {
  const { value, flops, helpers }: UnaryKind = UNARY_KINDS[name];
  return launchByPlaces(facts, ceilDiv(elements, 4), {
    kernel: {
      op: name,
      variant: 'vec4',
      dtype,
      family: 'element-wise',
      file: 'kernels/unary.wgsl',
      source: unarySource,
      ...elementTypes(dtype),
      functions: [
        ...(helpers ? [helpers] : []),
        `fn op(x: vec4f, a: f32, b: f32) -> vec4f { return ${value}; }`,
      ],
      bindings: ['in', 'out', 'params'],
    },
    params: [elements, 0, 0],
    flops: flops * elements,
    bytesMoved: 2 * elements * bytesOf(dtype),
  });
}

export function planUnaryGradient(
  facts: DeviceFacts,
  name: UnaryName,
  dtype: Dtype,
  elements: number,
): Launch {
  const { gradient, flops, helpers }: UnaryKind = UNARY_KINDS[name];
  return launchByPlaces(facts, ceilDiv(elements, 4), {
    kernel: {
      op: `${name}-grad`,
      variant: 'vec4',
      dtype,
      family: 'element-wise',
      file: 'kernels/unary-grad.wgsl',
      source: gradSource,
      ...elementTypes(dtype),
      functions: [
        ...(helpers ? [helpers] : []),
        `fn grad(g: vec4f, s: vec4f, a: f32, b: f32) -> vec4f { return ${gradient ?? 'vec4f()'}; }`,
      ],
      bindings: ['in', 'in', 'out', 'params'],
    },
    params: [elements, 0, 0],
    flops: (flops + 1) * elements,
    bytesMoved: 3 * elements * bytesOf(dtype),
  });
}

/** The uniform block of a kind with numbers. They may be others each step (an annealed weight), which is no other launch. */
function words(elements: number, { a, b }: Omit<UnaryAttributes, 'kind'>): Uint32Array | undefined {
  return a === undefined && b === undefined
    ? undefined
    : Uint32Array.of(elements, f32Bits(a ?? 0), f32Bits(b ?? 0));
}

/** y = f(x), element by element. The saved array is the input or the output, whichever the gradient needs. */
export const unary: Op<UnaryAttributes> = {
  name: 'unary',
  forward(context, inputs, { kind, ...numbers }) {
    const x = input(inputs, 0, kind);
    refuseEmpty(kind, x);
    const y = context.empty(x.shape, x.dtype);
    const size = count(x.shape);
    context.launch(context.plan(planUnary, kind, x.dtype, size), [x, y], words(size, numbers));
    const { saves } = UNARY_KINDS[kind];
    return { outputs: [y], saved: saves === 'output' ? [y] : saves === 'input' ? [x] : [] };
  },
  backward(context, [g], [saved], attributes, [needed]) {
    if (!g || !needed || UNARY_KINDS[attributes.kind].gradient === null) return [null];
    return [unaryGradient(context, g, saved ?? g, attributes, context.gradient(0, g.shape, g.dtype))];
  },
};

/** dx = g * f'(saved), into `dx`. */
export function unaryGradient(
  context: OpContext,
  g: DeviceArray,
  saved: DeviceArray,
  { kind, ...numbers }: UnaryAttributes,
  dx: DeviceArray,
): DeviceArray {
  const size = count(g.shape);
  context.launch(context.plan(planUnaryGradient, kind, g.dtype, size), [g, saved, dx], words(size, numbers));
  return dx;
}
