/** Where a function of the source is called, and with what; what a call reads from another file. */
import { importsNamed } from './exports.ts';
import type { SourceFiles } from './source-files.ts';
import type { FunctionLike, Node, SourceFile } from './syntax.ts';
import { dottedName, walk } from './syntax.ts';

export interface Call {
  readonly source: SourceFile;
  readonly arguments: readonly Node[];
  readonly ancestors: readonly Node[];
}

/** How a function is called: by name, or by `new` for the constructor of a class; null where nothing names it. */
export interface CallForm {
  readonly name: string;
  readonly type: 'CallExpression' | 'NewExpression';
}

/** `ancestors`: those of a place inside the function, outermost first. */
export function callForm(owner: FunctionLike, ancestors: readonly Node[]): CallForm | null {
  if (owner.type === 'FunctionDeclaration')
    return owner.id ? { name: owner.id.name, type: 'CallExpression' } : null;
  const at = ancestors.indexOf(owner);
  const node: Node = owner;
  if (node.type === 'ClassMethod') {
    if ((node as unknown as { kind: string }).kind !== 'constructor') return null;
    const { id } = ancestors[at - 2] as unknown as { id?: Node | null };
    const name = id ? dottedName(id) : null;
    return name === null ? null : { name, type: 'NewExpression' };
  }
  const holder = ancestors[at - 1];
  if (holder?.type !== 'VariableDeclarator') return null;
  const name = dottedName((holder as unknown as { id: Node }).id);
  return name === null ? null : { name, type: 'CallExpression' };
}

export function callsOf(source: SourceFile, form: CallForm): Call[] {
  const calls: Call[] = [];
  walk(source.root, (node, ancestors) => {
    if (node.type !== form.type) return;
    const { callee, arguments: args } = node as unknown as { callee: Node; arguments: Node[] };
    if (dottedName(callee) === form.name)
      calls.push({ source, arguments: args, ancestors: [...ancestors, node] });
  });
  return calls;
}

/** Calls of a function in its own file and, where it is exported, in the files of the script that import it. */
export function callsInWorkspace(files: SourceFiles, source: SourceFile, form: CallForm): Call[] {
  const elsewhere = files.reached
    .filter((file) => file !== source)
    .flatMap((file) =>
      importsNamed(files, file, source, form.name).flatMap((name) => callsOf(file, { ...form, name })),
    );
  return [...callsOf(source, form), ...elsewhere];
}

/** The relative specifier of `require('./config')`; null for any other call. */
export function moduleRequired(call: Node): string | null {
  const { callee, arguments: args } = call as unknown as { callee: Node; arguments: Node[] };
  const given = args[0];
  if (dottedName(callee) !== 'require' && callee.type !== 'Import') return null;
  return given?.type === 'StringLiteral' ? (given as unknown as { value: string }).value : null;
}

/** Path of the JSON file that `JSON.parse(readFileSync(...))` reads, as a relative specifier; null for any other call. */
export function jsonFileRead(call: Node): string | null {
  const { callee, arguments: args } = call as unknown as { callee: Node; arguments: Node[] };
  if (dottedName(callee) !== 'JSON.parse' || args[0]?.type !== 'CallExpression') return null;
  const read = args[0] as unknown as { callee: Node; arguments: Node[] };
  if (!/(^|\.)readFileSync$/.test(dottedName(read.callee) ?? '')) return null;
  const [target] = read.arguments;
  const text =
    target?.type === 'NewExpression' ? (target as unknown as { arguments: Node[] }).arguments[0] : target;
  if (text?.type !== 'StringLiteral') return null;
  const { value } = text as unknown as { value: string };
  if (!value.endsWith('.json') || /^([/\\]|\w:)/.test(value)) return null;
  return value.startsWith('.') ? value : `./${value}`;
}
