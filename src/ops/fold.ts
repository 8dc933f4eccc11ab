import type { DeviceArray } from '../gpu/array.ts';
import { combine } from './binary.ts';
import { repeatTo } from './expand.ts';
import type { Op, OpContext } from './op.ts';
import { foldDimensions, runsOf, type Fold } from './reduce.ts';
import { scanMiddle } from './scan.ts';
import { axisOf, count, input, refuseEmpty } from './shape.ts';

export interface FoldAttributes {
  readonly kind: 'sum' | 'mean' | 'max' | 'min' | 'prod';
  /** Dimensions to fold; all without it. For a product they lie side by side. */
  readonly dims?: readonly number[];
  readonly keepDims?: boolean;
  /** Shape of the input, for the gradient. Filled in by the caller. */
  readonly shape: readonly number[];
}

function folded({ kind, dims, shape }: FoldAttributes): boolean[] {
  if (!dims) return shape.map(() => true);
  const axes = new Set(dims.map((dim) => axisOf(kind, dim, shape.length)));
  return shape.map((_, d) => axes.has(d));
}

/** Sum, mean, largest or smallest over dimensions. */
export const fold: Op<FoldAttributes> = {
  name: 'fold',
  forward(context, inputs, attributes) {
    const { kind, keepDims = false } = attributes;
    const x = input(inputs, 0, kind);
    refuseEmpty(kind, x);
    const marks = folded(attributes);
    const values = kind === 'max' || kind === 'min' || kind === 'prod';
    const shape = keepDims
      ? x.shape.map((size, d) => (marks[d] ? 1 : size))
      : x.shape.filter((_, d) => !marks[d]);
    if (!marks.includes(true)) {
      const same = context.view(x, shape);
      return { outputs: [same], saved: values ? [x, same] : [] };
    }
    const n = count(x.shape) / count(shape);
    const by: Fold = kind === 'mean' ? 'sum' : kind;
    const y = foldDimensions(
      context,
      by,
      x,
      marks,
      () => context.empty(shape, x.dtype),
      kind === 'mean' ? 1 / n : 1,
    );
    return { outputs: [y], saved: values ? [x, y] : [] };
  },
  backward(context, [g], [x, y], attributes, [needed]) {
    if (!g || !needed) return [null];
    const { kind, shape } = attributes;
    const marks = folded(attributes);
    const kept = shape.map((size, d) => (marks[d] ? 1 : size));
    const wide = context.view(g, kept);
    const dx = context.gradient(0, shape, g.dtype);
    if (kind === 'prod' && x) productGradient(context, x, marks, wide, dx);
    else if (!x || !y) repeatTo(context, wide, dx, kind === 'mean' ? count(kept) / count(shape) : 1);
    else {
      // Equal extremes share the gradient, as in PyTorch's amax.
      const extreme = context.view(y, kept);
      const hit = combine(context, `${kind}-hit`, 'select(vec4f(), vec4f(1.0), a == b)', x, extreme);
      const hits = marks.includes(true)
        ? foldDimensions(context, 'sum', hit, marks, () => context.empty(kept, g.dtype, 'workspace'))
        : context.view(hit, kept);
      const share = combine(context, `${kind}-share`, 'a / b', wide, hits);
      combine(context, `${kind}-grad`, 'a * b', hit, share, dx);
      for (const array of [extreme, hit, hits, share]) array.release();
    }
    wide.release();
    return [dx];
  },
};

/** dx = g times the product of all others: of those before times that of those behind, so that zeros do no harm. */
function productGradient(
  context: OpContext,
  x: DeviceArray,
  marks: readonly boolean[],
  g: DeviceArray,
  dx: DeviceArray,
): void {
  const [run = { outer: 1, n: 1, inner: count(x.shape) }] = runsOf(x.shape, marks);
  const [before, behind] = [false, true].map((reverse) => {
    const others = context.empty(x.shape, x.dtype, 'workspace');
    scanMiddle(context, 'prod', x, run.outer, run.n, run.inner, others, { reverse, exclusive: true });
    return others;
  }) as [DeviceArray, DeviceArray];
  const others = combine(context, 'prod-others', 'a * b', before, behind);
  combine(context, 'prod-grad', 'a * b', others, g, dx);
  for (const array of [before, behind, others]) array.release();
}
