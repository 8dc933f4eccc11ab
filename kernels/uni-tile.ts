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

export interface Stores {
  /** Rows and columns of sums. */
  readonly rows: number;
  readonly columns: number;
  /** Rows that the result still has from `first` on. */
  readonly left: string;
  /** The first row of the tile. */
  readonly first: string;
  /** Large work: all rows are written out, which compiles several times as long and runs some 10 % faster. */
  readonly whole: boolean;
  /** Stores row `row` of a quarter (or of the whole): its sums are v<row>_<column>, its place is `first_row + row`. */
  store(row: number): readonly string[];
}

/**
 * Stores are what a software adapter compiles longest, a loop over the lanes for each. So they are written for a quarter
 * of the rows and run for each quarter. How many there are is not a constant, lest they be unrolled.
 */
export function tileStores({ rows, columns, left, first, whole, store }: Stores): string[] {
  if (whole) {
    const sums = each(rows, (row) =>
      each(columns, (column) => `let v${row}_${column} = c${row}_${column};`),
    ).flat();
    return [`let first_row = ${first};`, ...sums, ...each(rows, store).flat()];
  }
  const most = Math.min(4, rows / 4);
  const height = rows / most;
  const picks = each(height, (row) =>
    each(
      columns,
      (column) =>
        `let v${row}_${column} = ${pick(each(most, (quarter) => `c${quarter * height + row}_${column}`))};`,
    ),
  ).flat();
  return [
    `let quarters = min(${most}u, (${left} + ${height - 1}u) / ${height}u);`,
    'for (var quarter = 0u; quarter < quarters; quarter++) {',
    `  let first_row = ${first} + quarter * ${height}u;`,
    ...[...picks, ...each(height, store).flat()].map((line) => `  ${line}`),
    '}',
  ];
}

/** The value of this quarter. */
function pick(values: readonly string[]): string {
  const [a = '', b = '', c, d] = values;
  if (values.length === 1) return a;
  const low = `select(${a}, ${b}, quarter == 1u)`;
  return c && d ? `select(${low}, select(${c}, ${d}, quarter == 3u), quarter > 1u)` : low;
}
