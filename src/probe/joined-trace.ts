/**
 * What another thread's probe records, taken into this one's trace: its rows follow those that are there, and whatever they point
 * at is pointed at anew. Both count time from the same moment (clock.ts).
 */
import type { Frame } from '../trace/frames.ts';
import { FrameReader } from '../trace/frames.ts';
import type {
  CatalogName,
  LayerInfo,
  SourceLocation,
  TableName,
  TraceMeta,
  TrackInfo,
} from '../trace/model.ts';
import { TABLES } from '../trace/model.ts';
import type { AnyTable, Elements } from '../trace/table.ts';
import { column } from '../trace/table.ts';
import { REFERENCES } from '../trace/validate.ts';
import type { Layers } from './layers.ts';
import type { Recorder } from './recorder.ts';

/** New ids by old ones. */
type Ids = number[];

export class JoinedTrace {
  /** What stands before the names of its tracks: `worker 1`. */
  readonly name: string;
  readonly #recorder: Recorder;
  readonly #layers: Layers;
  readonly #onMeta: (patch: Partial<TraceMeta>) => void;
  readonly #reader = new FrameReader();
  readonly #ids = new Map<TableName | CatalogName, Ids>();
  readonly #queues: Ids = [];
  #meta: Partial<TraceMeta> = {};
  /** Its steps are not the trace's: another thread has those. */
  stepsLeftOut = false;

  constructor(name: string, recorder: Recorder, layers: Layers, onMeta: (patch: Partial<TraceMeta>) => void) {
    this.name = name;
    this.#recorder = recorder;
    this.#layers = layers;
    this.#onMeta = onMeta;
  }

  /** All that it has said of itself so far. */
  get meta(): Partial<TraceMeta> {
    return this.#meta;
  }

  /** Takes one encoded frame. */
  take(bytes: Uint8Array): void {
    const read = this.#reader.push(bytes);
    for (const frame of read.ok ? read.value : read.error.frames) this.#frame(frame);
  }

  #frame(frame: Frame): void {
    if (frame.kind === 'rows') return this.#rows(frame.table, frame.rows);
    if (frame.kind === 'meta') {
      this.#meta = { ...this.#meta, ...frame.meta };
      return this.#onMeta(frame.meta);
    }
    const { patch } = frame;
    const recorder = this.#recorder;
    this.#extend('strings', patch.strings, (text) => recorder.string(text));
    this.#extend('locations', patch.locations, (place: SourceLocation) => recorder.location(place));
    this.#extend('kernels', patch.kernels, (kernel) => recorder.kernel(kernel));
    this.#extend('layers', patch.layers, (layer: LayerInfo) =>
      recorder.add('layers', {
        ...layer,
        path: this.#layers.unique(layer.path),
        parent: this.#of('layers', layer.parent),
        location: this.#of('locations', layer.location),
      }),
    );
    this.#extend('tracks', patch.tracks, (track) => this.#track(track));
    this.#extend('series', patch.series, (series) =>
      recorder.add('series', {
        ...series,
        track: this.#of('tracks', series.track),
      }),
    );
  }

  #track(track: TrackInfo): number {
    const named = { ...track, name: `${this.name} ${track.name}` };
    if (track.kind !== 'gpu-queue') return this.#recorder.add('tracks', named);
    const added = this.#recorder.queueTrack(named);
    this.#queues.push(added.queue);
    return added.track;
  }

  #extend<T>(name: CatalogName, entries: readonly T[] | undefined, add: (entry: T) => number): void {
    const ids = this.#idsOf(name);
    for (const entry of entries ?? []) ids.push(add(entry));
  }

  #rows(table: TableName, rows: AnyTable): void {
    const keepsSteps = this.#mayHaveSteps(rows);
    if (table === 'steps' && !keepsSteps) return;
    const moved: Record<string, unknown> = { length: rows.length };
    for (const name of Object.keys(TABLES[table]))
      moved[name] = this.#moved(table, name, column(rows, name), keepsSteps);
    const first = this.#recorder.rows(table, moved as unknown as AnyTable);
    const ids = this.#idsOf(table);
    for (let i = 0; i < rows.length; i++) ids.push(first + i);
  }

  /** Steps of two threads would be two counts in one: the first thread to have any keeps them. */
  #mayHaveSteps(rows: AnyTable): boolean {
    const steps = column(rows, 'step') as Elements | undefined;
    const has = 'index' in rows || steps?.some((step) => step >= 0);
    if (!has) return true;
    const mine = this.#recorder.claimSteps(this);
    this.stepsLeftOut ||= !mine;
    return mine;
  }

  #moved(table: TableName, name: string, values: Elements, keepsSteps: boolean): Elements {
    if (name === 'step' || name === 'bornStep') return keepsSteps ? values : values.map(() => -1);
    if (name === 'queue') return values.map((queue) => this.#queues[queue] ?? 0);
    const to = name === 'parent' && table === 'buffers' ? 'buffers' : REFERENCES[table]?.[name]?.to;
    return to ? values.map((id) => this.#of(to, id)) : values;
  }

  #of(to: TableName | CatalogName, id: number): number {
    return id < 0 ? id : (this.#idsOf(to)[id] ?? -1);
  }

  #idsOf(name: TableName | CatalogName): Ids {
    let ids = this.#ids.get(name);
    if (!ids) this.#ids.set(name, (ids = []));
    return ids;
  }
}
