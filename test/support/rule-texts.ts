/** What rules and proofs say, as the sentences a translation is found by: `{0}` where a value stands. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { sentencesOf } from '../../src/base/translate-text.ts';
import { parseSource } from '../../src/edit/syntax.ts';
import type { Node } from '../../src/edit/syntax.ts';

const FOLDER = 'src/suggest';

/** Words that no view shows: formulas and ids of a prediction, and what is thrown for a programmer. */
const UNSEEN = new Set(['formula', 'id', 'rule', 'unit', 'snippet']);

interface Loose {
  readonly type: string;
  readonly value?: unknown;
  readonly operator?: string;
  readonly left?: Loose;
  readonly right?: Loose;
  readonly key?: { readonly name?: string };
  readonly callee?: { readonly name?: string };
  readonly quasis?: readonly { readonly value: { readonly cooked: string } }[];
  readonly expressions?: readonly Loose[];
}

export function ruleTexts(): Set<string> {
  const found = new Set<string>();
  for (const name of readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })) {
    // facts.ts keeps its facts by a name; no one reads it.
    if (!name.endsWith('.ts') || name === 'facts.ts') continue;
    const file = path.join(FOLDER, name);
    const parsed = parseSource(file, readFileSync(file, 'utf8'));
    assert.ok(parsed.ok, file);
    visit(parsed.value.root as unknown as Loose, found);
  }
  return found;
}

function visit(node: Loose, found: Set<string>): void {
  if (node.type === 'ImportDeclaration' || node.type === 'ThrowStatement') return;
  if (node.type.endsWith('Property') && UNSEEN.has(node.key?.name ?? '')) return;
  if (node.type === 'CallExpression' && node.callee?.name === 'predictSaving') return;
  const text = textOf(node);
  if (text) {
    for (const sentence of shown(text.words)) found.add(sentence);
    for (const value of text.values) visit(value, found);
    return;
  }
  for (const child of Object.values(node)) {
    for (const each of Array.isArray(child) ? child : [child])
      if (each && typeof (each as Node).type === 'string') visit(each as Loose, found);
  }
}

interface Text {
  readonly words: string;
  readonly values: readonly Loose[];
}

/** A literal, a template or a sum of them, with its values numbered; null for anything else. */
function textOf(node: Loose): Text | null {
  const pieces = piecesOf(node);
  if (!pieces?.some((piece) => typeof piece === 'string')) return null;
  const values: Loose[] = [];
  const words = pieces.map((piece) => (typeof piece === 'string' ? piece : `{${values.push(piece) - 1}}`));
  return { words: words.join(''), values };
}

function piecesOf(node: Loose): (string | Loose)[] | null {
  if (node.type === 'StringLiteral') return [String(node.value)];
  if (node.type === 'TemplateLiteral')
    return (node.quasis ?? []).flatMap(({ value }, i) => {
      const next = node.expressions?.[i];
      return next ? [value.cooked, next] : [value.cooked];
    });
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return null;
  const [left, right] = [piecesOf(node.left!), piecesOf(node.right!)];
  return left || right ? [...(left ?? [node.left!]), ...(right ?? [node.right!])] : null;
}

/** The sentences a person reads: not code, which is indented, and not a name or a unit. */
function shown(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !/^ |[;{]$|^const |=> /.test(line))
    .flatMap(sentencesOf)
    .filter((sentence) => / [a-z({]/.test(sentence) && ownLetters(sentence) >= LEAST_LETTERS)
    .map(renumbered);
}

/** A sentence with fewer is a unit or a name with a word beside it. */
const LEAST_LETTERS = 7;

function ownLetters(sentence: string): number {
  return sentence.replaceAll(/\{\d+\}|\W/g, '').length;
}

/** Values are counted within the sentence: that is how it is looked up. */
function renumbered(sentence: string): string {
  let next = 0;
  return sentence.replaceAll(/\{\d+\}/g, () => `{${next++}}`);
}
