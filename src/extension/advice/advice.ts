/** The suggestions of the current profile: which are dismissed, and where each stands in the documents now. */
import * as vscode from 'vscode';
import type { Suggestion } from '../../suggest/suggestion.ts';
import type { MeasuredLines } from '../lines/measured-lines.ts';
import type { Profiles } from '../profiles.ts';
import { adviseOn } from './advise.ts';
import type { Dismissals } from './dismissals.ts';
import { placeEdit } from './edit-place.ts';

export interface PlacedSuggestion {
  readonly suggestion: Suggestion;
  readonly document: vscode.TextDocument;
  readonly range: vscode.Range;
  readonly state: 'open' | 'applied' | 'advice';
}

export class Advice implements vscode.Disposable {
  readonly dismissals: Dismissals;
  readonly #profiles: Profiles;
  readonly #lines: MeasuredLines;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;
  /** Something about suggestions changed: their list, or where they stand. */
  readonly onDidChange = this.#changed.event;

  constructor(profiles: Profiles, lines: MeasuredLines, dismissals: Dismissals) {
    this.dismissals = dismissals;
    this.#profiles = profiles;
    this.#lines = lines;
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      lines.onDidChange(() => this.#changed.fire()),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (this.all.some(({ at, edit }) => (edit ?? at)?.file === document.uri.fsPath)) this.#changed.fire();
      }),
    );
  }

  get all(): readonly Suggestion[] {
    return this.#profiles.current?.suggestions ?? [];
  }

  find(id: string): Suggestion | null {
    return this.all.find((suggestion) => suggestion.id === id) ?? null;
  }

  /** Takes a suggestion off the list: for good where there is a reason, else of this profile. */
  dismiss(suggestion: Suggestion, reason: string | null): void {
    const profile = this.#profiles.current;
    if (!profile) return;
    if (reason !== null) this.dismissals.add(profile.trace.meta.script, suggestion, reason);
    profile.advise(this.all.filter(({ id }) => id !== suggestion.id));
  }

  /** Asks the rules anew, for what is no longer dismissed; verdicts stay. */
  again(): void {
    const profile = this.#profiles.current;
    if (!profile) return;
    const proved = new Map(this.all.map((each) => [each.id, each]));
    adviseOn(profile, this.dismissals);
    profile.advise(this.all.map((each) => proved.get(each.id) ?? each));
  }

  /** Replaces a suggestion by one that has a verdict. */
  update(proved: Suggestion): void {
    this.#profiles.current?.advise(
      this.all.map((suggestion) => (suggestion.id === proved.id ? proved : suggestion)),
    );
  }

  /** Suggestions that have a place in an open document. */
  placed(): PlacedSuggestion[] {
    return vscode.workspace.textDocuments.flatMap((document) => this.placedIn(document));
  }

  placedIn(document: vscode.TextDocument): PlacedSuggestion[] {
    const file = document.uri.fsPath;
    return this.all
      .filter(({ at, edit }) => (edit ?? at)?.file === file)
      .flatMap((suggestion) => this.#place(document, suggestion) ?? []);
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #place(document: vscode.TextDocument, suggestion: Suggestion): PlacedSuggestion | null {
    const { at, edit } = suggestion;
    const file = document.uri.fsPath;
    const inThis = edit?.file === file ? edit : null;
    const measuredLine = inThis ? this.#lines.measuredLine(document, inThis.start) : at!.line;
    const found = this.#lines.place(document, measuredLine);
    const line = found && document.lineAt(found.line);
    if (!inThis) return line && { suggestion, document, range: line.range, state: 'advice' };
    const offsets = line && {
      start: document.offsetAt(line.range.start),
      end: document.offsetAt(line.range.end),
      measuredStart: this.#lines.measuredStart(document, measuredLine),
      same: found.same,
    };
    const place = placeEdit(document.getText(), inThis, offsets);
    if (place.state === 'lost') return null;
    const range = new vscode.Range(document.positionAt(place.start), document.positionAt(place.end));
    return { suggestion, document, range, state: place.state };
  }
}
