/** Folders that hold traces of several ranks: `resourcePath in kernelscope.rankFolders`, so that only those offer to open as one. */
import * as vscode from 'vscode';
import { CONTEXT } from '../ids.ts';

const PATTERN = '**/{*.pt.trace.json,*.pt.trace.json.gz,*rank*.json,*rank*.json.gz}';
const LEFT_OUT = '**/{node_modules,.git}/**';
const MOST_FILES = 2000;

/** A file that a folder of ranks is made of. */
export function isRankFile(name: string): boolean {
  return /\.json(\.gz)?$/.test(name);
}

export function watchRankFolders(): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const find = async (): Promise<void> => {
    const files = await vscode.workspace.findFiles(PATTERN, LEFT_OUT, MOST_FILES);
    const counts = new Map<string, number>();
    for (const { path } of files) {
      const folder = path.slice(0, path.lastIndexOf('/'));
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
    const folders = [...counts].filter(([, count]) => count > 1).map(([folder]) => folder);
    await vscode.commands.executeCommand('setContext', CONTEXT.rankFolders, folders);
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void find(), 500);
  };
  const watcher = vscode.workspace.createFileSystemWatcher(PATTERN, false, true, false);
  void find();
  return vscode.Disposable.from(watcher, watcher.onDidCreate(soon), watcher.onDidDelete(soon), {
    dispose: () => clearTimeout(timer),
  });
}
