/** What VS Code's own Git extension knows of a file: nothing outside a repository, and where that extension is off. */
import * as vscode from 'vscode';
import { sourceHash } from '../source-hash.ts';

/** The parts of the Git extension's API (version 1) that are asked. */
interface Repository {
  readonly state: { readonly HEAD?: { readonly commit?: string } };
  log(options: { readonly maxEntries: number; readonly path: string }): Promise<{ readonly hash: string }[]>;
  show(ref: string, path: string): Promise<string>;
}

interface GitApi {
  getRepository(uri: vscode.Uri): Repository | null;
}

/** A version older than this many commits of its file is not looked for. */
const MOST_COMMITS = 100;

async function repositoryOf(uri: vscode.Uri): Promise<Repository | null> {
  const git = vscode.extensions.getExtension<{ getAPI(version: 1): GitApi }>('vscode.git');
  const api = (git && (git.isActive ? git.exports : await git.activate()))?.getAPI(1);
  return api?.getRepository(uri) ?? null;
}

/** The commit a file's working tree is at. */
export async function commitOf(uri: vscode.Uri): Promise<string | null> {
  try {
    return (await repositoryOf(uri))?.state.HEAD?.commit?.slice(0, 7) ?? null;
  } catch {
    return null;
  }
}

/** The committed text of a file that has this hash. */
export async function committedText(uri: vscode.Uri, hash: string): Promise<string | null> {
  try {
    const repository = await repositoryOf(uri);
    const commits = (await repository?.log({ maxEntries: MOST_COMMITS, path: uri.fsPath })) ?? [];
    for (const commit of commits) {
      // A commit that deleted the file has no text of it.
      const text = await repository!.show(commit.hash, uri.fsPath).catch(() => null);
      if (text !== null && sourceHash(text) === hash) return text;
    }
  } catch {
    // Git is off, or broken: then the text is not known.
  }
  return null;
}
