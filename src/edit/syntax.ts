/** The user's source as a syntax tree: TypeScript, JavaScript, JSX, JSON; broken code as far as it parses. */
import { parse, parseExpression } from '@babel/parser';
import type { ParserPlugin } from '@babel/parser';
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';

type Program = ReturnType<typeof parse>['program'];
export type Statement = Program['body'][number];
export type Expression = Extract<Statement, { type: 'ExpressionStatement' }>['expression'];
export type Declarator = Extract<Statement, { type: 'VariableDeclaration' }>['declarations'][number];
export type ObjectExpression = Extract<Expression, { type: 'ObjectExpression' }>;
export type FunctionLike = Extract<
  Expression | Statement,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>;
export type Parameter = FunctionLike['params'][number];
export type NumericLiteral = Extract<Expression, { type: 'NumericLiteral' }>;
export type StringLiteral = Extract<Expression, { type: 'StringLiteral' }>;

/** Any node, for walking. */
export interface Node {
  readonly type: string;
  readonly start?: number | null | undefined;
  readonly end?: number | null | undefined;
  readonly loc?: { readonly start: { readonly line: number; readonly column: number } } | null | undefined;
}

export interface SourceFile {
  readonly file: string;
  readonly text: string;
  /** Program of a script; the one expression of a JSON file. */
  readonly root: Program | Expression;
}

function plugins(file: string): ParserPlugin[] {
  const shared: ParserPlugin[] = ['decorators', 'explicitResourceManagement', 'importAttributes'];
  if (/\.[cm]?ts$/.test(file)) return ['typescript', ...shared];
  if (file.endsWith('.tsx')) return ['typescript', 'jsx', ...shared];
  return ['jsx', ...shared];
}

export function parseSource(file: string, text: string): Result<SourceFile, string> {
  try {
    if (file.endsWith('.json')) return ok({ file, text, root: parseExpression(text) });
    const options = {
      sourceType: 'module',
      errorRecovery: true,
      allowReturnOutsideFunction: true,
      allowAwaitOutsideFunction: true,
      plugins: plugins(file),
    } as const;
    return ok({ file, text, root: parse(text, options).program });
  } catch (error) {
    return err(`${file} does not parse: ${(error as Error).message}`);
  }
}

const SKIPPED = new Set(['type', 'start', 'end', 'loc', 'range', 'extra', 'errors', 'comments', 'tokens', 'leadingComments', 'innerComments', 'trailingComments']); // prettier-ignore

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}

/** The node's children in source order of their fields. */
export function children(node: Node): Node[] {
  const found: Node[] = [];
  for (const [key, value] of Object.entries(node)) {
    if (SKIPPED.has(key)) continue;
    if (Array.isArray(value)) for (const item of value as unknown[]) if (isNode(item)) found.push(item);
    if (isNode(value)) found.push(value);
  }
  return found;
}

/** Visits every node with its ancestors, outermost first. */
export function walk(root: Node, visit: (node: Node, ancestors: readonly Node[]) => void): void {
  const ancestors: Node[] = [];
  const step = (node: Node): void => {
    visit(node, ancestors);
    ancestors.push(node);
    for (const child of children(node)) step(child);
    ancestors.pop();
  };
  step(root);
}

/** The expression inside parentheses, `as`, `satisfies`, `!`, `<T>` and `await`: what is there when it runs. */
export function unwrapped(node: Node): Node {
  let at = node;
  for (;;) {
    switch (at.type) {
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'TSTypeAssertion':
      case 'ParenthesizedExpression':
        at = (at as unknown as { expression: Node }).expression;
        break;
      case 'AwaitExpression':
        at = (at as unknown as { argument: Node }).argument;
        break;
      default:
        return at;
    }
  }
}

/** The name of a property key or of an identifier; null for computed names. */
export function keyName(property: {
  readonly key: Node;
  readonly computed?: boolean | undefined;
}): string | null {
  const { key } = property;
  if (key.type === 'StringLiteral') return (key as StringLiteral).value;
  if (property.computed) return null;
  return key.type === 'Identifier' ? (key as unknown as { name: string }).name : null;
}

/** `a.b.c` as text; null for anything else than names joined by dots. */
export function dottedName(node: Node): string | null {
  if (node.type === 'Identifier') return (node as unknown as { name: string }).name;
  if (node.type === 'ThisExpression') return 'this';
  if (node.type !== 'MemberExpression' && node.type !== 'OptionalMemberExpression') return null;
  const member = node as unknown as { object: Node; property: Node; computed: boolean };
  const object = dottedName(unwrapped(member.object));
  const property = keyName({ key: member.property, computed: member.computed });
  return object !== null && property !== null ? `${object}.${property}` : null;
}
