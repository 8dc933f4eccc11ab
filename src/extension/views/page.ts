/** The HTML of a webview: an empty body and our two files, under a policy that lets nothing else in. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** `panel`: short and wide, in the panel area. `editor`: large, with all tabs. */
export type Layout = 'panel' | 'editor';

export function dressWebview(webview: vscode.Webview, extension: vscode.Uri, layout: Layout): void {
  const dist = vscode.Uri.joinPath(extension, 'dist');
  webview.options = { enableScripts: true, localResourceRoots: [dist] };
  const script = webview.asWebviewUri(vscode.Uri.joinPath(dist, 'webview.js'));
  const style = webview.asWebviewUri(vscode.Uri.joinPath(dist, 'webview.css'));
  webview.html = pageHtml({
    script: String(script),
    style: String(style),
    origin: webview.cspSource,
    layout,
    nonce: randomBytes(18).toString('base64'),
    language: vscode.env.language,
    words: vscode.l10n.bundle ?? {},
  });
}

interface PageParts {
  readonly script: string;
  readonly style: string;
  readonly origin: string;
  readonly layout: Layout;
  readonly nonce: string;
  readonly language: string;
  /** English text -> text in the editor's language: webview/translate.ts reads it. */
  readonly words: Readonly<Record<string, unknown>>;
}

function pageHtml({ script, style, origin, layout, nonce, language, words }: PageParts): string {
  const json = JSON.stringify(words).replaceAll('<', '\\u003c');
  const policy = `default-src 'none'; img-src ${origin} data:; font-src ${origin}; style-src ${origin}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="${/^[\w-]+$/.test(language) ? language : 'en'}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${style}" />
    <title>Kernelscope</title>
  </head>
  <body data-layout="${layout}">
    <script type="application/json" id="kernelscope-words">${json}</script>
    <script nonce="${nonce}" src="${script}"></script>
  </body>
</html>`;
}

/** A page with one sentence, where there is nothing to draw. No script runs in it. */
export function dressWithMessage(webview: vscode.Webview, text: string): void {
  const nonce = randomBytes(18).toString('base64');
  const safe = text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  webview.options = { enableScripts: false, localResourceRoots: [] };
  webview.html = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'" />
    <style nonce="${nonce}">
      body { display: grid; place-content: center; height: 90vh; padding: 0 3em; text-align: center; }
    </style>
    <title>Kernelscope</title>
  </head>
  <body data-layout="editor"><p role="alert">${safe}</p></body>
</html>`;
}
