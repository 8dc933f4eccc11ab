/** The titles that rules give their suggestions, as the sentences a translation is found by: `{0}` where a value stands. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseSource, walk } from '../../src/edit/syntax.ts';
import type { Node } from '../../src/edit/syntax.ts';

const FOLDER = 'src/suggest/rules';

interface Loose {
  readonly type: string;
  readonly value?: unknown;
  readonly key?: { readonly name?: string };
  readonly quasis?: readonly { readonly value: { readonly cooked: string } }[];
  readonly body?: Loose;
  readonly consequent?: Loose;
  readonly alternate?: Loose;
}

export function ruleTexts(): Set<string> {
  const found = new Set<string>();
  for (const name of readdirSync(FOLDER)) {
    const file = path.join(FOLDER, name);
    const parsed = parseSource(file, readFileSync(file, 'utf8'));
    assert.ok(parsed.ok, file);
    walk(parsed.value.root, (node: Node) => {
      const property = node as unknown as Loose;
      if (property.type.endsWith('Property') && property.key?.name === 'title')
        for (const text of texts(property.value as Loose)) found.add(text);
    });
  }
  return found;
}

function texts(node: Loose | undefined): string[] {
  switch (node?.type) {
    case 'StringLiteral':
    case 'Literal':
      return [String(node.value)];
    case 'TemplateLiteral':
      return [(node.quasis ?? []).map(({ value }, i) => (i === 0 ? '' : `{${i - 1}}`) + value.cooked).join('')]; // prettier-ignore
    case 'ArrowFunctionExpression':
      return texts(node.body);
    case 'ConditionalExpression':
      return [...texts(node.consequent), ...texts(node.alternate)];
    default:
      return [];
  }
}
