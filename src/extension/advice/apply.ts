/** Writes a suggestion's edit: one change of one literal, one step of undo. */
import * as vscode from 'vscode';
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
  if (!placed || placed.state === 'advice') {
    const where = vscode.workspace.asRelativePath(uri);
    return void vscode.window.showWarningMessage(
      `${where} has changed where '${edit.oldText}' was to become '${edit.newText}'. Profile it again for a fresh suggestion.`,
    );
  }
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
