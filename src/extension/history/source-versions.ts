/**
 * A source file as it was when it ran, found by the hash its trace remembers: on disk, among the texts kept of the last runs, or in
 * git. Shown as a read-only document, so that VS Code's own difference editor can set two runs side by side.
 */
import * as vscode from 'vscode';
import { sourceChanges } from '../../analysis/source-changes.ts';
import type { Profile } from '../profile.ts';
import { t } from '../words.ts';
import { committedText } from './git.ts';
import { textOnDisk } from './kept-sources.ts';
import type { RunHistory } from './run-history.ts';
import { sourceHash } from '../source-hash.ts';

export const SOURCE_SCHEME = 'kernelscope-source';

export class SourceVersions implements vscode.TextDocumentContentProvider {
  readonly #history: RunHistory;

  constructor(history: RunHistory) {
    this.#history = history;
  }

  /** The query of such a document's address is the hash of its text; empty where the file did not run. */
  async provideTextDocumentContent({ path, query }: vscode.Uri): Promise<string> {
    if (query === '') return '';
    const uri = vscode.Uri.file(path);
    const text = (await onDisk(uri, query)) ?? (await this.#remembered(uri, query));
    if (text === null) throw new Error(t('The text of {0} that ran is neither kept nor in git.', path));
    return text;
  }

  /** Opens the difference of a file between two runs; `file` as the later run, or where it is gone the earlier, saw it. */
  async showChange(before: Profile, after: Profile, file: string): Promise<void> {
    const [was, is] = [before.trace.meta, after.trace.meta];
    const change = sourceChanges(was, is).changes.find((each) => (each.after ?? each.before) === file);
    if (!change) return;
    const left = await this.#document(change.before ?? file, was.sources[change.before ?? ''] ?? '');
    const right = await this.#document(change.after ?? file, is.sources[change.after ?? ''] ?? '');
    const lost = [left ? null : before.title, right ? null : after.title].filter((title) => title !== null);
    if (!left || !right)
      return void vscode.window.showWarningMessage(
        t(
          '{0} as it was in {1} is neither on disk, nor among the last runs, nor in git: there is nothing to compare.',
          change.name,
          lost.join(', '),
        ),
      );
    const title = `${change.name}: ${before.title} ↔ ${after.title}`;
    await vscode.commands.executeCommand('vscode.diff', left, right, title, {
      viewColumn: vscode.ViewColumn.Beside,
      preview: true,
    });
  }

  /** The file itself where it still is what ran, so that it can be edited in the difference. */
  async #document(file: string, hash: string): Promise<vscode.Uri | null> {
    const uri = vscode.Uri.file(file);
    const asItRan = uri.with({ scheme: SOURCE_SCHEME, query: hash });
    if (hash === '') return asItRan;
    if ((await onDisk(uri, hash)) !== null) return uri;
    return (await this.#remembered(uri, hash)) === null ? null : asItRan;
  }

  async #remembered(uri: vscode.Uri, hash: string): Promise<string | null> {
    return (await this.#history.sourceText(hash)) ?? (await committedText(uri, hash));
  }
}

async function onDisk(uri: vscode.Uri, hash: string): Promise<string | null> {
  const text = await textOnDisk(uri);
  return text !== null && sourceHash(text) === hash ? text : null;
}
