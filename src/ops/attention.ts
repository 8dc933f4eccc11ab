import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { f32Bits, makeLaunch, type Launch } from '../gpu/launch.ts';
import gradSource from '../../kernels/attention-softmax-grad.wgsl';
import source from '../../kernels/attention-softmax.wgsl';
import { dropout } from './dropout.ts';
import { gemm } from './gemm.ts';
import type { Op } from './op.ts';
import { rowForm } from './rows.ts';
import { count, input, refuseEmpty, sameShape, shapeError, show } from './shape.ts';

export interface AttentionAttributes {
  /** A query sees the keys up to its own place. */
  readonly causal?: boolean;
  /** 1 / sqrt(features) without it. */
  readonly scale?: number;
  /** Share of the weights dropped at random, and the seed that says which. */
  readonly dropoutP?: number;
  readonly seed?: number;
}

export function planAttentionSoftmax(
  facts: DeviceFacts,
  pass: 'forward' | 'backward',
  dtype: Dtype,
  heads: number,
  queries: number,
  keys: number,
  scale: number,
  causal: boolean,
  masked: boolean,
): Launch {
  const rows = heads * queries;
  const form = rowForm(facts, dtype, rows, keys);
  const width = form.wide ? 4 : 1;
  const forward = pass === 'forward';
  const places = form.wide ? 'vec4u(c * 4u) + vec4u(0, 1, 2, 3) <= vec4u(query)' : 'c <= query';
  const forwardFunctions = [
    'struct Params { rows: u32, columns: u32, queries: u32, scale: f32 }',
    '@group(0) @binding(0) var<storage, read_write> scores: array<Stored>;',
    ...(masked ? ['@group(0) @binding(1) var<storage, read> mask: array<Stored>;'] : []),
    `@group(0) @binding(${masked ? 2 : 1}) var<uniform> params: Params;`,
    'fn score(start: u32, query: u32, c: u32) -> Value {',
    `  let value = Value(scores[start + c]) * params.scale${masked ? ' + Value(mask[query * params.columns + c])' : ''};`,
    `  return ${causal ? `select(Value(LEAST), value, ${places})` : 'value'};`,
    '}',
  ];
  const share = causal ? 0.5 : 1;
  return makeLaunch({
    kernel: {
      op: forward ? 'attention-softmax' : 'attention-softmax-grad',
      variant: `${form.variant}${causal ? '-causal' : ''}${masked ? '-masked' : ''}`,
      dtype,
      family: 'attention',
      file: forward ? 'kernels/attention-softmax.wgsl' : 'kernels/attention-softmax-grad.wgsl',
      source: forward ? source : gradSource,
      ...form.kernel,
      constants: {
        ...form.kernel.constants,
        WIDTH: width,
        CAUSAL: causal,
        ...(forward ? { LEAST: '-3.4028234e38f' } : {}),
      },
      functions: [...form.kernel.functions, ...(forward ? forwardFunctions : [])],
      bindings: forward ? ['out', ...(masked ? (['in'] as const) : []), 'params'] : ['out', 'in', 'params'],
    },
    workgroups: form.workgroups,
    params: [rows, form.columns, queries, f32Bits(scale)],
    flops: share * rows * keys * (forward ? 20 : 5),
    bytesMoved: rows * keys * (forward ? 2 : 3) * (dtype === 'f16' ? 2 : 4),
  });
}

interface Sizes {
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  readonly features: number;
  readonly values: number;
}

function sizesOf(q: DeviceArray, k: DeviceArray, v: DeviceArray): Sizes {
  const [queries, features] = q.shape.slice(-2) as [number, number];
  const [keys, features2] = k.shape.slice(-2) as [number, number];
  const [keys2, values] = v.shape.slice(-2) as [number, number];
  const lead = q.shape.slice(0, -2);
  if (
    q.shape.length < 2 ||
    features !== features2 ||
    keys !== keys2 ||
    !sameShape(lead, k.shape.slice(0, -2)) ||
    !sameShape(lead, v.shape.slice(0, -2))
  )
    throw shapeError(
      'attention',
      `queries ${show(q.shape)}, keys ${show(k.shape)} and values ${show(v.shape)} do not go together`,
    );
  return { heads: count(lead), queries, keys, features, values };
}

