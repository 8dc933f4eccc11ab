/** The large picture of the current profile in an editor tab; there is at most one. */
import * as vscode from 'vscode';
import { EDITORS } from '../ids.ts';
import type { LinkOptions } from './view-link.ts';
import { linkWebview } from './view-link.ts';
import { dressWebview } from './page.ts';

export class LargeView implements vscode.WebviewPanelSerializer {
  readonly #extension: vscode.Uri;
  readonly #link: LinkOptions;
  #panel: vscode.WebviewPanel | null = null;

  constructor(extension: vscode.Uri, link: LinkOptions) {
    this.#extension = extension;
    this.#link = link;
  }

  show(): void {
    if (this.#panel) this.#panel.reveal();
    else
      this.#adopt(vscode.window.createWebviewPanel(EDITORS.large, 'Kernelscope', vscode.ViewColumn.Active));
  }

  get isOpen(): boolean {
    return this.#panel !== null;
  }

  /** VS Code gives back the tab of the last session. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.#panel) panel.dispose();
    else this.#adopt(panel);
    return Promise.resolve();
  }

  #adopt(panel: vscode.WebviewPanel): void {
    this.#panel = panel;
    panel.iconPath = vscode.Uri.joinPath(this.#extension, 'webview', 'media', 'icon.svg');
    const link = linkWebview(panel.webview, {
      ...this.#link,
      takesTabs: true,
      onTitle: (title) => (panel.title = title ? `Kernelscope: ${title}` : 'Kernelscope'),
    });
    panel.onDidDispose(() => {
      link.dispose();
      this.#panel = null;
    });
    dressWebview(panel.webview, this.#extension, 'editor');
  }
}
