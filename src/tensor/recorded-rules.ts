/**
 * Gradients written as operations on tensors, which are recorded themselves: by them gradients have gradients. An operation that is
 * not here has a first derivative alone.
 */
import type { BinaryName } from '../ops/binary-kinds.ts';
import type { CastAttributes } from '../ops/cast.ts';
import type { ConcatAttributes } from '../ops/concat.ts';
import { dropout, type DropoutAttributes } from '../ops/dropout.ts';
import type { FlipAttributes } from '../ops/flip.ts';
import type { FoldAttributes } from '../ops/fold.ts';
import type { GatherAttributes, ScatterAttributes } from '../ops/gather.ts';
import type { LinearAttributes } from '../ops/linear.ts';
import { matmul, type MatmulAttributes } from '../ops/matmul.ts';
import type { PadAttributes } from '../ops/pad.ts';
import type { PermuteAttributes } from '../ops/permute.ts';
import type { SliceAttributes } from '../ops/slice.ts';
import type { SoftmaxAttributes } from '../ops/softmax.ts';
import { arange, zeros } from './creation.ts';
import { cat } from './joining.ts';
import type { RecordedNode, Rule } from './recorded-node.ts';
import { convRule, convTransposeRule } from './recorded-conv-rules.ts';
import { attentionRule, batchNormRule, crossEntropyRule, layerNormRule } from './recorded-norm-rules.ts';
import { avgPoolGradientRule, avgPoolRule, embeddingRule, maxPoolRule } from './recorded-pool-rules.ts';
import { unaryRule } from './recorded-unary-rules.ts';
import type { SplitAttributes } from './split.ts';
import { apply1 } from './tape.ts';
import { Tensor } from './tensor.ts';

/** The sum of `g` over what was repeated of a tensor of this shape. */
function sumTo(g: Tensor, shape: readonly number[]): Tensor {
  const lead = g.ndim - shape.length;
  const dims = [...g.shape.keys()].filter((d) => d < lead || (shape[d - lead] === 1 && g.size(d) !== 1));
  return (dims.length > 0 ? g.sum(dims, true) : g).reshape(shape);
}

const BINARY: Partial<
  Record<BinaryName, (g: Tensor, a: () => Tensor, b: () => Tensor) => [da: () => Tensor, db: () => Tensor]>
> = {
  add: (g) => [() => g, () => g],
  sub: (g) => [() => g, () => g.neg()],
  mul: (g, a, b) => [() => g.mul(b()), () => g.mul(a())],
  div: (g, a, b) => [() => g.div(b()), () => g.mul(a()).div(b().square()).neg()],
  pow: (g, a, b) => [() => g.mul(b()).mul(a().pow(b().sub(1))), () => g.mul(a().pow(b())).mul(a().log())],
  maximum: (g, a, b) => [
    () => g.mul(half(a().gt(b()), b().gt(a()))),
    () => g.mul(half(b().gt(a()), a().gt(b()))),
  ],
  minimum: (g, a, b) => [
    () => g.mul(half(a().lt(b()), b().lt(a()))),
    () => g.mul(half(b().lt(a()), a().lt(b()))),
  ],
};

/** 1 where it wins, 0 where the other does, half where they are equal. */
const half = (wins: Tensor, loses: Tensor): Tensor => wins.float().sub(loses.float()).add(1).mul(0.5); // prettier-ignore

/** Shape of a folded tensor with its dimensions kept. */
function keptShape({ dims, shape }: FoldAttributes): number[] {
  const folded = new Set((dims ?? [...shape.keys()]).map((dim) => (dim < 0 ? dim + shape.length : dim)));
  return shape.map((size, d) => (folded.has(d) ? 1 : size));
}

function foldRule(node: RecordedNode<FoldAttributes>, g: Tensor): (Tensor | null)[] | null {
  const { kind, shape } = node.attributes;
  const kept = keptShape(node.attributes);
  const wide = g.reshape(kept).expand(...shape);
  if (kind === 'sum') return [wide];
  if (kind === 'mean')
    return [wide.mul(kept.reduce((n, size) => n * size, 1) / shape.reduce((n, size) => n * size, 1))];
  if (kind === 'prod') return null;
  const first = node.input(0).detach().eq(node.output(1).detach().reshape(kept)).float();
  return [wide.mul(first.div(sumTo(first, kept)))];
}

function product(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  return new Tensor(apply1(matmul, [a.value, b.value], { transposeA, transposeB }));
}

function matmulRule(node: RecordedNode<MatmulAttributes>, g: Tensor): Tensor[] {
  const { transposeA = false, transposeB = false } = node.attributes;
  const [a, b] = [node.input(0), node.input(1)];
  const da = transposeA ? product(b, g, transposeB, true) : product(g, b, false, !transposeB);
  const db = transposeB ? product(g, a, true, transposeA) : product(a, g, !transposeA, false);
  return [sumTo(da, a.shape), sumTo(db, b.shape)];
}

