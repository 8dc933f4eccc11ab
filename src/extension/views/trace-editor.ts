/** The read-only editor of trace files. The trace it shows also becomes the current profile, so its lines get figures. */
import * as vscode from 'vscode';
import type { Result } from '../../base/result.ts';
import { adviseOn } from '../advice/advise.ts';
import type { Dismissals } from '../advice/dismissals.ts';
import { keepNotes } from '../notes-file.ts';
import type { Profile } from '../profile.ts';
import type { Profiles } from '../profiles.ts';
import { readProfile } from '../traces/read-profile.ts';
import { dressWebview, dressWithMessage } from './page.ts';
import type { LinkOptions } from './view-link.ts';
import { linkWebview } from './view-link.ts';

class TraceDocument implements vscode.CustomDocument {
  readonly uri: vscode.Uri;
  readonly content: Result<Profile, string>;

  constructor(uri: vscode.Uri, content: Result<Profile, string>) {
    this.uri = uri;
    this.content = content;
  }

  dispose(): void {
    // The profile stays with the editor's lines until another takes its place; it is disposed there.
  }
}

export class TraceEditor implements vscode.CustomReadonlyEditorProvider<TraceDocument> {
  readonly #extension: vscode.Uri;
  readonly #profiles: Profiles;
  readonly #link: LinkOptions;
  readonly #programs: string;
  readonly #dismissals: Dismissals;

  /** `programs`: the folder of our built programs. */
  constructor(
    extension: vscode.Uri,
    programs: string,
    profiles: Profiles,
    dismissals: Dismissals,
    link: LinkOptions,
  ) {
    this.#dismissals = dismissals;
    this.#extension = extension;
    this.#programs = programs;
    this.#profiles = profiles;
    this.#link = link;
  }

  /** A file that is no trace opens too: its editor says why. An error thrown here would be shown without its words. */
  async openCustomDocument(
    uri: vscode.Uri,
    _context: vscode.CustomDocumentOpenContext,
    token: vscode.CancellationToken,
  ): Promise<TraceDocument> {
    const stop = new AbortController();
    token.onCancellationRequested(() => stop.abort());
    const content = await readProfile(uri, this.#programs, stop.signal);
    if (content.ok) {
      await keepNotes(content.value, uri);
      this.#profiles.show(content.value);
    }
    return new TraceDocument(uri, content);
  }

  resolveCustomEditor(document: TraceDocument, panel: vscode.WebviewPanel): void {
    if (!document.content.ok) return dressWithMessage(panel.webview, document.content.error);
    const never = new vscode.EventEmitter<void>();
    const source = { current: document.content.value, onDidReplace: never.event };
    const { value: profile } = document.content;
    // The rules read the whole trace: after the picture, not before it.
    let advise: NodeJS.Timeout | undefined;
    const onShown = (): void => {
      advise ??= setTimeout(() => adviseOn(profile, this.#dismissals), 0);
    };
    const link = linkWebview(panel.webview, { ...this.#link, source, onShown });
    panel.onDidDispose(() => {
      clearTimeout(advise);
      link.dispose();
      never.dispose();
    });
    dressWebview(panel.webview, this.#extension, 'editor');
  }
}
