/** The timeline in VS Code's panel area: always the current profile. */
import * as vscode from 'vscode';
import { VIEWS } from '../ids.ts';
import type { LinkOptions } from './view-link.ts';
import { linkWebview } from './view-link.ts';
import { dressWebview } from './page.ts';

export class TimelineView implements vscode.WebviewViewProvider {
  readonly #extension: vscode.Uri;
  readonly #link: LinkOptions;

  constructor(extension: vscode.Uri, link: LinkOptions) {
    this.#extension = extension;
    this.#link = link;
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const link = linkWebview(view.webview, { ...this.#link, onTitle: (title) => (view.description = title) });
    view.onDidDispose(() => link.dispose());
    dressWebview(view.webview, this.#extension, 'panel');
  }

  /** Brings the view to the front; the keyboard stays in the editor unless `focus`. */
  static async reveal(focus = false): Promise<void> {
    await vscode.commands.executeCommand(`${VIEWS.timeline}.focus`, { preserveFocus: !focus });
  }
}
