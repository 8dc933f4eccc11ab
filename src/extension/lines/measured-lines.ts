/** The facts of the current profile at the lines where they stand now, through edits of the open documents. */
import * as vscode from 'vscode';
import type { Profile } from '../profile.ts';
import type { Profiles } from '../profiles.ts';
import { isScript } from '../scripts.ts';
import { sourceHash } from '../source-hash.ts';
import type { LineFact } from './line-facts.ts';
import { lineFacts } from './line-facts.ts';
import type { TextChange, TrackedLine } from './line-tracker.ts';
import { findLost, moveLine, trackLines } from './line-tracker.ts';

export interface PlacedFact {
  readonly fact: LineFact;
  /** 0-based, in the document as it is now. */
  readonly line: number;
  /** False where the line no longer says what was measured. */
  readonly fresh: boolean;
}

export interface LinePlace {
  /** 0-based, in the document as it is now. */
  readonly line: number;
  /** The line says what it said when the file was first seen. */
  readonly same: boolean;
  /** The same, and that is what ran. */
  readonly fresh: boolean;
}

interface OpenFile {
  readonly tracked: readonly TrackedLine[];
  /** Of the document when it was first seen: where it is not the hash of what ran, no line can be trusted. */
  readonly hash: string;
  /** Offset of each line then. */
  readonly starts: readonly number[];
}

export class MeasuredLines implements vscode.Disposable {
  readonly #profiles: Profiles;
  readonly #subscriptions: vscode.Disposable;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #staleChanged = new vscode.EventEmitter<void>();
  #facts: readonly LineFact[] = [];
  #measured: Profile | null = null;
  #open = new Map<string, OpenFile>();
  #stale = '';
  readonly onDidChange = this.#changed.event;
  readonly onDidChangeStale = this.#staleChanged.event;

  constructor(profiles: Profiles) {
    this.#profiles = profiles;
    this.#subscriptions = vscode.Disposable.from(
      profiles.onDidChange(() => this.#measure()),
      vscode.workspace.onDidChangeTextDocument((event) => this.#edited(event)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#open.delete(document.uri.fsPath)),
    );
  }

  /** The facts of one document, top to bottom. */
  inDocument(document: vscode.TextDocument): PlacedFact[] {
    const file = document.uri.fsPath;
    const facts = this.#facts.filter((fact) => fact.file === file);
    return facts.flatMap((fact) => {
      const place = this.place(document, fact.line);
      return place ? [{ fact, ...place }] : [];
    });
  }

  /** Where a line of the measured source is now, 0-based; null when it is gone. */
  place(document: vscode.TextDocument, measuredLine: number): LinePlace | null {
    const { tracked, hash } = this.#file(document);
    const ran = this.#measured?.trace.meta.sources[document.uri.fsPath];
    const found = tracked.find((line) => line.measuredLine === measuredLine);
    if (found?.line === null || found?.line === undefined || found.line >= document.lineCount) return null;
    const same = document.lineAt(found.line).text.trim() === found.text;
    return { line: found.line, same, fresh: (ran === undefined || ran === hash) && same };
  }

  /** 1-based line of an offset into the source as it was measured. */
  measuredLine(document: vscode.TextDocument, offset: number): number {
    const { starts } = this.#file(document);
    const after = starts.findIndex((start) => start > offset);
    return after < 0 ? starts.length : after;
  }

  /** Offset at which a line of the source as it was measured began. */
  measuredStart(document: vscode.TextDocument, measuredLine: number): number {
    return this.#file(document).starts[measuredLine - 1] ?? 0;
  }

  /** Files of the profile with a line that is no longer as it was measured. */
  staleFiles(): string[] {
    return vscode.workspace.textDocuments
      .filter((document) => this.inDocument(document).some(({ fresh }) => !fresh))
      .map((document) => document.uri.fsPath);
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
    this.#staleChanged.dispose();
  }

  #measure(): void {
    const profile = this.#profiles.current;
    if (profile !== this.#measured) {
      this.#open.clear();
      this.#measured = profile;
      // Taken now, at the start of a run: what is typed while it runs is an edit.
      if (profile)
        for (const document of vscode.workspace.textDocuments) if (isScript(document)) this.#file(document);
    }
    this.#facts = profile && !profile.live ? lineFacts(profile.trace, this.#baseline(profile)) : [];
    this.#changed.fire();
  }

  #baseline(profile: Profile) {
    const { baseline } = this.#profiles;
    return baseline && baseline !== profile ? baseline.trace : null;
  }

  #file(document: vscode.TextDocument): OpenFile {
    const file = document.uri.fsPath;
    const known = this.#open.get(file);
    if (known) return known;
    const lines = Array.from({ length: document.lineCount }, (_, line) => line + 1);
    const tracked = trackLines(lines, (line) => document.lineAt(line).text);
    const opened = {
      tracked,
      hash: sourceHash(document.getText()),
      starts: lines.map((line) => document.offsetAt(new vscode.Position(line - 1, 0))),
    };
    this.#open.set(file, opened);
    return opened;
  }

  #edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const file = document.uri.fsPath;
    const known = this.#open.get(file);
    if (!known || contentChanges.length === 0) return;
    // Several changes of one edit come bottom up, each in terms of the text before all of them.
    const moved = contentChanges
      .map(asTextChange)
      .reduce((lines, change) => lines.map((line) => moveLine(line, change)), known.tracked);
    const lines = document.getText().split(/\r?\n/);
    this.#open.set(file, { ...known, tracked: findLost(moved, lines) });
    const stale = this.staleFiles().join('\n');
    if (stale !== this.#stale) this.#staleChanged.fire();
    this.#stale = stale;
  }
}

function asTextChange({ range, text }: vscode.TextDocumentContentChangeEvent): TextChange {
  return {
    startLine: range.start.line,
    startColumn: range.start.character,
    endLine: range.end.line,
    endColumn: range.end.character,
    text,
  };
}
