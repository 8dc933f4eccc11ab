/** The commit a file's working tree is at, as VS Code's own Git extension knows it. */
import * as vscode from 'vscode';

/** The part of the Git extension's API (version 1) that is asked. */
interface GitApi {
  getRepository(uri: vscode.Uri): { readonly state: { readonly HEAD?: { readonly commit?: string } } } | null;
}

/** Null outside a repository, and where the Git extension is off. */
export async function commitOf(uri: vscode.Uri): Promise<string | null> {
  try {
    const git = vscode.extensions.getExtension<{ getAPI(version: 1): GitApi }>('vscode.git');
    const api = (git && (git.isActive ? git.exports : await git.activate()))?.getAPI(1);
    return api?.getRepository(uri)?.state.HEAD?.commit?.slice(0, 7) ?? null;
  } catch {
    return null;
  }
}
