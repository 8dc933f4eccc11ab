/** Which documents are scripts, and which of those train on a GPU. */
import * as vscode from 'vscode';
import { PERF_FILE } from '../edit/index.ts';
import { CONTEXT } from './ids.ts';
import { trainsOnGpu } from './training-imports.ts';

export const SCRIPT_LANGUAGES = ['typescript', 'javascript', 'typescriptreact', 'javascriptreact'] as const;

export function isScript(document: vscode.TextDocument): boolean {
  return (SCRIPT_LANGUAGES as readonly string[]).includes(document.languageId);
}

export function isTrainingScript(document: vscode.TextDocument): boolean {
  return isScript(document) && !PERF_FILE.test(document.uri.path) && trainsOnGpu(document.getText());
}

/** Keeps the `when` key with the paths of open training scripts up to date: run buttons show only there. */
export function watchTrainingScripts(): vscode.Disposable {
  let told = '';
  const tell = (): void => {
    const paths = vscode.workspace.textDocuments
      .filter(isTrainingScript)
      .map((document) => document.uri.path);
    const key = paths.join('\n');
    if (key !== told) {
      void vscode.commands.executeCommand('setContext', CONTEXT.scripts, paths);
      void vscode.commands.executeCommand('setContext', CONTEXT.hasScript, paths.length > 0);
    }
    told = key;
  };
  let timer: NodeJS.Timeout | undefined;
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(tell, 150);
  };
  tell();
  return vscode.Disposable.from(
    vscode.workspace.onDidOpenTextDocument(tell),
    vscode.workspace.onDidCloseTextDocument(tell),
    vscode.workspace.onDidChangeTextDocument(soon),
    { dispose: () => clearTimeout(timer) },
  );
}
