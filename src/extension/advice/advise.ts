/** Asks the rules about a finished profile, with the source of its script where that is at hand. */
import * as vscode from 'vscode';
import { sourceFinder } from '../../edit/index.ts';
import { readWorkspaceFile } from '../../run/workspace-file.ts';
import { storedProofs } from '../../run/ledger-file.ts';
import { withCalibration } from '../../suggest/ledger.ts';
import { suggestionsFor } from '../../suggest/rules/index.ts';
import type { SourceFinder } from '../../suggest/source-finder.ts';
import { NO_SOURCE } from '../../suggest/source-finder.ts';
import type { Profile } from '../profile.ts';
import type { Dismissals } from './dismissals.ts';

export function adviseOn(profile: Profile, dismissals: Dismissals): void {
  const source = profile.script?.scheme === 'file' ? sourceOf(profile.script.fsPath) : NO_SOURCE;
  const { script, adapter } = profile.trace.meta;
  const open = suggestionsFor(profile.trace, source).filter(({ id }) => !dismissals.has(script, id));
  profile.advise(withCalibration(open, storedProofs(), adapter?.name ?? ''));
}

function sourceOf(script: string): SourceFinder {
  return sourceFinder({ read: readInWorkspace }, script);
}

/** What is on disk is what ran. A file outside the workspace is never edited, so it is not read either. */
export function readInWorkspace(file: string): string | null {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return readWorkspaceFile([...folders.map(({ uri }) => uri.fsPath), ...(isOpen(file) ? [file] : [])], file);
}

/** A single file opened without a folder is the person's own choice. */
function isOpen(file: string): boolean {
  return vscode.workspace.textDocuments.some(({ uri }) => uri.scheme === 'file' && uri.fsPath === file);
}
