/**
 * The other side of the page: VS Code's extension, the HTML report (which plays VS Code's part in its own page), or the
 * development page.
 */
import type { FromView, ToView } from '../src/wire/view-messages.ts';

interface VsCodeApi {
  postMessage(message: FromView): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export interface Shell {
  send(message: FromView): void;
}

export function connect(receive: (message: ToView) => void): Shell {
  addEventListener('message', (event: MessageEvent<unknown>) => {
    if (isToView(event.data)) receive(event.data);
  });
  if (typeof acquireVsCodeApi === 'function') {
    const api = acquireVsCodeApi();
    return { send: (message) => api.postMessage(message) };
  }
  // The development page and the browser tests listen on the window itself.
  return { send: (message) => dispatchEvent(new CustomEvent('kernelscope', { detail: message })) };
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
  'baseline',
  'notes',
  'sql',
  'sql-outcome',
];

function isToView(value: unknown): value is ToView {
  return (
    typeof value === 'object' &&
    value !== null &&
    (TYPES as readonly unknown[]).includes((value as { type?: unknown }).type)
  );
}
