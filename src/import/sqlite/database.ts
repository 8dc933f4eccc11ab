/**
 * Reads tables of an SQLite database file (https://www.sqlite.org/fileformat2.html): enough to walk table b-trees row by
 * row, without indexes, views or SQL. Every page number and length comes from the file and is checked before it is used.
 */
import { readRecord } from './record.ts';
import type { SqlValue } from './record.ts';

const MAGIC = 'SQLite format 3\u0000';
const LEAF = 13;
const INTERIOR = 5;

/** The file contradicts itself; `at` is a byte near the contradiction. */
export class DatabaseError extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

export interface TableInfo {
  readonly root: number;
  readonly columns: readonly string[];
  /** Column that is the row's own id; -1 when there is none. */
  readonly idColumn: number;
}

export function isDatabase(bytes: Uint8Array): boolean {
  for (let i = 0; i < MAGIC.length; i++) if (bytes[i] !== MAGIC.charCodeAt(i)) return false;
  return true;
}

export class Database {
  readonly tables = new Map<string, TableInfo>();
  /** Tables that could not be read to their end, and why: one line each. */
  readonly problems: string[] = [];
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #pageSize: number;
  readonly #usable: number;
  readonly #encoding: string;

  constructor(bytes: Uint8Array) {
    if (!isDatabase(bytes) || bytes.length < 100) throw new DatabaseError(0, 'not an SQLite database');
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const size = this.#view.getUint16(16);
    this.#pageSize = size === 1 ? 65536 : size;
    this.#usable = this.#pageSize - (bytes[20] as number);
    if (this.#pageSize < 512 || (this.#pageSize & (this.#pageSize - 1)) !== 0 || this.#usable < 480)
      throw new DatabaseError(16, `page size ${size}`);
    this.#encoding = ['utf-8', 'utf-8', 'utf-16le', 'utf-16be'][this.#view.getUint32(56)] ?? 'utf-8';
    try {
      this.#eachRow(1, (_, row) => {
        const [type, name, , root, sql] = row;
        if (
          type === 'table' &&
          typeof name === 'string' &&
          typeof root === 'number' &&
          typeof sql === 'string'
        )
          this.tables.set(name, { root, ...columnsOf(sql) });
      });
    } catch (error) {
      if (!(error instanceof DatabaseError) || this.tables.size === 0) throw error;
      this.problems.push(`The list of tables is damaged near byte ${error.at} (${error.message}).`);
    }
  }

  /**
   * Calls `take` for each row with the values of these columns, in this order; a column the table lacks is null. Damage
   * ends the table and is noted in `problems`.
   */
  rows(table: string, columns: readonly string[], take: (values: readonly SqlValue[]) => void): void {
    const info = this.tables.get(table);
    if (!info) return;
    const lower = info.columns.map((name) => name.toLowerCase());
    const places = columns.map((name) => lower.indexOf(name.toLowerCase()));
    const values: SqlValue[] = places.map(() => null);
    try {
      this.#eachRow(info.root, (rowId, row) => {
        places.forEach((place, i) => {
          values[i] = place < 0 ? null : place === info.idColumn ? rowId : (row[place] ?? null);
        });
        take(values);
      });
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      this.problems.push(
        `Table ${table} is damaged near byte ${error.at} (${error.message}); the rows before it are shown.`,
      );
    }
  }

  #eachRow(root: number, take: (rowId: number, row: readonly SqlValue[]) => void): void {
    const pages = Math.ceil(this.#bytes.length / this.#pageSize);
    const stack = [root];
    let visited = 0;
    for (let page = stack.pop(); page !== undefined; page = stack.pop()) {
      // A tree visits each page once; more means that it runs in circles.
      if (++visited > pages) throw new DatabaseError(0, 'the pages of a table run in circles');
      this.#page(page, stack, take);
    }
  }

  #page(page: number, stack: number[], take: (rowId: number, row: readonly SqlValue[]) => void): void {
    const start = this.#pageStart(page);
    const header = start + (page === 1 ? 100 : 0);
    const kind = this.#bytes[header];
    if (kind !== LEAF && kind !== INTERIOR)
      throw new DatabaseError(header, `page ${page} is no page of a table`);
    const cells = this.#view.getUint16(header + 3);
    const pointers = header + (kind === LEAF ? 8 : 12);
    if (pointers + cells * 2 > start + this.#pageSize)
      throw new DatabaseError(header, `page ${page} claims ${cells} cells`);
    if (kind === INTERIOR) {
      const children = Array.from({ length: cells }, (_, i) =>
        this.#u32(start + this.#view.getUint16(pointers + 2 * i)),
      );
      stack.push(this.#u32(header + 8));
      for (const child of children.reverse()) stack.push(child);
      return;
    }
    for (let i = 0; i < cells; i++) this.#cell(start, start + this.#view.getUint16(pointers + 2 * i), take);
  }

  #cell(start: number, cell: number, take: (rowId: number, row: readonly SqlValue[]) => void): void {
    const size = this.#varint(cell);
    const rowId = this.#varint(size.next);
    const payload = this.#payload(start, rowId.next, size.value);
    const row = readRecord(payload, this.#encoding);
    if (row === null) throw new DatabaseError(cell, 'a row does not fit its own description');
    take(rowId.value, row);
  }

  /** The payload of a cell, gathered from its overflow pages where it has them. */
  #payload(start: number, at: number, size: number): Uint8Array {
    const largest = this.#usable - 35;
    if (size > this.#bytes.length) throw new DatabaseError(at, `a row claims ${size} bytes`);
    if (size <= largest) return this.#slice(at, size);
    const least = Math.floor(((this.#usable - 12) * 32) / 255) - 23;
    const spill = least + ((size - least) % (this.#usable - 4));
    const local = spill <= largest ? spill : least;
    const whole = new Uint8Array(size);
    whole.set(this.#slice(at, local));
    if (at + local + 4 > start + this.#pageSize) throw new DatabaseError(at, 'a row leaves its page');
    let page = this.#u32(at + local);
    for (let filled = local; filled < size;) {
      const next = this.#pageStart(page);
      const part = Math.min(size - filled, this.#usable - 4);
      whole.set(this.#slice(next + 4, part), filled);
      filled += part;
      page = this.#u32(next);
    }
    return whole;
  }

  #pageStart(page: number): number {
    const start = (page - 1) * this.#pageSize;
    if (page < 1 || start + this.#pageSize > this.#bytes.length)
      throw new DatabaseError(
        Math.min(Math.max(0, start), this.#bytes.length),
        `page ${page} is not in the file`,
      );
    return start;
  }

  #slice(at: number, size: number): Uint8Array {
    if (at + size > this.#bytes.length) throw new DatabaseError(at, 'the file ends in the middle of a row');
    return this.#bytes.subarray(at, at + size);
  }

  #u32(at: number): number {
    if (at + 4 > this.#bytes.length) throw new DatabaseError(at, 'the file ends in the middle of a page');
    return this.#view.getUint32(at);
  }

  #varint(at: number): { value: number; next: number } {
    let value = 0;
    for (let i = 0; i < 9; i++) {
      const byte = this.#bytes[at + i];
      if (byte === undefined) throw new DatabaseError(at, 'the file ends in the middle of a number');
      if (i === 8) return { value: value * 256 + byte, next: at + 9 };
      value = value * 128 + (byte & 127);
      if (byte < 128) return { value, next: at + i + 1 };
    }
    return { value, next: at + 9 };
  }
}

/** Column names of `CREATE TABLE name (a INTEGER PRIMARY KEY, b TEXT, ...)`. */
export function columnsOf(sql: string): { columns: string[]; idColumn: number } {
  const inside = sql.slice(sql.indexOf('(') + 1, sql.lastIndexOf(')'));
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= inside.length; i++) {
    const c = inside[i];
    if (c === '(') depth++;
    else if (c === ')') depth--;
    else if (c === undefined || (c === ',' && depth === 0)) {
      parts.push(inside.slice(start, i).trim());
      start = i + 1;
    }
  }
  const columns = parts.filter(
    (part) => part !== '' && !/^(primary|foreign|unique|check|constraint)\b/i.test(part),
  );
  return {
    columns: columns.map((part) => (/^["'[`]([^"'\]`]*)/.exec(part)?.[1] ?? part.split(/\s/)[0]) as string),
    idColumn: columns.findIndex((part) => /\binteger\s+primary\s+key\b/i.test(part)),
  };
}
