/** The lightbulb on a suggestion's literal: prove it, apply it, dismiss it. */
import * as vscode from 'vscode';
import { COMMANDS, INNER_COMMANDS } from '../ids.ts';
import { gainText } from '../lines/lens-text.ts';
import { t, translated } from '../words.ts';
import type { Advice, PlacedSuggestion } from './advice.ts';
import { confirmed } from './apply.ts';

export class QuickFixes implements vscode.CodeActionProvider {
  static readonly kinds: readonly vscode.CodeActionKind[] = [vscode.CodeActionKind.QuickFix];
  readonly #advice: Advice;

  constructor(advice: Advice) {
    this.#advice = advice;
  }

  provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    context: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    return this.#advice
      .placedIn(document)
      .filter((placed) => placed.state === 'open' && placed.range.intersection(lineRange(document, range)))
      .flatMap((placed) => actions(placed, context.diagnostics, this.#advice.placed()));
  }
}

function lineRange(document: vscode.TextDocument, range: vscode.Range): vscode.Range {
  return new vscode.Range(
    document.lineAt(range.start.line).range.start,
    document.lineAt(range.end.line).range.end,
  );
}

function actions(
  { suggestion, range, document }: PlacedSuggestion,
  diagnostics: readonly vscode.Diagnostic[],
  placed: readonly PlacedSuggestion[],
): vscode.CodeAction[] {
  const { id, edit, verdict } = suggestion;
  const title = translated(suggestion.title);
  const about = diagnostics.filter((each) => each.code === suggestion.rule && each.range.intersection(range));
  const action = (label: string, command: string): vscode.CodeAction => {
    const made = new vscode.CodeAction(label, vscode.CodeActionKind.QuickFix);
    made.command = { title: label, command, arguments: [id] };
    made.diagnostics = [...about];
    return made;
  };
  const made: vscode.CodeAction[] = [];
  if (edit && !verdict && vscode.workspace.isTrusted)
    made.push(action(t('Prove: {0} ({1})', title, gainText(suggestion)), COMMANDS.prove));
  if (edit && verdict?.kind !== 'refuted') {
    // An edit of its own rather than a command: the editor can then show what it would change.
    const apply = new vscode.CodeAction(
      t('Apply: {0} ({1})', title, gainText(suggestion)),
      vscode.CodeActionKind.QuickFix,
    );
    apply.edit = new vscode.WorkspaceEdit();
    apply.edit.replace(document.uri, range, edit.newText);
    apply.diagnostics = [...about];
    apply.command = { title: t('See the gain'), command: INNER_COMMANDS.applied, arguments: [id] };
    apply.isPreferred = verdict?.kind === 'confirmed';
    made.push(apply);
    const all = confirmed(placed).length;
    if (all > 1 && verdict?.kind === 'confirmed')
      made.push(action(t('Apply all {0} confirmed suggestions', all), COMMANDS.applyConfirmed));
  }
  made.push(
    action(t('Why: {0}', title), INNER_COMMANDS.explain),
    action(t('Dismiss: {0}', title), COMMANDS.dismiss),
  );
  return made;
}
