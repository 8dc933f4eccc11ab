/** Comma-separated values, as RFC 4180 describes them. */

export interface CsvOptions {
  /** Default ','. */
  readonly delimiter?: string;
  /** The first line names the columns. Default true. */
  readonly header?: boolean;
}

/** A table of text; numbers are asked for column by column. */
export class CsvTable {
  /** Names of the columns; their numbers where the file has no header. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly #name: string;

  constructor(columns: readonly string[], rows: readonly (readonly string[])[], name: string) {
    this.columns = columns;
    this.rows = rows;
    this.#name = name;
  }

  get length(): number {
    return this.rows.length;
  }

  /** The texts of a column. */
  text(column: string): string[] {
    const at = this.#place(column);
    return this.rows.map((row) => row[at] as string);
  }

  /**
   * Numbers of the given columns (all without), row by row: `[rows, columns]`, ready for `tensor(values, { shape })`.
   * @throws Error naming the row and column of what is not a number.
   */
  numbers(columns: readonly string[] = this.columns): {
    readonly data: Float32Array;
    readonly shape: readonly [number, number];
  } {
    const places = columns.map((column) => this.#place(column));
    const data = new Float32Array(this.length * columns.length);
    this.rows.forEach((row, r) =>
      places.forEach((at, c) => {
        const text = (row[at] as string).trim();
        const value = text === '' ? NaN : Number(text);
        if (Number.isNaN(value) && !/^nan$/i.test(text))
          throw new Error(`${this.#name}: '${text}' in column ${columns[c]}, row ${r + 1}, is not a number`);
        data[r * columns.length + c] = value;
      }),
    );
    return { data, shape: [this.length, columns.length] };
  }

  /** A column of words as numbers: the places of each in the sorted list of those that occur. */
  classes(column: string): { readonly data: Int32Array; readonly names: readonly string[] } {
    const words = this.text(column);
    const names = [...new Set(words)].toSorted();
    const places = new Map(names.map((name, i) => [name, i]));
    return { data: Int32Array.from(words, (word) => places.get(word) as number), names };
  }

  #place(column: string): number {
    const at = this.columns.indexOf(column);
    if (at < 0)
      throw new Error(`${this.#name} has no column '${column}'; there are ${this.columns.join(', ')}`);
    return at;
  }
}

/** The table in a CSV text. @throws Error naming a line whose number of fields is another than the first line's. */
export function readCsv(text: string, options: CsvOptions = {}, name = 'CSV data'): CsvTable {
  const { delimiter = ',', header = true } = options;
  const lines = fieldsOf(text.replace(/^\uFEFF/, ''), delimiter, name);
  const [first] = lines;
  if (!first) throw new Error(`${name} is empty`);
  const wrong = lines.findIndex((line) => line.length !== first.length);
  if (wrong >= 0)
    throw new Error(
      `${name}: line ${wrong + 1} has ${lines[wrong]?.length} fields, the first line ${first.length}`,
    );
  return header ? new CsvTable(first, lines.slice(1), name) : new CsvTable(first.map((_, i) => String(i)), lines, name); // prettier-ignore
}

function fieldsOf(text: string, delimiter: string, name: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  let at = 0;
  while (at < text.length) {
    let field: string;
    if (text[at] === '"') {
      const close = closingQuote(text, at);
      if (close < 0) throw new Error(`${name}: the quotation in line ${lines.length + 1} does not end`);
      field = text.slice(at + 1, close).replaceAll('""', '"');
      at = close + 1;
    } else {
      const start = at;
      while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at++;
      field = text.slice(start, at);
    }
    line.push(field);
    if (text[at] === delimiter) {
      at++;
      // A delimiter at the very end leaves an empty last field.
      if (at === text.length) line.push('');
      else continue;
    }
    if (text[at] === '\r') at++;
    if (text[at] === '\n') at++;
    if (line.length > 1 || line[0] !== '') lines.push(line);
    line = [];
  }
  return lines;
}

/** The quotation mark that ends the field starting at `open`; doubled ones stand for themselves. */
function closingQuote(text: string, open: number): number {
  let at = text.indexOf('"', open + 1);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}
