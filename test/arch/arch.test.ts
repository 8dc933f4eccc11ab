import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { LISTED, PACKAGES, ROOMS } from './rooms.ts';

const root = process.cwd();

function filesUnder(folder: string): string[] {
  const at = path.join(root, folder);
  if (!existsSync(at)) return [];
  return readdirSync(at, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|mts)$/.test(name) && !name.endsWith('.d.ts') && !name.includes('node_modules'))
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')));
}

/** Every import, re-export and dynamic import of a literal, with whether it is for types alone. */
function importsOf(file: string): { target: string; typeOnly: boolean }[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const found: { target: string; typeOnly: boolean }[] = [];
  for (const m of text.matchAll(/^\s*(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'/gm))
    found.push({ target: m[2] as string, typeOnly: Boolean(m[1]) });
  for (const m of text.matchAll(/^\s*import\s+'([^']+)'/gm))
    found.push({ target: m[1] as string, typeOnly: false });
  for (const m of text.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g))
    found.push({ target: m[1] as string, typeOnly: false });
  return found;
}

function roomOf(file: string): string {
  const [top, second] = file.split('/');
  return top === 'src' ? (second as string) : (top as string);
}

const sources = [...filesUnder('src'), ...filesUnder('webview'), ...filesUnder('kernels')];

test('every room is in the table', () => {
  assert.deepEqual(
    [...new Set(sources.map(roomOf))].filter((room) => !(room in ROOMS)),
    [],
  );
});

test('a room imports only what the table allows', () => {
  const wrong: string[] = [];
  for (const file of sources)
    for (const { target } of importsOf(file)) {
      if (!target.startsWith('.')) continue;
      const to = roomOf(path.posix.join(path.posix.dirname(file), target));
      const from = roomOf(file);
      if (to !== from && !ROOMS[from]?.includes(to)) wrong.push(`${file} imports ${target}`);
    }
  assert.deepEqual(wrong, []);
});

test('the table of rooms has no cycles', () => {
  const done = new Set<string>();
  const visit = (room: string, trail: string[]): void => {
    assert.ok(!trail.includes(room), `cycle: ${[...trail, room].join(' -> ')}`);
    if (done.has(room)) return;
    for (const next of ROOMS[room] ?? []) visit(next, [...trail, room]);
    done.add(room);
  };
  for (const room of Object.keys(ROOMS)) visit(room, []);
});

test('no files import each other in a circle at run time', () => {
  const known = new Set(sources);
  const next = new Map(
    sources.map((file) => [
      file,
      importsOf(file)
        .filter(({ target, typeOnly }) => target.startsWith('.') && !typeOnly)
        .map(({ target }) => path.posix.join(path.posix.dirname(file), target))
        .filter((target) => known.has(target)),
    ]),
  );
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    assert.ok(!trail.includes(file), `circle: ${[...trail.slice(trail.indexOf(file)), file].join(' -> ')}`);
    if (done.has(file)) return;
    for (const target of next.get(file) ?? []) visit(target, [...trail, file]);
    done.add(file);
  };
  for (const file of sources) visit(file, []);
});

test('a package is imported only in its rooms', () => {
  const wrong: string[] = [];
  for (const file of sources)
    for (const { target, typeOnly } of importsOf(file)) {
      if (target.startsWith('.')) continue;
      const key = Object.keys(PACKAGES).find((name) =>
        name.endsWith(':') ? target.startsWith(name) : target === name || target.startsWith(`${name}/`),
      );
      if (!key) wrong.push(`${file} imports ${target}, which no room is listed for`);
      else if (!PACKAGES[key]?.includes(roomOf(file)) && !typeOnly) wrong.push(`${file} imports ${target}`);
    }
  assert.deepEqual(wrong, []);
});

test('a layout file touches no DOM and no d3', () => {
  for (const file of sources.filter((name) => name.endsWith('.layout.ts'))) {
    const text = readFileSync(path.join(root, file), 'utf8');
    assert.doesNotMatch(text, /\b(document|window|HTMLElement|CanvasRenderingContext2D)\b|from 'd3'/, file);
  }
});

test('every file of a listed folder is in its list', () => {
  const missing: string[] = [];
  for (const folder of LISTED) {
    const files = filesUnder(folder).filter((file) => path.posix.dirname(file) === folder);
    if (files.length === 0) continue;
    const list = importsOf(`${folder}/index.ts`).map(({ target }) => target);
    const reached = new Set(list.map((target) => path.posix.join(folder, target)));
    for (const file of files) {
      if (file.endsWith('/index.ts') || file.endsWith('.layout.ts') || reached.has(file)) continue;
      const usedBySibling = files.some(
        (other) =>
          other !== file && importsOf(other).some(({ target }) => path.posix.join(folder, target) === file),
      );
      if (!usedBySibling) missing.push(file);
    }
  }
  assert.deepEqual(missing, []);
});

const sheets = readdirSync(path.join(root, 'webview/css')).map((name) => `webview/css/${name}`);

test('every style sheet is part of the page', () => {
  const page = readFileSync(path.join(root, 'webview/style.css'), 'utf8');
  assert.deepEqual(
    sheets.filter((sheet) => !page.includes(`@import './css/${path.posix.basename(sheet)}';`)),
    [],
  );
});

test('every file of source has at most 400 lines', () => {
  const long = [...sources, ...sheets, ...filesUnder('test')].filter(
    (file) => readFileSync(path.join(root, file), 'utf8').split('\n').length > 401,
  );
  assert.deepEqual(long, []);
});
