// `npm run dev:webview [trace.kscope ...]`: builds the views, rebuilds them on every change, and shows them in an
// ordinary browser on the traces given, or on the newest ones found below the current folder.
import { createServer } from 'node:http';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const PORT = Number(process.env.PORT ?? 5173);
const SKIPPED = new Set(['node_modules', '.git', 'dist']);
const MOST = 20;

function tracesBelow(folder, depth = 4) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) return depth > 0 && !SKIPPED.has(entry.name) ? tracesBelow(at, depth - 1) : [];
    return entry.name.endsWith('.kscope') ? [at] : [];
  });
}

const given = process.argv.slice(2);
const newestFirst = (a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs;
const traces = () => (given.length > 0 ? given : tracesBelow(process.cwd()).sort(newestFirst).slice(0, MOST));

const listeners = new Set();
const built = { js: '', css: '' };
const keep = {
  name: 'keep',
  setup(build) {
    build.onEnd(({ errors, outputFiles }) => {
      if (errors.length > 0) return;
      for (const file of outputFiles) built[file.path.endsWith('.css') ? 'css' : 'js'] = file.text;
      for (const response of listeners) response.write('event: change\ndata: built\n\n');
    });
  },
};
const context = await esbuild.context({
  absWorkingDir: root,
  entryPoints: { webview: 'webview/main.ts', 'webview-style': 'webview/style.css' },
  outdir: '.cache/dev-webview',
  bundle: true,
  write: false,
  sourcemap: 'inline',
  target: 'es2022',
  format: 'iife',
  logLevel: 'info',
  plugins: [keep],
});
const send = (response, type, text) =>
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(text);

function answer(request, response) {
  const url = new URL(request.url, `http://localhost:${PORT}`);
  switch (url.pathname) {
    case '/':
      return send(response, 'text/html', readFileSync(path.join(here, 'dev.html')));
    case '/dev-page.js':
      return send(response, 'text/javascript', readFileSync(path.join(here, 'dev-page.js')));
    case '/dev-themes.css':
      return send(response, 'text/css', readFileSync(path.join(here, 'dev-themes.css')));
    case '/webview.js':
      return send(response, 'text/javascript', built.js);
    case '/webview.css':
      return send(response, 'text/css', built.css);
    case '/traces':
      return send(response, 'application/json', JSON.stringify(traces()));
    case '/trace': {
      // Only what the list offers: the page may not read other files.
      const name = url.searchParams.get('name');
      return traces().includes(name)
        ? send(response, 'application/octet-stream', readFileSync(name))
        : response.writeHead(404).end();
    }
    case '/changes':
      listeners.add(response);
      request.on('close', () => listeners.delete(response));
      return response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    default:
      return response.writeHead(404).end();
  }
}

await context.watch();
createServer((request, response) => {
  try {
    answer(request, response);
  } catch (error) {
    response.writeHead(500).end(String(error.message));
  }
}).listen(PORT, '127.0.0.1', () => {
  console.log(
    `the views are at http://localhost:${PORT} with ${traces().length} traces; change a file and the page reloads`,
  );
});
