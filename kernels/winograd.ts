/**
 * Writes the WGSL of the changes of basis of Winograd's minimal filtering F(4x4, 3x3) (Lavin and Gray, arXiv 1509.09308): a tile
 * of 4 x 4 pixels of a 3 x 3 convolution takes 36 multiplications a pair of channels instead of 144. In the new basis each of the
 * 36 coefficients is a matrix product of its own over the channels, made by the kernels of matrix products.
 *
 * Every part is `L d L'` of a small square d with a constant matrix L, one square an invocation.
 */
import { each } from './uni-tile.ts';

type Matrix = readonly (readonly number[])[];

/** Pixels of the result along a tile's side, taps along the window's, and coefficients along the side of a tile. */
export const WINOGRAD_TILE = 4;
const TAPS = 3;
const SIDE = WINOGRAD_TILE + TAPS - 1;
export const WINOGRAD_COEFFICIENTS = SIDE * SIDE;

/**
 * Where the polynomials are evaluated, beside infinity. With these a result's largest error is a third of that with the usual 0, 1,
 * -1, 2 and -2 (measured in float32, 32 channels: 6e-6 and 18e-6 of the root mean square, 3e-6 for the plain sum); their products
 * are exact in float32.
 */
const POINTS = [0, 3 / 4, -3 / 4, 3 / 2, -3 / 2] as const;

const others = (point: number): number[] => POINTS.filter((each) => each !== point);

/** Coefficients of the product of (x - root), of the power 0 first, with zeros up to SIDE. */
function polynomial(roots: readonly number[]): number[] {
  let product = [1];
  for (const root of roots)
    product = each(product.length + 1, (i) => (product[i - 1] ?? 0) - root * (product[i] ?? 0));
  return each(SIDE, (i) => product[i] ?? 0);
}

/** The last row (or column) is that of infinity: the highest power alone. */
const highest = (powers: number): number[] => each(powers, (i) => (i === powers - 1 ? 1 : 0));

const IMAGE: Matrix = [...POINTS.map((point) => polynomial(others(point))), polynomial(POINTS)];
const WEIGHT: Matrix = [
  ...POINTS.map((point) => {
    const scale = others(point).reduce((product, other) => product * (point - other), 1);
    return each(TAPS, (power) => point ** power / scale);
  }),
  highest(TAPS),
];
const RESULT: Matrix = each(WINOGRAD_TILE, (power) => [
  ...POINTS.map((point) => point ** power),
  highest(WINOGRAD_TILE)[power] as number,
]);

const turned = (matrix: Matrix): Matrix =>
  each((matrix[0] as readonly number[]).length, (c) => matrix.map((row) => row[c] as number));

/**
 * `image` and `weight` bring both into the new basis, `result` brings the product back. The gradients have the same products with
 * the parts' transposes: `gradient` is that of `result`, `image-gradient` and `weight-gradient` those of the other two.
 */
export type WinogradPart = 'image' | 'weight' | 'result' | 'gradient' | 'image-gradient' | 'weight-gradient';

const MATRICES: Readonly<Record<WinogradPart, Matrix>> = {
  image: IMAGE,
  weight: WEIGHT,
  result: RESULT,
  gradient: turned(RESULT),
  'image-gradient': turned(IMAGE),
  'weight-gradient': turned(WEIGHT),
};

/** A factor in front of the sum of some values, each with its sign. */
interface Group {
  readonly size: number;
  readonly terms: { readonly negative: boolean; readonly value: string }[];
  readonly odd: boolean;
}

/**
 * The sum of `values` times a row of a matrix. The points come in pairs of both signs, so values with one factor are taken together,
 * and then even and odd places: what two rows have in common becomes the same text, which a compiler computes once.
 */
function combination(row: readonly number[], values: readonly string[]): string {
  const groups = new Map<number, Group>();
  row.forEach((factor, i) => {
    if (factor === 0) return;
    const size = Math.abs(factor);
    const group = groups.get(size) ?? { size, terms: [], odd: i % 2 === 1 };
    group.terms.push({ negative: factor < 0, value: values[i] as string });
    groups.set(size, group);
  });
  const [even, odd] = [false, true].map((which) =>
    signed([...groups.values()].filter((group) => group.odd === which)),
  );
  if (!even || !odd) return (even ?? odd) as string;
  return odd.startsWith('-') ? `(${even}) - (${odd.slice(1)})` : `(${even}) + (${odd})`;
}

