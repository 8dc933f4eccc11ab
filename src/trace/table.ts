/**
 * Columnar tables. A table is described by a schema (column name -> element type); rows are appended to growing
 * typed arrays. Everything that carries rows (the probe, the wire, the file, the views) is generic over the schema.
 */

export type ElementType = 'u8' | 'u16' | 'u32' | 'i32' | 'f64';

export interface ElementArrays {
  u8: Uint8Array;
  u16: Uint16Array;
  u32: Uint32Array;
  i32: Int32Array;
  f64: Float64Array;
}

export type Schema = Readonly<Record<string, ElementType>>;

/** Read-only view of a table: `length` rows; every column array holds at least that many elements. */
export type Table<S extends Schema> = { readonly length: number } & {
  readonly [K in keyof S]: Readonly<ElementArrays[S[K]]>;
};

/** Any table, where the code is generic over all of them: columns are reached by `column`. */
export interface AnyTable {
  readonly length: number;
}

export type Elements = ElementArrays[ElementType];

export function column(table: AnyTable, name: string): Elements {
  return (table as unknown as Record<string, Elements>)[name] as Elements;
}

export type Row<S extends Schema> = { readonly [K in keyof S]: number };

export const ELEMENT_BYTES: Readonly<Record<ElementType, number>> = { u8: 1, u16: 2, u32: 4, i32: 4, f64: 8 };

export function newElements<T extends ElementType>(type: T, length: number): ElementArrays[T] {
  switch (type) {
    case 'u8':
      return new Uint8Array(length) as ElementArrays[T];
    case 'u16':
      return new Uint16Array(length) as ElementArrays[T];
    case 'u32':
      return new Uint32Array(length) as ElementArrays[T];
    case 'i32':
      return new Int32Array(length) as ElementArrays[T];
    default:
      return new Float64Array(length) as ElementArrays[T];
  }
}

/** The columns of a table that is still written. */
export type Columns<S extends Schema> = { readonly [K in keyof S]: ElementArrays[S[K]] };

/** A growing table. Appending doubles the columns when full; `table()` is a live view without copying. */
export class TableWriter<S extends Schema> {
  readonly schema: S;
  readonly #names: readonly (keyof S & string)[];
  #columns: Elements[];
  #named: Columns<S>;
  #length = 0;
  #capacity: number;

  constructor(schema: S, capacity = 256) {
    this.schema = schema;
    this.#names = Object.keys(schema);
    this.#capacity = capacity;
    this.#columns = this.#names.map((name) => newElements(schema[name] as ElementType, capacity));
    this.#named = this.#byName();
  }

  get length(): number {
    return this.#length;
  }

  /** Appends one row and returns its index. */
  push(row: Row<S>): number {
    this.#reserve(this.#length + 1);
    for (let c = 0; c < this.#names.length; c++) {
      (this.#columns[c] as Elements)[this.#length] = row[this.#names[c] as keyof S];
    }
    return this.#length++;
  }

  /**
   * Makes room for one row, whose cells the caller writes into `columns` at the index returned: for rows that come by the
   * thousand, an object for each is dear.
   */
  claim(): number {
    this.#reserve(this.#length + 1);
    return this.#length++;
  }

  /** To write into; others once the table has grown. */
  get columns(): Columns<S> {
    return this.#named;
  }

  /** Appends whole columns, as they come from a chunk. Rows beyond `length` in the arrays are ignored. */
  append(rows: AnyTable): void {
    this.#reserve(this.#length + rows.length);
    for (let c = 0; c < this.#names.length; c++) {
      const source = column(rows, this.#names[c] as string);
      (this.#columns[c] as Elements).set(source.subarray(0, rows.length), this.#length);
    }
    this.#length += rows.length;
  }

  /** Overwrites one cell of an existing row (the death of a buffer is learned after its birth). */
  set(row: number, column: keyof S & string, value: number): void {
    if (row < 0 || row >= this.#length) throw new RangeError(`row ${row} of ${this.#length}`);
    (this.#columns[this.#names.indexOf(column)] as Elements)[row] = value;
  }

  /** Forgets all rows, keeps the memory: a writer is reused for chunk after chunk. */
  clear(): void {
    this.#length = 0;
  }

  /** The rows so far. Arrays are trimmed views on the live memory: valid until the next append. */
  table(): Table<S> {
    const view: Record<string, unknown> = { length: this.#length };
    this.#names.forEach((name, c) => {
      view[name] = (this.#columns[c] as Elements).subarray(0, this.#length);
    });
    return view as Table<S>;
  }

  #reserve(rows: number): void {
    if (rows <= this.#capacity) return;
    while (this.#capacity < rows) this.#capacity *= 2;
    this.#columns = this.#columns.map((old, c) => {
      const grown = newElements(this.schema[this.#names[c] as keyof S] as ElementType, this.#capacity);
      grown.set(old as never);
      return grown;
    });
    this.#named = this.#byName();
  }
  #byName(): Columns<S> {
    return Object.fromEntries(this.#names.map((name, c) => [name, this.#columns[c]])) as Columns<S>;
  }
}
