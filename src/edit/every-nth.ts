/** The edit that lets a line of a training loop, such as printing the loss, run in every n-th step only. */
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { Edit } from '../suggest/suggestion.ts';
import { literalEdit } from './find-option.ts';
import { findValue } from './find-value.ts';
import type { SourceReader } from './source-files.ts';
import { SourceFiles } from './source-files.ts';
import type { Node, SourceFile } from './syntax.ts';
import { dottedName, walk } from './syntax.ts';

/** Calls that only tell something: leaving one out changes nothing that training computes. */
const TELLS = /^(console\.\w+|process\.stdout\.write|process\.stderr\.write)$/;
const LOOPS = new Set(['ForStatement', 'ForOfStatement', 'WhileStatement', 'DoWhileStatement']);

const nameOf = (node: Node | null | undefined): string | null => (node ? dottedName(node) : null);

interface Found {
  readonly node: Node;
  readonly ancestors: readonly Node[];
}

/** The innermost statement on the line that only tells something, awaiting what it tells. */
function tellingStatement(source: SourceFile, line: number): Found | null {
  let found: Found | null = null;
  walk(source.root, (node, ancestors) => {
    if (node.type !== 'ExpressionStatement') return;
    const { expression } = node as unknown as { expression: Node };
    const text = source.text.slice(node.start ?? 0, node.end ?? 0);
    const last = (node.loc?.start.line ?? 0) + (text.match(/\n/g)?.length ?? 0);
    if (!((node.loc?.start.line ?? Infinity) <= line && line <= last) || expression.type !== 'CallExpression')
      return;
    let awaits = false;
    walk(expression, (inner) => {
      if (inner.type === 'AwaitExpression') awaits = true;
    });
    const callee = nameOf((expression as unknown as { callee: Node }).callee);
    if (awaits && callee !== null && TELLS.test(callee)) found = { node, ancestors: [...ancestors] };
  });
  return found;
}

/** The name that counts the loop's turns by one: the variable of `for (let i = 0; ...; i++)`, or one counted in the body. */
function counterOf(loop: Node): string | null {
  const { update, body } = loop as unknown as { update?: Node | null; body: Node };
  const counted = (node: Node | null | undefined): string | null => {
    const { argument, operator, left, right } = (node ?? {}) as unknown as Record<string, Node> & {
      readonly operator?: string;
    };
    if (node?.type === 'UpdateExpression' && operator === '++') return nameOf(argument);
    const one = (right as unknown as { value?: number } | undefined)?.value === 1;
    return node?.type === 'AssignmentExpression' && operator === '+=' && one ? nameOf(left) : null;
  };
  const own = counted(update);
  if (own !== null) return own;
  const statements = body.type === 'BlockStatement' ? (body as unknown as { body: Node[] }).body : [body];
  for (const statement of statements) {
    if (statement.type !== 'ExpressionStatement') continue;
    const name = counted((statement as unknown as { expression: Node }).expression);
    if (name !== null) return name;
  }
  return null;
}

/** `line`: 1-based, where the script waits. An error is one sentence that says why no single edit is right. */
export function findEveryNth(
  reader: SourceReader,
  script: string,
  file: string,
  line: number,
  every: number,
): Result<Edit, string> {
  const files = new SourceFiles(reader);
  files.reach(script);
  const source = files.open(file);
  if (!source) return err(`${file} cannot be read or does not parse`);
  const telling = tellingStatement(source, line);
  if (!telling) return err('what is read back is used by more than a line that prints it');
  const loopAt = telling.ancestors.findLastIndex((node) => LOOPS.has(node.type));
  if (loopAt < 0) return err('the line stands in no loop of this function');
  const guard = telling.ancestors.slice(loopAt).find((node) => node.type === 'IfStatement');
  if (guard) return widened(files, source, guard, telling.ancestors, every);
  const counter = counterOf(telling.ancestors[loopAt] as Node);
  if (counter === null) return err('nothing counts the steps of the loop');
  const start = telling.node.start ?? 0;
  return ok({
    file: source.file,
    start,
    end: start,
    oldText: '',
    newText: `if (${counter} % ${every} === 0) `,
  });
}

/** A line that already runs in every n-th step, with an n that is too small. */
function widened(
  files: SourceFiles,
  source: SourceFile,
  guard: Node,
  ancestors: readonly Node[],
  every: number,
): Result<Edit, string> {
  const divisors: Node[] = [];
  walk((guard as unknown as { test: Node }).test, (node) => {
    const { operator, right } = node as unknown as { operator?: string; right: Node };
    if (node.type === 'BinaryExpression' && operator === '%') divisors.push(right);
  });
  const [divisor, ...others] = divisors;
  if (!divisor || others.length > 0) return err('the line runs under a condition of its own');
  const { literals } = findValue(files, { source, node: divisor, ancestors });
  const [literal] = literals;
  if (!literal || literals.length > 1 || typeof literal.value !== 'number')
    return err('how often the line runs is not one literal of the source');
  return literal.value < every
    ? ok(literalEdit(literal, every))
    : err(`the line already runs in every ${literal.value}th step only`);
}
