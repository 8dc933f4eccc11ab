/** Open Trace, Open Folder of Ranks, Compare Traces: files come from a menu, or from a dialog. */
import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { EDITORS } from '../ids.ts';
import { t } from '../words.ts';
import { readProfile } from './read-profile.ts';

/** Names that package.json opens on a click. VS Code names the editor of any other by its id. */
const OPENS_ON_CLICK =
  /\.(kscope|pftrace|perfetto-trace|pickle)$|\.trace\.json(\.gz)?$|memory_timeline\.raw\.json(\.gz)?$/;

export async function openTrace(called?: unknown): Promise<void> {
  const uri = called instanceof vscode.Uri ? called : (await ask(t('Open Trace'), {}))?.[0];
  if (!uri) return;
  const editor = OPENS_ON_CLICK.test(uri.path) ? EDITORS.trace : EDITORS.anyTrace;
  await vscode.commands.executeCommand('vscode.openWith', uri, editor);
}

/** The traces of all ranks in a folder, as one. */
export async function openRanks(called?: unknown): Promise<void> {
  const folders = { canSelectFolders: true, canSelectFiles: false };
  const uri = called instanceof vscode.Uri ? called : (await ask(t('Open Folder of Ranks'), folders))?.[0];
  if (uri) await vscode.commands.executeCommand('vscode.openWith', uri, EDITORS.trace);
}

/** Two traces side by side: the first that was selected is the one to compare with. */
export async function compareTraces(
  { profiles, large, runner }: Pick<Parts, 'profiles' | 'large' | 'runner'>,
  called: unknown,
  selected: unknown,
): Promise<void> {
  const two = await twoFiles(called, selected);
  if (!two) return;
  const location = vscode.ProgressLocation.Notification;
  const title = t('Reading two traces');
  const read = await vscode.window.withProgress({ location, title, cancellable: true }, async (_, token) => {
    const stop = new AbortController();
    token.onCancellationRequested(() => stop.abort());
    const both = await Promise.all(two.map((uri) => readProfile(uri, runner.programs, stop.signal)));
    return token.isCancellationRequested ? null : both;
  });
  if (!read) return;
  const [before, after] = read;
  for (const each of read) if (!each.ok) void vscode.window.showErrorMessage(each.error);
  if (!before?.ok || !after?.ok) return;
  profiles.compare(before.value, after.value);
  large.show();
  after.value.show('compare');
}

async function twoFiles(called: unknown, selected: unknown): Promise<vscode.Uri[] | null> {
  const isUri = (each: unknown): each is vscode.Uri => each instanceof vscode.Uri;
  const given = Array.isArray(selected) ? selected.filter(isUri) : [];
  if (given.length === 2) return given;
  const before = isUri(called) ? called : (await ask(t('Compare: the trace before'), {}))?.[0];
  const after = before && (await ask(t('Compare: the trace after'), {}))?.[0];
  return before && after ? [before, after] : null;
}

function ask(title: string, options: vscode.OpenDialogOptions): Thenable<vscode.Uri[] | undefined> {
  return vscode.window.showOpenDialog({ title, canSelectMany: false, ...options });
}
