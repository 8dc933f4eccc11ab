import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { ceilDiv, f32Bits, foldGrid, makeLaunch, type Launch } from '../gpu/launch.ts';
import reduceSource from '../../kernels/reduce.wgsl';
import rowsSource from '../../kernels/reduce-rows.wgsl';
import { elementTypes } from './kernel-parts.ts';
import type { OpContext } from './op.ts';
import { count, sameShape, type Shape } from './shape.ts';

/** `squares` is the sum of the squares. */
export type Fold = 'sum' | 'max' | 'min' | 'prod' | 'squares';

const FOLDS: Readonly<Record<Fold, string>> = {
  sum: 'a + b',
  prod: 'a * b',
  squares: 'a + b',
  // NaN wins, as in PyTorch.
  max: 'select(max(a, b), a + b, (a != a) | (b != b))',
  min: 'select(min(a, b), a + b, (a != a) | (b != b))',
};

/** Invocations below which n is cut into chunks, folded in a second pass. */
const ENOUGH_INVOCATIONS = { software: 64, hardware: 16384 };
const SHORTEST_CHUNK = 64;

/** Chunks that [outer, n, inner] is folded in at first. */
export function chunksFor(facts: DeviceFacts, invocations: number, n: number): number {
  const enough = facts.software ? ENOUGH_INVOCATIONS.software : ENOUGH_INVOCATIONS.hardware;
  if (invocations >= enough || n < 2 * SHORTEST_CHUNK) return 1;
  return Math.min(Math.ceil(enough / invocations), Math.floor(n / SHORTEST_CHUNK), 4096);
}

/** y [outer, chunks, inner] = scale * fold of x [outer, n, inner] over each chunk of n. */
export function planFold(
  facts: DeviceFacts,
  fold: Fold,
  dtype: Dtype,
  outer: number,
  n: number,
  inner: number,
  chunks: number,
  scale: number,
): Launch {
  const wide = inner % 4 === 0;
  const rows = inner === 1 && n % 4 === 0 && n >= 16;
  const types = elementTypes(dtype);
  const group = facts.software ? 8 : 64;
  const chunkLength = ceilDiv(ceilDiv(n, chunks), 4) * 4;
  const vector = wide ? 'Element4' : 'Element';
  const invocations = outer * chunks * (wide ? inner / 4 : inner);
  return makeLaunch({
    kernel: {
      op: fold,
      variant: rows ? 'rows' : wide ? 'columns-vec4' : 'columns',
      dtype,
      family: 'reduction',
      file: rows ? 'kernels/reduce-rows.wgsl' : 'kernels/reduce.wgsl',
      source: rows ? rowsSource : reduceSource,
      ...types,
      constants: { GROUP: group, ...(rows ? {} : { WIDE: wide }) },
      functions: [
        `fn fold(a: vec4f, b: vec4f) -> vec4f { return ${FOLDS[fold]}; }`,
        `fn load(i: u32) -> vec4f { let v = vec4f(${rows || wide ? 'x[i]' : 'f32(x[i])'}); return ${fold === 'squares' ? 'v * v' : 'v'}; }`,
        ...(rows
          ? []
          : [
              `alias Vector = ${vector};`,
              `fn store(v: vec4f) -> Vector { return Vector(${wide ? 'v' : 'v.x'}); }`,
            ]),
      ],
      bindings: ['in', 'out', 'params'],
    },
    workgroups: foldGrid(facts, ceilDiv(invocations, group)),
    params: [outer, n, inner, chunks, chunkLength, f32Bits(scale)],
    flops: outer * n * inner,
    bytesMoved: (outer * n * inner + outer * chunks * inner) * (dtype === 'f16' ? 2 : 4),
  });
}

/** y [outer, inner] = scale * fold over the middle of x [outer, n, inner], into `y`. */
export function foldMiddle(
  context: OpContext,
  fold: Fold,
  x: DeviceArray,
  outer: number,
  n: number,
  inner: number,
  y: DeviceArray,
  scale = 1,
): void {
  const invocations = inner % 4 === 0 ? (outer * inner) / 4 : outer * inner;
  const wanted = chunksFor(context.facts, invocations, n);
  // A chunk is a multiple of four long; a last one with nothing in it would fold nothing.
  const chunks = ceilDiv(n, ceilDiv(ceilDiv(n, wanted), 4) * 4);
  if (chunks === 1) {
    context.launch(context.plan(planFold, fold, x.dtype, outer, n, inner, 1, scale), [x, y]);
    return;
  }
  const partial = context.empty([outer, chunks, inner], x.dtype, 'workspace');
  context.launch(context.plan(planFold, fold, x.dtype, outer, n, inner, chunks, 1), [x, partial]);
  // The parts of a sum of squares are summed as they are.
  const again = fold === 'squares' ? 'sum' : fold;
  context.launch(context.plan(planFold, again, x.dtype, outer, chunks, inner, 1, scale), [partial, y]);
  partial.release();
}

/** Dimensions that are folded, as runs of neighbors: [outer, n, inner] each, last run first. */
export function runsOf(
  shape: Shape,
  folded: readonly boolean[],
): { outer: number; n: number; inner: number }[] {
  const sizes = [...shape];
  const runs: { outer: number; n: number; inner: number }[] = [];
  for (let end = shape.length; end > 0;) {
    if (!folded[end - 1]) {
      end--;
      continue;
    }
    let start = end - 1;
    while (start > 0 && folded[start - 1]) start--;
    const n = count(sizes.slice(start, end));
    runs.push({ outer: count(sizes.slice(0, start)), n, inner: count(sizes.slice(end)) });
    sizes.fill(1, start, end);
    end = start;
  }
  return runs;
}

/** Folds the marked dimensions of x into what `target` makes. */
export function foldDimensions(
  context: OpContext,
  fold: Fold,
  x: DeviceArray,
  folded: readonly boolean[],
  target: () => DeviceArray,
  scale = 1,
): DeviceArray {
  const runs = runsOf(x.shape, folded);
  let from = x;
  for (const [i, { outer, n, inner }] of runs.entries()) {
    const last = i === runs.length - 1;
    const to = last ? target() : context.empty([outer, inner], x.dtype, 'workspace');
    foldMiddle(context, fold, from, outer, n, inner, to, last ? scale : 1);
    if (from !== x) from.release();
    from = to;
  }
  return from;
}

/** The sum of x over the dimensions along which `shape` was broadcast. */
export function sumTo(
  context: OpContext,
  x: DeviceArray,
  shape: Shape,
  target: () => DeviceArray,
): DeviceArray {
  if (sameShape(x.shape, shape)) return context.view(x, shape);
  const lead = x.shape.length - shape.length;
  const folded = x.shape.map((size, d) => d < lead || (shape[d - lead] === 1 && size !== 1));
  if (!folded.includes(true)) return context.view(x, shape);
  return foldDimensions(context, 'sum', x, folded, target);
}
