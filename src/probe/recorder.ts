/**
 * Where rows go. Columns fill up in memory and leave as frames every few thousand rows or tenth of a second, by a
 * synchronous write: what happened before a script spins or is killed has already left the process.
 */
import { encodeCatalog, encodeMeta, encodeRows } from '../trace/frames.ts';
import type {
  CatalogName,
  Catalogs,
  KernelInfo,
  SourceLocation,
  TableName,
  TraceMeta,
  TrackInfo,
} from '../trace/model.ts';
import { CATALOG_NAMES, TABLES, TABLE_NAMES } from '../trace/model.ts';
import type { AnyTable, Row, Schema } from '../trace/table.ts';
import { TableWriter } from '../trace/table.ts';
import { Attached } from './attached.ts';

const FLUSH_ROWS = 4096;
const FLUSH_MS = 100;
/** Rows of what happens now; those of what is, or of what began earlier, are written whenever they come. */
const OF_THE_MOMENT: ReadonlySet<TableName> = new Set<TableName>(['transfers', 'submits', 'phases', 'slices', 'marks', 'bindGroups']); // prettier-ignore

type Pending = { [N in CatalogName]: Catalogs[N][number][] };

const noEntries = (): Pending => ({
  strings: [],
  kernels: [],
  layers: [],
  locations: [],
  tracks: [],
  series: [],
});

/** A queue by its number among queues, and its track. */
export interface QueueTrack {
  readonly queue: number;
  readonly track: number;
}

export class Recorder {
  readonly #write: (frame: Uint8Array) => void;
  readonly #tables = Object.fromEntries(
    TABLE_NAMES.map((name) => [name, new TableWriter<Schema>(TABLES[name], 512)]),
  ) as Record<TableName, TableWriter<Schema>>;
  readonly #dispatches = this.#tables.dispatches as unknown as TableWriter<typeof TABLES.dispatches>;
  /** Rows of each table that have left. */
  readonly #gone = Object.fromEntries(TABLE_NAMES.map((name) => [name, 0])) as Record<TableName, number>;
  #pending = noEntries();
  readonly #sizes = Object.fromEntries(CATALOG_NAMES.map((name) => [name, 0])) as Record<CatalogName, number>;
  readonly #strings = new Map<string, number>();
  readonly #locations = new Map<string, number>();
  /** The same by identity: a place is one object wherever it is met again. */
  readonly #placed = new Attached<SourceLocation, number>();
  readonly #kernels = new Map<string, number>();
  #queues = 0;
  /** Whose steps are the trace's. */
  #stepOwner: object | null = null;
  #rows = 0;
  #flushedAt = performance.now();
  /** Off while the run is outside of what is to be recorded. */
  recording = true;
  /** Called before rows leave: what is still held back gets a chance to become a row. */
  beforeFlush: (() => void) | null = null;

  constructor(write: (frame: Uint8Array) => void) {
    this.#write = write;
  }

  add<N extends CatalogName>(catalog: N, entry: Catalogs[N][number]): number {
    (this.#pending[catalog] as unknown[]).push(entry);
    return this.#sizes[catalog]++;
  }

  string(text: string): number {
    let id = this.#strings.get(text);
    if (id === undefined) this.#strings.set(text, (id = this.add('strings', text)));
    return id;
  }

  location(place: SourceLocation | null): number {
    if (!place) return -1;
    let known = this.#placed.get(place);
    if (known === undefined) this.#placed.set(place, (known = this.#located(place)));
    return known;
  }

  #located(place: SourceLocation): number {
    const key = `${place.line}:${place.column}:${place.file}`;
    let id = this.#locations.get(key);
    if (id === undefined) this.#locations.set(key, (id = this.add('locations', place)));
    return id;
  }

  /** One kernel in the trace however many pipelines were made of it. */
  kernel(kernel: KernelInfo): number {
    const key = JSON.stringify(kernel);
    let id = this.#kernels.get(key);
    if (id === undefined) this.#kernels.set(key, (id = this.add('kernels', kernel)));
    return id;
  }

  /** Adds a track of kind `gpu-queue`; the n-th of them is queue n. */
  queueTrack(track: TrackInfo): QueueTrack {
    return { queue: this.#queues++, track: this.add('tracks', track) };
  }

  /** May `owner` say where steps begin and end? The first that asks may; a trace has one count of steps. */
  claimSteps(owner: object): boolean {
    return (this.#stepOwner ??= owner) === owner;
  }

  /** Appends a row and returns its index in the whole trace; -1 for one that is not recorded. */
  row<N extends TableName>(table: N, row: Row<(typeof TABLES)[N]>): number {
    if (!this.recording && OF_THE_MOMENT.has(table)) return -1;
    this.#rows++;
    return this.#gone[table] + this.#tables[table].push(row as Row<Schema>);
  }

  /** As `row('dispatches', ...)`: there are more of these than of all others. */
  dispatch(
    launch: number,
    step: number,
    queue: number,
    flags: number,
    cpuNs: number,
    startNs: number,
    endNs: number,
  ): void {
    this.#rows++;
    const at = this.#dispatches.claim();
    const { columns } = this.#dispatches;
    columns.launch[at] = launch;
    columns.step[at] = step;
    columns.queue[at] = queue;
    columns.flags[at] = flags;
    columns.cpuNs[at] = cpuNs;
    columns.startNs[at] = startNs;
    columns.endNs[at] = endNs;
  }

  /** Appends whole columns and returns the index of the first row in the whole trace. */
  rows(table: TableName, rows: AnyTable): number {
    const writer = this.#tables[table];
    const first = this.#gone[table] + writer.length;
    this.#rows += rows.length;
    writer.append(rows);
    return first;
  }

  /** Changes a cell of a row that has not left yet; false when it has. */
  amend<N extends TableName>(
    table: N,
    row: number,
    column: keyof (typeof TABLES)[N] & string,
    value: number,
  ): boolean {
    const at = row - this.#gone[table];
    if (at < 0) return false;
    this.#tables[table].set(at, column, value);
    return true;
  }

  meta(patch: Partial<TraceMeta>): void {
    this.#write(encodeMeta(patch));
  }

  flushIfDue(): void {
    if (this.#rows >= FLUSH_ROWS || performance.now() - this.#flushedAt >= FLUSH_MS) this.flush();
  }

  /** Catalog entries first, then rows in the tables' order: whatever a row points at arrives before it. */
  flush(): void {
    this.beforeFlush?.();
    this.#flushedAt = performance.now();
    const patch = Object.fromEntries(
      CATALOG_NAMES.filter((name) => this.#pending[name].length > 0).map((name) => [
        name,
        this.#pending[name],
      ]),
    );
    if (Object.keys(patch).length > 0) {
      this.#pending = noEntries();
      this.#write(encodeCatalog(patch));
    }
    if (this.#rows === 0) return;
    this.#rows = 0;
    for (const name of TABLE_NAMES) {
      const table = this.#tables[name];
      if (table.length === 0) continue;
      const frame = encodeRows(name, table.table());
      this.#gone[name] += table.length;
      table.clear();
      this.#write(frame);
    }
  }
}
