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
