/** Writes a suggestion's edit: one change of one literal, one step of undo. */
import * as vscode from 'vscode';
import type { Suggestion } from '../../suggest/suggestion.ts';
import type { Parts } from '../commands.ts';

export async function applySuggestion({ advice }: Pick<Parts, 'advice'>, id: string): Promise<void> {
  const suggestion = advice.find(id);
  if (!suggestion) return;
  const { edit } = suggestion;
  if (!edit)
    return void vscode.window.showInformationMessage(
      suggestion.advice ?? `${suggestion.title}: there is no single edit for this.`,
    );
  const uri = vscode.Uri.file(edit.file);
  const document = await vscode.workspace.openTextDocument(uri);
  const placed = advice.placedIn(document).find((each) => each.suggestion.id === id);
  if (!placed || placed.state === 'advice') return tellChanged(suggestion);
  if (placed.state === 'applied')
    return void vscode.window.showInformationMessage(`${suggestion.title} is applied already.`);
  const change = new vscode.WorkspaceEdit();
  change.replace(uri, placed.range, edit.newText);
  if (!(await vscode.workspace.applyEdit(change)))
    return void vscode.window.showErrorMessage(`${edit.file} could not be changed.`);
  const open = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  const editor = await vscode.window.showTextDocument(document, {
    viewColumn: open?.viewColumn ?? vscode.ViewColumn.Active,
  });
  editor.revealRange(placed.range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** The literal is not where it was: nothing is written, and nothing tried. */
export function tellChanged({ edit }: Suggestion): void {
  if (!edit) return;
  const file = vscode.workspace.asRelativePath(vscode.Uri.file(edit.file));
  void vscode.window.showWarningMessage(
    `${file} has changed where '${edit.oldText}' was to become '${edit.newText}'. Profile it again for a fresh suggestion.`,
  );
}
