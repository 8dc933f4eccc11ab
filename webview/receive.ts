/** Messages of the shell become state. Frames of a live run are gathered and shown a few times a second. */
import { FILE_HEADER_BYTES, isTraceFile, readTraceFile } from '../src/trace/codec.ts';
import { TraceBuilder } from '../src/trace/builder.ts';
import { FrameReader } from '../src/trace/frames.ts';
import { TRACE_VERSION } from '../src/trace/model.ts';
import { unreachable } from '../src/base/assert.ts';
import type { Trace } from '../src/trace/model.ts';
import type { Selection, ToView } from '../src/wire/view-messages.ts';
import type { Range, TimeAxis } from './axis.ts';
import { stepRange, traceExtent, typicalStep } from './extent.ts';
import { factsOf, isLarge, settle } from './facts.ts';
import { inflatedFile } from './inflate.ts';
import type { Store } from './state.ts';
import { t } from './translate.ts';

/** A larger trace file is inflated by the browser itself, piece by piece. */
const LARGE_BYTES = 500_000;
/** Between two pictures of a live run: its analysis shares the processor with the run. */
const LIVE_MS = 400;
/** A picture that takes long comes more seldom: drawing gets at most a fourth of the time. */
const LIVE_SHARE = 3;

export class Receiver {
  readonly #store: Store;
  readonly #axis: TimeAxis;
  #builder = new TraceBuilder();
  #reader = new FrameReader();
  #timer = 0;
  /** What this class last put on the axis; when something else is visible, the reader moved, and keeps the say. */
  #shown: Range | null = null;
  #moved = false;
  #waiting: ToView[] | null = null;
  /** What the last picture took, analysis and drawing together. */
  #costMs = 0;

  constructor(store: Store, axis: TimeAxis) {
    this.#store = store;
    this.#axis = axis;
  }

  /** Messages wait while a large trace is inflated: they come after it. */
  receive(message: ToView): void {
    if (this.#waiting) this.#waiting.push(message);
    else if (message.type === 'trace' && message.bytes.length > LARGE_BYTES) void this.#inflate(message);
    else this.#handle(message);
  }

  async #inflate(message: Extract<ToView, { type: 'trace' }>): Promise<void> {
    this.#waiting = [];
    const bytes = asBytes(message.bytes);
    const plain = isTraceFile(bytes) ? await inflatedFile(bytes) : bytes;
    const waiting = this.#waiting;
    this.#waiting = null;
    this.#handle({ ...message, bytes: plain });
    for (const next of waiting) this.receive(next);
  }

