// Plays the shell on the development page: sends a recorded trace to the views, prints what they send back, and reloads
// when the bundle was rebuilt. Not part of the product.
const CLASSES = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  hc: 'vscode-high-contrast',
  'hc-light': 'vscode-high-contrast-light',
};
/** Bytes a second when a trace is played as if it were being recorded. */
const LIVE_BYTES = 200_000;
const query = new URLSearchParams(location.search);
const { body } = document;
const field = (id) => document.getElementById(`dev-${id}`);

const theme = query.get('theme') ?? 'dark';
if (theme) body.dataset.theme = theme;
body.classList.add(CLASSES[theme] ?? 'standalone');
body.dataset.layout = query.get('layout') ?? 'editor';

const traces = await (await fetch('/traces')).json();
field('trace').append(...traces.map((name) => new Option(name, name)));
const values = { theme, layout: body.dataset.layout, trace: query.get('trace') ?? traces[0] ?? '' };
for (const [id, value] of Object.entries(values)) {
  field(id).value = value;
  field(id).addEventListener('change', () => go({ [id]: field(id).value }));
}
field('live').checked = query.has('live');
field('live').addEventListener('change', () => go({ live: field('live').checked ? '1' : null }));

function go(change) {
  for (const [key, value] of Object.entries(change)) {
    if (value === null) query.delete(key);
    else query.set(key, value);
  }
  location.search = query.toString();
}

const send = (message) => window.postMessage(message, '*');

addEventListener('kernelscope', async ({ detail }) => {
  // oxlint-disable-next-line no-console -- a development page talks through the console
  console.log('from the view:', detail);
  if (detail.type !== 'ready') return;
  if (!values.trace) return send({ type: 'empty' });
  const bytes = new Uint8Array(
    await (await fetch(`/trace?name=${encodeURIComponent(values.trace)}`)).arrayBuffer(),
  );
  const title = values.trace.split('/').at(-1);
  if (!query.has('live')) return send({ type: 'trace', bytes, title, live: false });
  send({ type: 'trace', bytes: bytes.slice(0, 8), title, live: true });
  for (let at = 8; at < bytes.length; at += LIVE_BYTES / 4) {
    send({ type: 'frames', bytes: bytes.slice(at, at + LIVE_BYTES / 4) });
    await new Promise((done) => setTimeout(done, 250));
  }
  send({ type: 'finished' });
});

new EventSource('/changes').addEventListener('change', () => location.reload());
const script = document.createElement('script');
script.src = '/webview.js';
body.append(script);
