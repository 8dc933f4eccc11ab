/** The heart of the kernels that hand one operand round by shuffles: sums c<row>_<column> += shared(row) * own(column). */

export const each = <T>(length: number, make: (i: number) => T): T[] =>
  Array.from({ length }, (_, i) => make(i));

export interface Products {
  readonly rows: number;
  readonly columns: number;
  /** Steps of the inner dimension chained into each sum. */
  readonly steps: number;
  /** Value of a shared row at a step, fetched from the lane that loaded it. */
  shared(row: number, step: number): string;
  /** The lane's own value. */
  own(column: number, step: number): string;
  /** The shared value as wide as the own one. */
  splat(value: string): string;
}

/** One line a row: the row's values, then its sums. */
export function products({ rows, columns, steps, shared, own, splat }: Products): string[] {
  return each(rows, (row) => {
    const values = each(steps, (k) => `let s${k} = ${shared(row, k)};`).join(' ');
    const sums = each(columns, (column) => {
      let sum = `c${row}_${column}`;
      for (let k = 0; k < steps; k++) sum = `fma(${splat(`s${k}`)}, ${own(column, k)}, ${sum})`;
      return `c${row}_${column} = ${sum};`;
    }).join(' ');
    return `{ ${values} ${sums} }`;
  });
}

/** What one store takes: `row` of the result and `column` of the lane, as WGSL, and the sums of its `height` rows. */
export interface Stored {
  readonly row: string;
  readonly column: string;
  readonly values: readonly string[];
}

export interface Stores {
  /** Rows and columns of sums. */
  readonly rows: number;
  readonly columns: number;
  /** Rows in one store: 1, or 4 where the result is stored in vectors across the rows. */
  readonly height: 1 | 4;
  /** Stores written out, the others are rounds of a loop: 1, or so many rows of all columns. */
  readonly abreast: number;
  /** The tile's number along the rows, as WGSL, and all rows of the result. */
  readonly tile: string;
  readonly size: string;
  store(stored: Stored): readonly string[];
}

/**
 * Stores are what a software adapter compiles longest, a loop over the lanes for each value of a vector: written out, they take
 * half to three quarters of a tile's time. So few are written, and run in a loop that picks its sums. One loop, for nested ones
 * take twice as long. It counts stores from the result's first row on: were it to start at zero, the driver would unroll it.
 */
export function tileStores({ rows, columns, height, abreast, tile, size, store }: Stores): string[] {
  const units = (rows / height) * columns;
  const sums = (unit: number): string[] =>
    each(height, (q) => `c${Math.floor(unit / columns) * height + q}_${unit % columns}`);
  // A round takes lines of all columns, or one column of a line.
  const lines = abreast / columns;
  const split = lines < 1;
  const lineCount = height > 1 ? `(${size} + ${height - 1}u) / ${height}u` : size;
  const rounds = split
    ? `${lineCount} * ${columns}u`
    : lines > 1
      ? `(${lineCount} + ${lines - 1}u) / ${lines}u`
      : lineCount;
  const line = (p: number): string => {
    if (split) return `at / ${columns}u`;
    return lines > 1 ? `(at * ${lines}u + ${Math.floor(p / columns)}u)` : 'at';
  };
  return [
    `let stored = ${tile} * ${units / abreast}u;`,
    `let stored_end = min(stored + ${units / abreast}u, ${rounds});`,
    'for (var at = stored; at < stored_end; at++) {',
    ...each(abreast, (p) => {
      const values = each(height, (q) => `v${p}_${q}`);
      const places = each(units / abreast, (round) => sums(round * abreast + p));
      const stores = store({
        row: `${line(p)}${height > 1 ? ` * ${height}u` : ''}`,
        column: split ? `at % ${columns}u` : `${p % columns}u`,
        values,
      });
      return [
        ...values.map((value, q) => `let ${value} = ${pick(places.map((place) => place[q] as string))};`),
        ...(lines > 1 && p >= columns
          ? [`if (${line(p)} < ${lineCount}) {`, ...stores.map((each) => `  ${each}`), '}']
          : stores),
      ];
    })
      .flat()
      .map((text) => `  ${text}`),
    '}',
  ];
}

/** The value of this round, by halves. */
function pick(values: readonly string[]): string {
  const [only = ''] = values;
  if (values.length === 1) return only;
  const half = values.length / 2;
  return `select(${pick(values.slice(0, half))}, ${pick(values.slice(half))}, (at & ${half}u) != 0u)`;
}
