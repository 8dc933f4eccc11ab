/** Every text a person reads is translated in every language, with the same places for its values. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parseSource, walk } from '../../src/edit/syntax.ts';
import type { Node } from '../../src/edit/syntax.ts';
import { ruleTexts } from '../support/rule-texts.ts';

type Bundle = Readonly<Record<string, string>>;

const LANGUAGES = ['de', 'zh-cn'] as const;
const read = (file: string): Bundle => JSON.parse(readFileSync(file, 'utf8')) as Bundle;

function sorted(values: Iterable<string>): string[] {
  return [...values].sort();
}

/** The literal messages of all calls of `t` in the extension and in its views. */
function messages(): Set<string> {
  const found = new Set<string>();
  const files = ['src/extension', 'webview'].flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => path.join(root, name)),
  );
  for (const file of files) {
    if (!file.endsWith('.ts')) continue;
    const parsed = parseSource(file, readFileSync(file, 'utf8'));
    assert.ok(parsed.ok, file);
    walk(parsed.value.root, (node) => {
      const call = node as unknown as {
        callee?: { name?: string };
        arguments: (Node & { value?: unknown })[];
      };
      if (node.type !== 'CallExpression' || call.callee?.name !== 't') return;
      const message = call.arguments[0]?.value;
      if (typeof message !== 'string') assert.fail(`${file}:${node.loc?.start.line}: t() takes a literal`);
      found.add(message);
    });
  }
  return found;
}

/** Where a view or a message puts words before a reader. */
const SHOWN = new Set(['text', 'title', 'about', 'aria-label', 'label', 'placeholder']);

interface Property {
  readonly type: string;
  readonly key?: { readonly name?: string; readonly value?: string };
  readonly value?: Words;
}

interface Words {
  readonly type: string;
  readonly value?: unknown;
  readonly quasis?: readonly { readonly value: { readonly cooked: string } }[];
  readonly consequent?: Words;
  readonly alternate?: Words;
}

/** The words of a literal, `{}` where a value stands; those of both branches of a choice. */
function literals(node: Words | undefined): string[] {
  if (node?.type === 'StringLiteral') return [String(node.value)];
  if (node?.type === 'TemplateLiteral') return [(node.quasis ?? []).map(({ value }) => value.cooked).join('{}')]; // prettier-ignore
  return node?.type === 'ConditionalExpression'
    ? [...literals(node.consequent), ...literals(node.alternate)]
    : [];
}

test('no sentence of a view is written without its translation', () => {
  const loose: string[] = [];
  for (const name of readdirSync('webview', { recursive: true, encoding: 'utf8' })) {
    // Queries are written in SQL.
    if (!name.endsWith('.ts') || name.endsWith('sql.layout.ts')) continue;
    const file = path.join('webview', name);
    const parsed = parseSource(file, readFileSync(file, 'utf8'));
    assert.ok(parsed.ok, file);
    walk(parsed.value.root, (node) => {
      const { type, key, value } = node as unknown as Property;
      if (type !== 'ObjectProperty' || !SHOWN.has(key?.name ?? key?.value ?? '')) return;
      for (const words of literals(value))
        if (/[A-Za-z]{3,} [a-z({]|[a-z)}] [a-z]{3,}/.test(words))
          loose.push(`${file}:${node.loc?.start.line}: ${words}`);
    });
  }
  assert.deepEqual(loose, []);
});

/** `{0}`, links to commands: what a translation must keep. */
function marks(text: string): string[] {
  return sorted(text.match(/\{\d\}|\(command:[\w.]+\)/g) ?? []);
}

test('the titles of rules are found, those with values and those without', () => {
  const found = ruleTexts();
  for (const text of ['Raise the batch size', 'Raise the batch from {0} to {1}', '{0} moves single words'])
    assert.ok(found.has(text), text);
  const rules = readdirSync('src/suggest/rules').filter((name) => name !== 'index.ts');
  assert.ok(found.size >= rules.length, `${found.size} titles of ${rules.length} rules`);
});

for (const language of LANGUAGES) {
  test(`every message of the extension is in ${language}, and nothing else`, () => {
    const bundle = read(`l10n/bundle.l10n.${language}.json`);
    assert.deepEqual(sorted(Object.keys(bundle)), sorted(new Set([...messages(), ...ruleTexts()])));
    for (const [message, translation] of Object.entries(bundle)) {
      assert.notEqual(translation.trim(), '', message);
      assert.deepEqual(marks(translation), marks(message), message);
    }
  });

  test(`every text of package.json is in ${language}, and nothing else`, () => {
    const english = read('package.nls.json');
    const bundle = read(`package.nls.${language}.json`);
    assert.deepEqual(sorted(Object.keys(bundle)), sorted(Object.keys(english)));
    for (const [key, translation] of Object.entries(bundle)) {
      assert.notEqual(translation.trim(), '', key);
      assert.deepEqual(marks(translation), marks(english[key]!), key);
    }
  });
}

test('package.json names texts that are there, and uses all that are', () => {
  const used = [...readFileSync('package.json', 'utf8').matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key!);
  assert.deepEqual(sorted(new Set(used)), sorted(Object.keys(read('package.nls.json'))));
});

test('every title and description of package.json is one of its texts', () => {
  const loose: string[] = [];
  const look = (value: unknown, key: string): void => {
    if (typeof value === 'string') {
      const isShown = ['title', 'description', 'markdownDescription', 'userDescription', 'contents', 'displayName', 'name'].includes(key); // prettier-ignore
      if (isShown && / /.test(value)) loose.push(value);
    } else if (value && typeof value === 'object' && key !== 'inputSchema')
      for (const [each, inner] of Object.entries(value)) look(inner, Array.isArray(value) ? key : each);
  };
  const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as { contributes: unknown };
  look(contributes, '');
  assert.deepEqual(loose, []);
});