/**
 * softmax(q k^T scale + mask) v, as torch.nn.functional.scaled_dot_product_attention. Inputs: q [..., queries, features],
 * k [..., keys, features], v [..., keys, values], and a mask [queries, keys] to add if there is one.
 */
export const attention: Op<AttentionAttributes> = {
  name: 'attention',
  forward(context, inputs, attributes) {
    const [q, k, v] = [0, 1, 2].map((i) => input(inputs, i, 'attention')) as [
      DeviceArray,
      DeviceArray,
      DeviceArray,
    ];
    const mask = inputs[3];
    refuseEmpty('attention', q);
    const { heads, queries, keys, features, values } = sizesOf(q, k, v);
    if (mask && !sameShape(mask.shape, [queries, keys]))
      throw shapeError('attention', `a mask of ${show(mask.shape)} for ${queries} queries and ${keys} keys`);
    const { causal = false, scale = 1 / Math.sqrt(features), dropoutP = 0, seed = 0 } = attributes;
    const weights = context.empty([heads, queries, keys], q.dtype);
    gemm(context, {
      a: q,
      b: k,
      c: weights,
      m: queries,
      n: keys,
      k: features,
      batch: heads,
      transposeA: false,
      transposeB: true,
    });
    context.launch(
      context.plan(
        planAttentionSoftmax,
        'forward',
        q.dtype,
        heads,
        queries,
        keys,
        scale,
        causal,
        mask !== undefined,
      ),
      mask ? [weights, mask] : [weights],
    );
    const dropped =
      dropoutP > 0
        ? (dropout.forward(context, [weights], { p: dropoutP, seed }).outputs[0] as DeviceArray)
        : weights;
    const y = context.empty([...q.shape.slice(0, -1), values], q.dtype);
    gemm(context, {
      a: dropped,
      b: v,
      c: y,
      m: queries,
      n: values,
      k: keys,
      batch: heads,
      transposeA: false,
      transposeB: false,
    });
    return { outputs: [y], saved: dropped === weights ? [q, k, v, weights] : [q, k, v, weights, dropped] };
  },
  backward(context, [g], saved, attributes, needs) {
    const [q, k, v, weights, dropped = weights] = saved as [
      DeviceArray,
      DeviceArray,
      DeviceArray,
      DeviceArray,
      DeviceArray?,
    ];
    if (!g) return [null, null, null, null];
    const { heads, queries, keys, features, values } = sizesOf(q, k, v);
    const { causal = false, scale = 1 / Math.sqrt(features), dropoutP = 0, seed = 0 } = attributes;
    const result: (DeviceArray | null)[] = [null, null, null, null];
    if (needs[2]) {
      const dv = context.gradient(2, v.shape, v.dtype);
      gemm(context, {
        a: dropped,
        b: g,
        c: dv,
        m: keys,
        n: values,
        k: queries,
        batch: heads,
        transposeA: true,
        transposeB: false,
      });
      result[2] = dv;
    }
    if (!needs[0] && !needs[1]) return result;
    let slopes = context.empty(weights.shape, q.dtype, 'workspace');
    gemm(context, {
      a: g,
      b: v,
      c: slopes,
      m: queries,
      n: keys,
      k: values,
      batch: heads,
      transposeA: false,
      transposeB: true,
    });
    if (dropped !== weights) {
      const kept = dropout.forward(context, [slopes], { p: dropoutP, seed }).outputs[0] as DeviceArray;
      slopes.release();
      slopes = kept;
    }
    context.launch(
      context.plan(planAttentionSoftmax, 'backward', q.dtype, heads, queries, keys, scale, causal, false),
      [slopes, weights],
    );
    if (needs[0]) {
      const dq = context.gradient(0, q.shape, q.dtype);
      gemm(context, {
        a: slopes,
        b: k,
        c: dq,
        m: queries,
        n: features,
        k: keys,
        batch: heads,
        transposeA: false,
        transposeB: false,
      });
      result[0] = dq;
    }
    if (needs[1]) {
      const dk = context.gradient(1, k.shape, k.dtype);
      gemm(context, {
        a: slopes,
        b: q,
        c: dk,
        m: keys,
        n: features,
        k: queries,
        batch: heads,
        transposeA: true,
        transposeB: false,
      });
      result[1] = dk;
    }
    slopes.release();
    return result;
  },
};