function linearRule(node: RecordedNode<LinearAttributes>, given: Tensor): Tensor[] {
  const { weightLayout = 'out-in' } = node.attributes;
  const [x, weight] = [node.input(0), node.input(1)];
  const [rows, g] = [x.reshape(-1, x.size(-1)), given.reshape(-1, given.size(-1))];
  const outIn = weightLayout === 'out-in';
  return [
    product(g, weight, false, !outIn).reshape(x.shape),
    outIn ? product(g, rows, true, false) : product(rows, g, true, false),
    g.sum(0),
  ];
}

function sliceRule(node: RecordedNode<SliceAttributes>, g: Tensor): Tensor[] {
  const { dim, start, length, step = 1, size } = node.attributes;
  if (step === 1) {
    const behind = g.shape.slice(dim + 1).flatMap(() => [0, 0]);
    return [g.pad([...behind, start, size - start - length])];
  }
  const places = arange(start, start + length * step, step).int();
  return [zeros(g.shape.with(dim, size)).indexAdd(dim, places, g)];
}

function softmaxRule(node: RecordedNode<SoftmaxAttributes>, g: Tensor): Tensor[] {
  const y = node.output(0);
  if (node.attributes.log) return [g.sub(y.exp().mul(g.sum(-1, true)))];
  return [y.mul(g.sub(g.mul(y).sum(-1, true)))];
}

const rule = <A>(compute: Rule<A>): Rule<never> => compute as Rule<never>;

/** By the operation's name. A rule gives null where it does not know what to do. */
export const RULES: Readonly<Record<string, Rule<never>>> = {
  unary: rule(unaryRule),
  binary: rule<{ readonly kind: BinaryName; readonly shapes: readonly (readonly number[])[] }>((node, g) => {
    const { kind, shapes } = node.attributes;
    const slopes = BINARY[kind]?.(g, () => node.input(0), () => node.input(1)); // prettier-ignore
    return slopes
      ? slopes.map((slope, i) => (node.needs[i] ? sumTo(slope(), shapes[i] as readonly number[]) : null))
      : null;
  }),
  fold: rule(foldRule),
  matmul: rule(matmulRule),
  linear: rule(linearRule),
  conv2d: rule(convRule),
  convTranspose2d: rule(convTransposeRule),
  softmax: rule(softmaxRule),
  layerNorm: rule(layerNormRule),
  batchNorm: rule(batchNormRule),
  attention: rule(attentionRule),
  crossEntropy: rule(crossEntropyRule),
  avgPool2d: rule(avgPoolRule),
  avgPool2dGradient: rule(avgPoolGradientRule),
  maxPool2d: rule(maxPoolRule),
  embedding: rule(embeddingRule),
  slice: rule(sliceRule),
  reshape: rule<{ readonly from: readonly number[] }>((node, g) => [g.reshape(node.attributes.from)]),
  permute: rule<PermuteAttributes>(({ attributes: { order } }, g) => [
    g.permute(...order.map((_, d) => order.indexOf(d))),
  ]),
  expand: rule((node, g) => [sumTo(g, node.shapeOf(0))]),
  clone: rule((_node, g) => [g]),
  cast: rule<CastAttributes>((node, g) => [g.to(node.attributes.from)]),
  flip: rule<FlipAttributes>((node, g) => [g.flip(...node.attributes.dims)]),
  concat: rule<ConcatAttributes>((node, g) => g.split(node.attributes.sizes, node.attributes.dim)),
  split: rule<SplitAttributes>((node, _g, all) => {
    const { dim, sizes, shape } = node.attributes;
    return [cat(sizes.map((size, i) => all[i] ?? zeros(shape.with(dim, size))), dim)]; // prettier-ignore
  }),
  pad: rule<PadAttributes>((node, g) => [
    g.pad(node.attributes.around.toReversed().flatMap(([before, after]) => [-before, -after])),
  ]),
  gather: rule<GatherAttributes>((node, g) => {
    const { dim, shape } = node.attributes;
    return [zeros(shape).scatterAdd(dim, node.saved(0), g)];
  }),
  scatter: rule<ScatterAttributes>((node, g) => {
    const { dim, add } = node.attributes;
    const index = node.saved(0);
    return [add ? g : g.scatter(dim, index, 0), null, g.gather(dim, index)];
  }),
  cumsum: rule<{ readonly dim: number }>(({ attributes: { dim } }, g) => [g.flip(dim).cumsum(dim).flip(dim)]),
  where: rule((node, g) => {
    const chosen = node.saved(0).ne(0);
    return [
      null,
      sumTo(g.where(chosen, 0), node.shapeOf(1)),
      sumTo(g.where(chosen.logicalNot(), 0), node.shapeOf(2)),
    ];
  }),
  dropout: rule<DropoutAttributes>((node, g) => [new Tensor(apply1(dropout, [g.value], node.attributes))]),
};
