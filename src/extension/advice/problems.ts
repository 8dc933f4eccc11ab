/**
 * Entries of the Problems panel: the script's own error, and suggestions on the literal they would change. The mildest severity
 * that the panel lists is Information; a Hint shows in the text alone.
 */
import * as vscode from 'vscode';
import type { RunError } from '../../trace/model.ts';
import { DIAGNOSTICS } from '../ids.ts';
import { gainText } from '../lines/lens-text.ts';
import type { Profiles } from '../profiles.ts';
import { translated } from '../words.ts';
import type { Advice } from './advice.ts';

const SOURCE = 'Kernelscope';

export class Problems implements vscode.Disposable {
  readonly #profiles: Profiles;
  readonly #advice: Advice;
  readonly #errors = vscode.languages.createDiagnosticCollection(`${DIAGNOSTICS}.errors`);
  readonly #hints = vscode.languages.createDiagnosticCollection(`${DIAGNOSTICS}.hints`);
  readonly #subscriptions: vscode.Disposable;

  constructor(profiles: Profiles, advice: Advice) {
    this.#profiles = profiles;
    this.#advice = advice;
    this.#subscriptions = vscode.Disposable.from(
      this.#errors,
      this.#hints,
      profiles.onDidChange(() => this.#tell()),
      advice.onDidChange(() => this.#tellHints()),
      vscode.workspace.onDidOpenTextDocument(() => this.#tellHints()),
      // The error belongs to the text that ran: the first edit of the file takes it away.
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.#errors.delete(document.uri);
      }),
    );
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #tell(): void {
    this.#errors.clear();
    const error = this.#profiles.current?.trace.meta.error;
    const place = error ? errorPlace(error) : null;
    if (error && place) {
      const diagnostic = new vscode.Diagnostic(place.range, error.message, vscode.DiagnosticSeverity.Error);
      diagnostic.source = SOURCE;
      this.#errors.set(place.uri, [diagnostic]);
    }
    this.#tellHints();
  }

  #tellHints(): void {
    const byFile = new Map<string, { uri: vscode.Uri; hints: vscode.Diagnostic[] }>();
    for (const { suggestion, document, range, state } of this.#advice.placed()) {
      if (state !== 'open' || suggestion.verdict?.kind === 'refuted') continue;
      const text = `${translated(suggestion.title)}: ${gainText(suggestion)}`;
      const hint = new vscode.Diagnostic(range, text, vscode.DiagnosticSeverity.Information);
      hint.source = SOURCE;
      hint.code = suggestion.rule;
      const entry = byFile.get(document.uri.toString()) ?? { uri: document.uri, hints: [] };
      entry.hints.push(hint);
      byFile.set(document.uri.toString(), entry);
    }
    this.#hints.clear();
    for (const { uri, hints } of byFile.values()) this.#hints.set(uri, hints);
  }
}

/** Where the script failed: its own line, from the column to the end. */
export function errorPlace(error: RunError): { uri: vscode.Uri; range: vscode.Range } | null {
  if (!error.file || !error.line) return null;
  const line = error.line - 1;
  const column = Math.max(0, (error.column ?? 1) - 1);
  return {
    uri: vscode.Uri.file(error.file),
    range: new vscode.Range(line, column, line, Number.MAX_SAFE_INTEGER),
  };
}
