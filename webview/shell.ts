/** The other side of the page: VS Code's extension, the development page, or the HTML report the page is part of. */
import type { FromView, ToView } from '../src/wire/view-messages.ts';

interface VsCodeApi {
  postMessage(message: FromView): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export interface Shell {
  send(message: FromView): void;
  /** What the shell can do; a saved report cannot run or open anything. */
  readonly alive: boolean;
}

/** Ids of the elements of an HTML report: a trace file in base64, and suggestions as JSON. */
const REPORT_TRACE = 'kernelscope-trace';
const REPORT_SUGGESTIONS = 'kernelscope-suggestions';

export function connect(receive: (message: ToView) => void): Shell {
  const report = document.getElementById(REPORT_TRACE);
  if (report) {
    queueMicrotask(() => {
      receive({
        type: 'trace',
        bytes: fromBase64(report.textContent ?? ''),
        title: report.dataset['title'] ?? '',
        live: false,
      });
      const suggestions = document.getElementById(REPORT_SUGGESTIONS)?.textContent;
      if (suggestions) receive({ type: 'suggestions', suggestions: JSON.parse(suggestions) });
    });
    return { alive: false, send: () => undefined };
  }
  addEventListener('message', (event: MessageEvent<unknown>) => {
    if (isToView(event.data)) receive(event.data);
  });
  if (typeof acquireVsCodeApi === 'function') {
    const api = acquireVsCodeApi();
    return { alive: true, send: (message) => api.postMessage(message) };
  }
  // The development page and the browser tests listen on the window itself.
  return {
    alive: true,
    send: (message) => dispatchEvent(new CustomEvent('kernelscope', { detail: message })),
  };
}

const TYPES: readonly ToView['type'][] = [
  'trace',
  'frames',
  'finished',
  'empty',
  'suggestions',
  'proving',
  'select',
  'show',
  'stale',
];

function isToView(value: unknown): value is ToView {
  return (
    typeof value === 'object' &&
    value !== null &&
    (TYPES as readonly unknown[]).includes((value as { type?: unknown }).type)
  );
}

function fromBase64(text: string): Uint8Array {
  const binary = atob(text.trim());
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}
