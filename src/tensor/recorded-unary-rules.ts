/** Slopes of functions of one number, as recorded operations. */
import { UNARY_KINDS, type UnaryName } from '../ops/unary-kinds.ts';
import type { UnaryAttributes } from '../ops/unary.ts';
import type { RecordedNode } from './recorded-node.ts';
import type { Tensor } from './tensor.ts';

/** g times the slope; `s` is what the operation saved, its input or its output. */
type Slope = (g: Tensor, s: Tensor, a: number, b: number) => Tensor;

const oneMinusSquare = (y: Tensor): Tensor => y.square().neg().add(1);
const normalDensity = (x: Tensor): Tensor => x.square().mul(-0.5).exp().mul(1 / Math.sqrt(2 * Math.PI)); // prettier-ignore

const SLOPES: Partial<Record<UnaryName, Slope>> = {
  neg: (g) => g.neg(),
  addScalar: (g) => g,
  affine: (g, _s, a) => g.mul(a),
  divideScalar: (g, x, a) => g.mul(-a).div(x.square()),
  square: (g, x) => g.mul(x).mul(2),
  power: (g, x, a) => g.mul(x.pow(a - 1)).mul(a),
  reciprocal: (g, y) => g.mul(y.square()).neg(),
  sqrt: (g, y) => g.div(y).mul(0.5),
  normRoot: (g, y) => g.div(y.where(y.gt(0), 1)).mul(0.5).where(y.gt(0), 0), // prettier-ignore
  rsqrt: (g, y) => g.mul(y.mul(y.square())).mul(-0.5),
  exp: (g, y) => g.mul(y),
  exp2: (g, y) => g.mul(y).mul(Math.LN2),
  expm1: (g, y) => g.mul(y.add(1)),
  log: (g, x) => g.div(x),
  log2: (g, x) => g.div(x).mul(Math.LOG2E),
  log10: (g, x) => g.div(x).mul(Math.LOG10E),
  log1p: (g, x) => g.div(x.add(1)),
  sin: (g, x) => g.mul(x.cos()),
  cos: (g, x) => g.mul(x.sin()).neg(),
  abs: (g, x) => g.mul(x.detach().sign()),
  sigmoid: (g, y) => g.mul(y.sub(y.square())),
  tanh: (g, y) => g.mul(oneMinusSquare(y)),
  softplus: (g, x) => g.mul(x.sigmoid()),
  silu: (g, x) => g.mul(x.sigmoid().mul(x.mul(x.neg().sigmoid()).add(1))),
  gelu: (g, x) =>
    g.mul(
      x
        .mul(Math.SQRT1_2)
        .erf()
        .add(1)
        .mul(0.5)
        .add(x.mul(normalDensity(x))),
    ),
  erf: (g, x) => g.mul(x.square().neg().exp()).mul(2 / Math.sqrt(Math.PI)),
  elu: (g, x, a) => g.mul(x.exp().mul(a).where(x.lt(0), 1)),
  relu: (g, y) => g.where(y.gt(0), 0),
  leakyRelu: (g, x, a) => g.where(x.gt(0), g.mul(a)),
  clamp: (g, x, a, b) => g.where(x.ge(a).logicalAnd(x.le(b)), 0),
};

export function unaryRule(node: RecordedNode<UnaryAttributes>, g: Tensor): Tensor[] | null {
  const { kind, a = 0, b = 0 } = node.attributes;
  const slope = SLOPES[kind];
  if (!slope) return null;
  const { saves } = UNARY_KINDS[kind];
  return [slope(g, saves === 'output' ? node.output(0) : saves === 'input' ? node.input(0) : g, a, b)];
}