  #handle(message: ToView): void {
    switch (message.type) {
      case 'trace':
        return this.#start(message);
      case 'frames':
        this.#push(message.bytes);
        return this.#later();
      case 'finished':
        this.#store.set({ live: false });
        return this.#show();
      case 'empty':
        return this.#store.set({
          trace: null,
          facts: null,
          live: false,
          problem: null,
          selection: null,
          area: null,
          suggestions: null,
        });
      case 'suggestions':
        return this.#store.set({ suggestions: message.suggestions });
      case 'proving': {
        const proving = new Map(this.#store.state.proving);
        if (message.text === null) proving.delete(message.suggestion);
        else proving.set(message.suggestion, { text: message.text, share: message.share });
        return this.#store.set({ proving });
      }
      case 'select':
        return this.#select(message.selection);
      case 'notes':
        return this.#store.set({ notes: message.notes, notesEditable: message.editable });
      case 'show':
        return this.#store.set({ view: message.view });
      case 'baseline': {
        const read = message.bytes && readTraceFile(asBytes(message.bytes));
        return this.#store.set({ baseline: read?.ok ? { trace: read.value, title: message.title } : null });
      }
      case 'sql': {
        const { status, history } = message;
        return this.#store.set({
          sql: { status, history, outcome: this.#store.state.sql?.outcome ?? null },
        });
      }
      case 'sql-outcome': {
        const { sql } = this.#store.state;
        return this.#store.set({ sql: sql && { ...sql, outcome: message } });
      }
      case 'stale':
        return this.#store.set({ stale: message.files });
      default:
        return unreachable(message);
    }
  }

  #start(message: Extract<ToView, { type: 'trace' }>): void {
    this.#builder = new TraceBuilder();
    this.#reader = new FrameReader();
    this.#shown = null;
    this.#moved = false;
    const bytes = asBytes(message.bytes);
    this.#store.set({
      title: message.title,
      live: message.live,
      problem: null,
      selection: null,
      area: null,
      suggestions: null,
      stale: [],
      notes: [],
      notesEditable: false,
      proving: new Map(),
      // What a query found, or failed with, was of the trace before.
      sql: this.#store.state.sql && { ...this.#store.state.sql, outcome: null },
    });
    if (bytes.length > 0 && !isTraceFile(bytes))
      return this.#fail(t('This is not a Kernelscope trace: it does not start with KSCOPE.'));
    const version = (bytes[6] ?? TRACE_VERSION) | ((bytes[7] ?? 0) << 8);
    if (version !== TRACE_VERSION)
      return this.#fail(
        t(
          'The trace has version {0}; this Kernelscope reads version {1}. Update Kernelscope to open it.',
          version,
          TRACE_VERSION,
        ),
      );
    this.#push(bytes.subarray(FILE_HEADER_BYTES));
    this.#show();
  }

  #push(bytes: Uint8Array): void {
    const read = this.#reader.push(asBytes(bytes));
    let problem = read.ok ? null : read.error.message;
    for (const frame of read.ok ? read.value : read.error.frames) {
      const added = this.#builder.frame(frame);
      if (!added.ok) problem ??= added.error;
    }
    if (problem)
      this.#builder.setMeta({
        notes: [...this.#builder.meta.notes, t('A part could not be read: {0}', problem)],
      });
  }

  #later(): void {
    if (this.#timer !== 0) return;
    this.#timer = window.setTimeout(() => this.#show(), Math.max(LIVE_MS, this.#costMs * LIVE_SHARE));
  }

  #show(): void {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const start = performance.now();
    const trace = this.#builder.build();
    const { live } = this.#store.state;
    if (this.#shown && !sameRange(this.#shown, this.#axis.visible)) this.#moved = true;
    this.#axis.setFull(traceExtent(trace), live);
    if (!this.#moved) this.#place(trace, live);
    this.#shown = this.#axis.visible;
    const facts = factsOf(trace);
    const settled = !isLarge(trace);
    this.#store.set({ trace, facts, settled, problem: null });
    requestAnimationFrame(() => (this.#costMs = performance.now() - start));
    // A run that still grows is not summed up whole: each view asks for what it shows.
    if (live && settled) return;
    void settle(facts, () => this.#store.state.facts === facts).then(
      (done) => done && this.#store.set({ settled: true }),
    );
  }

  /** A finished run opens on its typical step; a live one shows its newest finished step. */
  #place(trace: Trace, live: boolean): void {
    const row = live ? trace.tables.steps.length - 1 : typicalStep(trace);
    if (row < 0) return this.#axis.show(this.#axis.full);
    const [start, end] = stepRange(trace, row);
    const air = (end - start) * 0.04;
    this.#axis.show([start - air, end + air]);
  }

  /** Selects, and brings into view what has a place of its own in time. */
  #select(selection: Selection | null): void {
    this.#store.set({ selection });
    const { trace } = this.#store.state;
    if (!trace || !selection) return;
    const { dispatches, steps } = trace.tables;
    if (selection.kind === 'dispatch' && selection.dispatch < dispatches.length) {
      const start = dispatches.startNs[selection.dispatch] as number;
      if (Number.isFinite(start)) this.#axis.reveal(start, dispatches.endNs[selection.dispatch] as number);
    }
    const row = selection.kind === 'step' ? steps.index.indexOf(selection.step) : -1;
    if (row >= 0) this.#axis.glideTo(...stepRange(trace, row));
  }

  #fail(problem: string): void {
    this.#store.set({ trace: null, facts: null, live: false, problem });
  }
}

/** Older editors hand typed arrays over as plain lists. */
function asBytes(bytes: Uint8Array): Uint8Array {
  return bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes as ArrayLike<number>);
}

const sameRange = (a: Range, b: Range) => a[0] === b[0] && a[1] === b[1];
