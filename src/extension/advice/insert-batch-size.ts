/** On a loader that names no batch size: writes the default out, selected, so that it can be tuned and advised on. */
import * as vscode from 'vscode';
import { findBatchSize } from '../../edit/index.ts';
import { isTrainingScript } from '../scripts.ts';
import { t } from '../words.ts';
import { readInWorkspace } from './advise.ts';

const KIND = vscode.CodeActionKind.RefactorRewrite;

export class InsertBatchSize implements vscode.CodeActionProvider {
  static readonly kinds: readonly vscode.CodeActionKind[] = [KIND];

  provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    context: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    // Parsing is for when a person asks, not for every move of the cursor.
    if (context.triggerKind !== vscode.CodeActionTriggerKind.Invoke || !isTrainingScript(document)) return [];
    const file = document.uri.fsPath;
    const read = (each: string): string | null =>
      each === file ? document.getText() : readInWorkspace(each);
    const found = findBatchSize({ read }, file);
    if (!found.ok || found.value.at.file !== file) return [];
    const { value, at } = found.value;
    const edit = found.value.edit(value);
    const put = document.positionAt(edit.start);
    const isHere = range.start.line <= put.line && range.end.line >= at.line - 1;
    if (edit.oldText !== '' || edit.file !== file || !isHere) return [];
    const action = new vscode.CodeAction(t('Insert batchSize (now the default, {0})', value), KIND);
    action.edit = new vscode.WorkspaceEdit();
    action.edit.set(document.uri, [
      vscode.SnippetTextEdit.insert(put, withPlaceholder(edit.newText, String(value))),
    ]);
    return [action];
  }
}

/** The value is selected after it was put in. */
function withPlaceholder(text: string, value: string): vscode.SnippetString {
  const at = text.lastIndexOf(value);
  const snippet = new vscode.SnippetString();
  snippet.appendText(text.slice(0, at));
  snippet.appendPlaceholder(value);
  return snippet.appendText(text.slice(at + value.length));
}
