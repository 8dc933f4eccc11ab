/** Open Trace: our own files in their editor, foreign formats through the importers. */
import * as vscode from 'vscode';
import { EDITORS } from './ids.ts';

export async function openTrace(called?: unknown): Promise<void> {
  const chosen =
    called instanceof vscode.Uri
      ? [called]
      : await vscode.window.showOpenDialog({ title: 'Open Trace', canSelectMany: false });
  const uri = chosen?.[0];
  if (uri) await vscode.commands.executeCommand('vscode.openWith', uri, EDITORS.trace);
}