/** The groups' sum, as `-(...)` where its first term is negative; null without groups. */
function signed(groups: readonly Group[]): string | null {
  const first = groups[0]?.terms[0];
  if (!first) return null;
  const texts = groups.map(({ size, terms }) => {
    const sum = terms.map(({ negative, value }, i) => {
      const minus = negative !== first.negative;
      return i === 0 ? (minus ? `-${value}` : value) : `${minus ? '-' : '+'} ${value}`;
    });
    const text = sum.join(' ');
    return size === 1
      ? terms.length === 1
        ? text
        : `(${text})`
      : `${terms.length === 1 ? text : `(${text})`} * ${wgsl(size)}`;
  });
  return first.negative ? `-(${texts.join(' + ')})` : texts.join(' + ');
}

const wgsl = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value));

/** Sides of the square that a part meets, and of the one it makes. */
export function winogradSides(part: WinogradPart): { readonly met: number; readonly made: number } {
  const matrix = MATRICES[part];
  return { met: (matrix[0] as readonly number[]).length, made: matrix.length };
}

/**
 * `each(i)` of a part: expects `Value`, `Spot`, `count()`, `find(i) -> Spot`, `load(spot, row, column) -> Value`,
 * `store(spot, row, column, value)` and `params.loads` and `params.stores`, the sides of the square met and of the square made.
 * With `lines`, pixels are met and made four in a line: `load_line(spot, row)` of a `gradient`, `store_line(spot, row, line)` of a
 * `result`, each a `mat4x4f` with a column a pixel. A `result` also expects `not_finite(value)` and `direct(spot, row, column) -> Value`:
 * where a coefficient is not finite the whole tile would not be, and each of its pixels is computed directly.
 *
 * Loads and stores are what a software adapter compiles longest, so one column of loads and one row of stores are written, each the
 * round of a loop. The values move on by a place a round, for registers have no index. Were its rounds known, the driver would
 * unroll it.
 */
export function winograd(part: WinogradPart, lines = false): string {
  const matrix = MATRICES[part];
  const { met, made } = winogradSides(part);
  const row = (o: number): string[] => each(met, (c) => `t${o}_${c}`);
  const across = (values: readonly string[]): string[] =>
    matrix.map((factors) => combination(factors, values));
  const sums = across(row(0));
  // The square's sides may change places: what is met is then a line, and what is made a column.
  const turned = lines && part === 'gradient';
  const stores = turned
    ? sums.map((sum, p) => `store(spot, ${p}u, r, ${sum});`)
    : lines
      ? [`store_line(spot, r, mat4x4f(${sums.join(', ')}));`]
      : sums.map((sum, p) => `store(spot, r, ${p}u, ${sum});`);
  const result = part === 'result';
  // Of all lines together these have every coefficient in them.
  const [first, last] = [sums[0], sums[WINOGRAD_TILE - 1]];
  return [
    'fn each(i: u32) {',
    '  if (i >= count()) { return; }',
    '  let spot = find(i);',
    ...each(made, (o) => row(o).map((t) => `  var ${t} = Value();`)).flat(),
    '  for (var c = 0u; c < params.loads; c++) {',
    ...(turned ? ['    let line = load_line(spot, c);'] : []),
    ...each(met, (r) => `    let d${r} = ${turned ? `line[${r}]` : `load(spot, ${r}u, c)`};`),
    ...across(each(met, (r) => `d${r}`)).flatMap((sum, o) => [
      ...each(met - 1, (c) => `    t${o}_${c} = t${o}_${c + 1};`),
      `    t${o}_${met - 1} = ${sum};`,
    ]),
    '  }',
    ...(result ? ['  var ends = Value();'] : []),
    '  for (var r = 0u; r < params.stores; r++) {',
    ...(result ? [`    ends += (${first}) + (${last});`] : []),
    ...stores.map((line) => `    ${line}`),
    ...each(made - 1, (o) => row(o).map((t, c) => `    ${t} = t${o + 1}_${c};`)).flat(),
    '  }',
    ...(result
      ? [
          '  if (!not_finite(ends)) { return; }',
          '  for (var p = 0u; p < params.stores * 4u; p++) { store(spot, p / 4u, p % 4u, direct(spot, p / 4u, p % 4u)); }',
        ]
      : []),
    '}',
  ].join('\n');
}
