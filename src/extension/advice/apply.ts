/** Writes suggestions' edits: one change of each literal, one step of undo in each file; then sees whether the gain came. */
import * as vscode from 'vscode';
import { withBatch } from '../../suggest/other-batch.ts';
import type { Suggestion } from '../../suggest/suggestion.ts';
import type { Parts } from '../parts.ts';
import { t, translated } from '../words.ts';
import type { PlacedSuggestion } from './advice.ts';
import type { Applied } from './after-apply.ts';
import { seeGain } from './after-apply.ts';

/** `batch`: the one chosen on the suggestion's curve, instead of the one proposed. */
export async function applySuggestion(parts: Parts, id: string, batch?: number): Promise<void> {
  const suggestion = parts.advice.find(id);
  if (!suggestion) return;
  const { edit } = suggestion;
  if (!edit)
    return void vscode.window.showInformationMessage(
      translated(suggestion.advice ?? '') ||
        t('{0}: there is no single edit for this.', translated(suggestion.title)),
    );
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(edit.file));
  const placed = parts.advice.placedIn(document).find((each) => each.suggestion.id === id);
  if (!placed || placed.state === 'advice')
    return void vscode.window.showWarningMessage(changedText(suggestion));
  const chosen = batch === undefined ? suggestion : withBatch(suggestion, batch);
  if (placed.state === 'applied' && chosen === suggestion)
    return void vscode.window.showInformationMessage(
      t('{0} is applied already.', translated(suggestion.title)),
    );
  if (chosen !== suggestion) parts.advice.update(chosen);
  await write(parts, [{ ...placed, suggestion: chosen }]);
}

/** All suggestions that a proof has confirmed, in one go. */
export async function applyConfirmed(parts: Parts): Promise<void> {
  const placed = confirmed(await openPlaced(parts));
  if (placed.length === 0)
    return void vscode.window.showInformationMessage(
      t('No confirmed suggestion is left to apply: prove one first.'),
    );
  await write(parts, placed);
}

/** The lightbulb writes the edit itself, so that the editor can preview it; the rest is as if the command had. */
export function applied(parts: Parts, id: string): void {
  const placed = parts.advice.placed().find(({ suggestion }) => suggestion.id === id);
  if (placed?.state === 'applied') void seeGain(parts, [written(placed, placed.range.start)]);
}

export function confirmed(placed: readonly PlacedSuggestion[]): PlacedSuggestion[] {
  return placed.filter(
    ({ suggestion, state }) =>
      state === 'open' && suggestion.verdict?.kind === 'confirmed' && suggestion.edit,
  );
}

/** The literal is not where it was: nothing is written, and nothing tried. */
export function changedText({ edit }: Suggestion): string {
  return t(
    "{0} has changed where '{1}' was to become '{2}'. Profile it again for a fresh suggestion.",
    vscode.workspace.asRelativePath(vscode.Uri.file(edit?.file ?? '')),
    edit?.oldText ?? '',
    edit?.newText ?? '',
  );
}

/** Files of suggestions need not be open for their edits to be found. */
async function openPlaced({ advice }: Parts): Promise<PlacedSuggestion[]> {
  const files = new Set(advice.all.flatMap(({ edit }) => (edit ? [edit.file] : [])));
  const placed = await Promise.all(
    [...files].map((file) =>
      vscode.workspace.openTextDocument(vscode.Uri.file(file)).then(
        (document) => advice.placedIn(document),
        // Deleted meanwhile: its suggestions have no place any more.
        () => [],
      ),
    ),
  );
  return placed.flat();
}

async function write(parts: Parts, placed: readonly PlacedSuggestion[]): Promise<void> {
  const change = new vscode.WorkspaceEdit();
  for (const { suggestion, document, range } of placed)
    change.replace(document.uri, range, suggestion.edit!.newText);
  const [first] = placed;
  if (!(await vscode.workspace.applyEdit(change)))
    return void vscode.window.showErrorMessage(t('{0} could not be changed.', first!.document.fileName));
  await show(first!);
  void seeGain(parts, inNewText(placed));
}

/** Where each edit stands now: those to the left of it on its line have moved it. An edit is within one line. */
function inNewText(placed: readonly PlacedSuggestion[]): Applied[] {
  return placed.map((each) => {
    const { start } = each.range;
    const moved = placed
      .filter(
        ({ document, range }) =>
          document === each.document && range.start.line === start.line && range.start.isBefore(start),
      )
      .reduce((sum, { suggestion: { edit } }) => sum + edit!.newText.length - edit!.oldText.length, 0);
    return written(each, start.translate(0, moved));
  });
}

function written({ suggestion, document }: PlacedSuggestion, start: vscode.Position): Applied {
  return { suggestion, uri: document.uri, start };
}

async function show({ document, range }: PlacedSuggestion): Promise<void> {
  const open = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  const editor = await vscode.window.showTextDocument(document, {
    viewColumn: open?.viewColumn ?? vscode.ViewColumn.Active,
  });
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
