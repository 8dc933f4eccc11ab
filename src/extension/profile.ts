/**
 * One profile as the editor holds it: a trace, growing or finished, the bytes a view shows it from, and the one
 * selection that lens, panel and large view share.
 */
import * as vscode from 'vscode';
import type { Note } from '../trace/notes.ts';
import type { Suggestion } from '../suggest/suggestion.ts';
import type { Trace } from '../trace/model.ts';
import type { Selection, ViewId } from '../wire/view-messages.ts';

/** How far the proof of a suggestion is. */
export interface Proving {
  readonly suggestion: string;
  readonly text: string | null;
  readonly share: number;
}

export class Profile implements vscode.Disposable {
  readonly title: string;
  /** The script that ran, where it is known to this machine. */
  readonly script: vscode.Uri | null;
  /** It was run by this window rather than read from a file. */
  readonly ranHere: boolean;
  readonly #chunks: Uint8Array[];
  readonly #trace: () => Trace;
  #live: boolean;
  #selection: Selection | null = null;
  #asked: ViewId | null = null;
  #suggestions: readonly Suggestion[] = [];
  #notes: readonly Note[] = [];

  readonly #grown = new vscode.EventEmitter<Uint8Array>();
  readonly #finished = new vscode.EventEmitter<void>();
  readonly #selected = new vscode.EventEmitter<{ selection: Selection | null; by: unknown }>();
  readonly #advised = new vscode.EventEmitter<void>();
  readonly #noted = new vscode.EventEmitter<{ by: unknown }>();
  readonly #proving = new vscode.EventEmitter<Proving>();
  readonly #shown = new vscode.EventEmitter<ViewId>();
  readonly onDidGrow = this.#grown.event;
  readonly onDidFinish = this.#finished.event;
  readonly onDidSelect = this.#selected.event;
  readonly onDidAdvise = this.#advised.event;
  readonly onDidNote = this.#noted.event;
  readonly onDidProve = this.#proving.event;
  readonly onDidShow = this.#shown.event;

  /** `start`: a whole trace file, or for a live run its header; frames follow by `grow`. */
  constructor(options: {
    title: string;
    script: vscode.Uri | null;
    start: Uint8Array;
    trace: () => Trace;
    live: boolean;
  }) {
    this.title = options.title;
    this.script = options.script;
    this.ranHere = options.live;
    this.#chunks = [options.start];
    this.#trace = options.trace;
    this.#live = options.live;
  }

  get live(): boolean {
    return this.#live;
  }

  get trace(): Trace {
    return this.#trace();
  }

  get selection(): Selection | null {
    return this.#selection;
  }

  get suggestions(): readonly Suggestion[] {
    return this.#suggestions;
  }

  get notes(): readonly Note[] {
    return this.#notes;
  }

  /** The trace file so far: a header, then the frames as they came. */
  get bytes(): Uint8Array {
    const whole = joined(this.#chunks);
    // One piece from now on: the next reader pays only for what came since.
    this.#chunks.splice(0, this.#chunks.length, whole);
    return whole;
  }

  grow(frames: Uint8Array): void {
    this.#chunks.push(frames);
    this.#grown.fire(frames);
  }

  finish(): void {
    if (!this.#live) return;
    this.#live = false;
    this.#finished.fire();
  }

  /** `by`: who selects, so that it is not told of its own choice. */
  select(selection: Selection | null, by: unknown): void {
    this.#selection = selection;
    this.#selected.fire({ selection, by });
  }

  advise(suggestions: readonly Suggestion[]): void {
    this.#suggestions = suggestions;
    this.#advised.fire();
  }

  /** `by`: who changed the notes, so that it is not told of its own change. */
  note(notes: readonly Note[], by: unknown): void {
    this.#notes = notes;
    this.#noted.fire({ by });
  }

  tellProving(proving: Proving): void {
    this.#proving.fire(proving);
  }

  /** Asks the large view for one of its tabs. */
  show(view: ViewId): void {
    this.#asked = view;
    this.#shown.fire(view);
  }

  /** The tab asked for before the page was there to be told; asked once, answered once. */
  takeAsked(): ViewId | null {
    const asked = this.#asked;
    this.#asked = null;
    return asked;
  }

  dispose(): void {
    for (const emitter of [
      this.#shown,
      this.#grown,
      this.#finished,
      this.#selected,
      this.#advised,
      this.#noted,
      this.#proving,
    ])
      emitter.dispose();
  }
}

/** In an array of its own: a Buffer would not travel to a webview as bytes. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [first] = chunks;
  if (chunks.length === 1 && first?.constructor === Uint8Array && first.length === first.buffer.byteLength)
    return first;
  const whole = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
