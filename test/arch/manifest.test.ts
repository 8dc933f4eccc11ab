import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { TOOLS as MCP_TOOLS } from '../../src/cli/mcp/tools.ts';
import {
  COMMANDS,
  CONTEXT,
  EDITORS,
  INNER_COMMANDS,
  SECTION,
  SETTINGS,
  TOOLS,
  VIEWS,
  WALKTHROUGH,
} from '../../src/extension/ids.ts';

interface Manifest {
  readonly icon: string;
  readonly contributes: {
    readonly commands: readonly { command: string; title: string; category: string }[];
    readonly menus: Readonly<Record<string, readonly { command: string; when?: string }[]>>;
    readonly keybindings: readonly { command: string; when?: string }[];
    readonly viewsContainers: { readonly panel: readonly { id: string; icon: string }[] };
    readonly views: Readonly<Record<string, readonly { id: string }[]>>;
    readonly customEditors: readonly {
      viewType: string;
      priority: string;
      selector: readonly { filenamePattern: string }[];
    }[];
    readonly languageModelTools: readonly { name: string; inputSchema: unknown }[];
    readonly colors: readonly { id: string }[];
    readonly configuration: {
      readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    };
    readonly walkthroughs: readonly {
      id: string;
      steps: readonly {
        description: string;
        media: { markdown: string };
        completionEvents: readonly string[];
      }[];
    }[];
  };
}

const english = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Record<string, string>;
const raw = readFileSync('package.json', 'utf8');
const text = raw.replaceAll(/"%([\w.]+)%"/g, (_, key: string) => JSON.stringify(english[key] ?? ''));
const manifest = JSON.parse(text) as Manifest;
const { contributes } = manifest;
const contributed = contributes.commands.map(({ command }) => command);
const handlers = readFileSync('src/extension/commands.ts', 'utf8');

function sorted(values: Iterable<string>): string[] {
  return [...values].sort();
}

test('package.json contributes exactly the commands of ids.ts, each with a title', () => {
  assert.deepEqual(sorted(contributed), sorted(Object.values(COMMANDS)));
  for (const { command, title, category } of contributes.commands) {
    assert.ok(title.length > 0, command);
    assert.equal(category, 'Kernelscope', command);
  }
});

test('every command of ids.ts has a handler, and every handler is of ids.ts', () => {
  const handled = [...handlers.matchAll(/\[((?:INNER_)?COMMANDS\.\w+)\]:/g)].map(([, name]) => name!);
  const known = [
    ...Object.keys(COMMANDS).map((key) => `COMMANDS.${key}`),
    ...Object.keys(INNER_COMMANDS).map((key) => `INNER_COMMANDS.${key}`),
  ];
  assert.deepEqual(sorted(handled), sorted(known));
});

test('menus, keys and walkthrough links name contributed commands only', () => {
  const used = [
    ...Object.values(contributes.menus).flat(),
    ...contributes.keybindings,
    ...[...text.matchAll(/(?:\(command:|onCommand:)(kernelscope\.[\w.]+)/g)].map(([, command]) => ({
      command: command!,
    })),
  ].map(({ command }) => command);
  assert.deepEqual(
    sorted(new Set(used)).filter((command) => !contributed.includes(command)),
    [],
  );
});

test('when clauses use context keys that the extension sets', () => {
  const clauses = [...Object.values(contributes.menus).flat(), ...contributes.keybindings].map(
    ({ when }) => when ?? '',
  );
  const keys = clauses.flatMap((clause) => clause.match(/kernelscope\.\w+/g) ?? []);
  const known: readonly string[] = [...Object.values(CONTEXT), ...Object.values(VIEWS)];
  assert.deepEqual(
    sorted(new Set(keys)).filter((key) => !known.includes(key)),
    [],
  );
});

test('views, editors, walkthrough and settings have the ids of ids.ts', () => {
  assert.deepEqual(Object.values(contributes.views).flat().map(({ id }) => id), Object.values(VIEWS)); // prettier-ignore
  assert.deepEqual(contributes.customEditors.map(({ viewType }) => viewType), [EDITORS.trace, EDITORS.anyTrace]); // prettier-ignore
  assert.deepEqual(contributes.walkthroughs.map(({ id }) => id), [WALKTHROUGH]); // prettier-ignore
  const settings = Object.keys(contributes.configuration.properties);
  assert.deepEqual(sorted(settings), sorted(Object.values(SETTINGS).map((name) => `${SECTION}.${name}`)));
});

test('a trace opens on a click in one editor, and plain JSON only when asked', () => {
  // Two patterns for one name make VS Code ask which editor to use.
  const editorsOf = (name: string, priority: string): number =>
    contributes.customEditors
      .filter((editor) => editor.priority === priority)
      .flatMap(({ selector }) => selector)
      .filter(({ filenamePattern }) => {
        const [before, after] = filenamePattern.split('*');
        return name.startsWith(before!) && name.endsWith(after!);
      }).length;
  const traces = ['a.kscope', 'w.pt.trace.json', 'w.pt.trace.json.gz', 'x.trace.json.gz', 'memory_timeline.raw.json.gz', 's.pickle']; // prettier-ignore
  for (const name of traces) assert.equal(editorsOf(name, 'default'), 1, name);
  for (const name of ['package.json', 'data.json.gz', 'nsys.sqlite']) {
    assert.equal(editorsOf(name, 'default'), 0, name);
    assert.equal(editorsOf(name, 'option'), 1, name);
  }
});

test('tools for language models are those of ids.ts, and the same that kernelscope mcp offers', () => {
  const names = contributes.languageModelTools.map(({ name }) => name);
  assert.deepEqual(names, Object.values(TOOLS));
  assert.deepEqual(names, MCP_TOOLS.map(({ name }) => name)); // prettier-ignore
});

test('every setting says what it does and has a default', () => {
  for (const [name, property] of Object.entries(contributes.configuration.properties)) {
    assert.equal(typeof property['markdownDescription'], 'string', name);
    assert.ok('default' in property, name);
  }
});

test('files that package.json names are there', () => {
  const files = [
    manifest.icon,
    ...contributes.viewsContainers.panel.map(({ icon }) => icon),
    ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.markdown)),
  ];
  assert.deepEqual(files.filter((file) => !existsSync(file)), []); // prettier-ignore
});
