/** Which script a command is about: the one it was called on, the one being edited, or one the person picks. */
import * as vscode from 'vscode';
import { PERF_FILE } from '../edit/index.ts';
import { isScript, isTrainingScript } from './scripts.ts';
import { trainsOnGpu } from './training-imports.ts';
import { t } from './words.ts';

const MOST_FILES = 500;
const SCRIPTS = '**/*.{ts,mts,cts,js,mjs,cjs,tsx,jsx}';
const LEFT_OUT = '**/{node_modules,dist,out,.git}/**';

/** `called`: what a menu or a lens handed over. Undefined: the person gave up, or there is nothing to run. */
export async function chooseScript(called?: unknown): Promise<vscode.Uri | undefined> {
  if (called instanceof vscode.Uri) return called;
  const active = await activeDocument();
  if (active && !active.isUntitled && isScript(active) && isTrainingScript(active)) return active.uri;
  const found = await vscode.workspace.findFiles(SCRIPTS, LEFT_OUT, MOST_FILES);
  const training = (await Promise.all(found.map(async (uri) => ((await trains(uri)) ? [uri] : [])))).flat();
  if (active && !active.isUntitled && isScript(active) && training.length === 0) return active.uri;
  if (training.length === 0) {
    void vscode.window.showInformationMessage(
      t('No training script found: open the TypeScript or JavaScript file to profile, and run this again.'),
    );
    return undefined;
  }
  const items = training
    .map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }))
    .sort((a, b) => a.label.localeCompare(b.label));
  const picked = await vscode.window.showQuickPick(items, {
    title: t('Profile Training Script'),
    placeHolder: t('Scripts that train on a GPU'),
  });
  return picked?.uri;
}

/**
 * What is being edited. A file that was opened a moment ago is a tab before it is an editor; on a busy machine that takes
 * seconds, and asking "which script?" then would be a wrong question.
 */
async function activeDocument(): Promise<vscode.TextDocument | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (editor) return editor.document;
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (!(input instanceof vscode.TabInputText)) return undefined;
  try {
    return await vscode.workspace.openTextDocument(input.uri);
  } catch {
    return undefined;
  }
}

/** A reason why the script cannot run here, in one line; null when it can. */
export function cannotRun(script: vscode.Uri): string | null {
  if (!vscode.workspace.isTrusted)
    return t(
      'This workspace is in Restricted Mode: Kernelscope opens traces here, and runs scripts once you trust it.',
    );
  if (script.scheme !== 'file')
    return t(
      '{0}: files are not on a disk where a script could run. Open a folder on disk, or over Remote-SSH.',
      script.scheme,
    );
  return null;
}

/** What runs is what is on disk, so edited scripts are saved first. False: one could not be saved. */
export async function saveScripts(): Promise<boolean> {
  const dirty = vscode.workspace.textDocuments.filter(
    (document) =>
      document.isDirty && !document.isUntitled && (isScript(document) || document.languageId === 'json'),
  );
  const saved = await Promise.all(dirty.map((document) => document.save()));
  return saved.every(Boolean);
}

async function trains(uri: vscode.Uri): Promise<boolean> {
  try {
    return (
      !PERF_FILE.test(uri.path) &&
      trainsOnGpu(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)))
    );
  } catch {
    return false;
  }
}
