/**
 * The report as one HTML file with the same views as in the editor: the webview's own script and style, and the trace
 * inside. The page plays the webview's host: it hands over the trace when the views say they are ready. Nothing is
 * fetched; the content security policy allows no connection at all.
 */
import type { Suggestion } from '../suggest/suggestion.ts';
import type { Note } from '../trace/notes.ts';
import { base64 } from './base64.ts';

export interface HtmlReportInput {
  readonly title: string;
  /** A trace file (writeTraceFile). */
  readonly trace: Uint8Array;
  readonly suggestions: readonly Suggestion[];
  /** What the trace is compared with; the page then opens on the comparison. */
  readonly baseline?: { readonly title: string; readonly trace: Uint8Array } | undefined;
  /** Shown, and not to be changed: the page has nowhere to keep them. */
  readonly notes?: readonly Note[];
  /** Text of the built webview script and style sheet. */
  readonly webviewScript: string;
  readonly webviewStyle: string;
  /** A random word: only scripts that carry it run. Letters and digits. */
  readonly nonce: string;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** JSON that cannot end its script element. */
function inlineJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}

/** Plays VS Code's side: answers `ready` with the trace, opens source lines in the editor, ignores the rest. */
const HOST = `
(() => {
  const text = (id) => document.getElementById(id).textContent;
  const state = { value: undefined };
  const send = (message) => window.postMessage(message, '*');
  const ready = () => {
    const { title, suggestions, notes, baseline } = JSON.parse(text('kernelscope-facts'));
    const bytes = (id) => Uint8Array.from(atob(text(id)), (c) => c.charCodeAt(0));
    send({ type: 'trace', bytes: bytes('kernelscope-trace'), title, live: false });
    send({ type: 'suggestions', suggestions });
    send({ type: 'notes', notes, editable: false });
    if (baseline === null) return;
    send({ type: 'baseline', bytes: bytes('kernelscope-baseline'), title: baseline });
    send({ type: 'show', view: 'compare' });
  };
  const api = {
    postMessage(message) {
      if (message.type === 'ready') ready();
      if (message.type === 'open') location.href = 'vscode://file/' + encodeURI(message.file) + ':' + message.line + ':' + message.column;
    },
    getState: () => state.value,
    setState: (value) => (state.value = value),
  };
  window.acquireVsCodeApi = () => api;
})();
`;

export function htmlReport(input: HtmlReportInput): string {
  if (!/^[A-Za-z0-9]+$/.test(input.nonce))
    throw new TypeError('the nonce has other characters than letters and digits');
  const policy = `default-src 'none'; script-src 'nonce-${input.nonce}'; style-src 'unsafe-inline'; img-src data:; font-src data:`;
  const script = input.webviewScript.replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '<\\!--');
  const style = input.webviewStyle.replace(/<\/(style)/gi, '<\\/$1');
  const { nonce, baseline } = input;
  const facts = {
    title: input.title,
    suggestions: input.suggestions,
    notes: input.notes ?? [],
    baseline: baseline?.title ?? null,
  };
  const embedded = (id: string, bytes: Uint8Array): string =>
    `<script nonce="${nonce}" type="application/octet-stream" id="${id}">${base64(bytes)}</script>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width">
<title>${escaped(input.title)} · Kernelscope</title>
<style>${style}</style>
</head>
<body class="standalone">
${embedded('kernelscope-trace', input.trace)}
${baseline ? `${embedded('kernelscope-baseline', baseline.trace)}\n` : ''}<script nonce="${nonce}" type="application/json" id="kernelscope-facts">${inlineJson(facts)}</script>
<script nonce="${nonce}">${HOST}</script>
<script nonce="${nonce}">${script}</script>
</body>
</html>
`;
}
