/** Places in the source where a named option is given, and the literals behind it. */
import type { Edit } from '../suggest/suggestion.ts';
import type { FoundLiteral, ValueSearch } from './find-value.ts';
import { findProperty, findValue, hasProperty } from './find-value.ts';
import type { SourceFiles } from './source-files.ts';
import type { Node, ObjectExpression, SourceFile } from './syntax.ts';
import { dottedName, unwrapped, walk } from './syntax.ts';

/** A kind of call that takes the option. */
export interface OptionCall {
  /** Last name of the callee, e.g. `DataLoader`, `fit`. */
  readonly callee: RegExp;
  /** `property`: in an object among the arguments; a number: that positional argument. */
  readonly where: 'property' | number;
}

/** One call of that kind. */
export interface OptionSite {
  readonly source: SourceFile;
  readonly call: Node;
  /** Last name of what is called. */
  readonly callee: string;
  /** Name of the variable the call's result goes to; null when it goes to none. */
  readonly variable: string | null;
  /** The object literal among the arguments, where a missing option could be put. */
  readonly object: ObjectExpression | null;
  readonly literals: readonly FoundLiteral[];
  /** Why no literal was found; empty when one was, or when the option is not given. */
  readonly refusals: readonly string[];
  readonly given: boolean;
}

interface Given {
  readonly search: ValueSearch | null;
  readonly object: ObjectExpression | null;
}

/** The option among the arguments: a positional one, in an object, or in an options object passed by name. */
function givenIn(
  files: SourceFiles,
  place: { readonly source: SourceFile; readonly ancestors: readonly Node[] },
  args: readonly Node[],
  option: string,
  where: OptionCall['where'],
): Given {
  if (typeof where === 'number') {
    const node = args[where];
    return { search: node ? findValue(files, { ...place, node }) : null, object: null };
  }
  let object: ObjectExpression | null = null;
  for (const argument of args.toReversed()) {
    const node = unwrapped(argument);
    const isObject = node.type === 'ObjectExpression';
    if (!isObject && dottedName(node) === null) continue;
    if (isObject) object = node as ObjectExpression;
    const search = findProperty(files, { ...place, node }, option);
    if (search.literals.length > 0 || (isObject && hasProperty(node as ObjectExpression, option)))
      return { search, object };
  }
  return { search: null, object };
}

export function findOption(
  files: SourceFiles,
  source: SourceFile,
  option: string,
  calls: readonly OptionCall[],
): OptionSite[] {
  const sites: OptionSite[] = [];
  walk(source.root, (node, ancestors) => {
    if (node.type !== 'NewExpression' && node.type !== 'CallExpression') return;
    const { callee, arguments: args } = node as unknown as { callee: Node; arguments: Node[] };
    const name = calleeName(callee);
    const kind = name === null ? undefined : calls.find((call) => call.callee.test(name));
    if (!kind) return;
    const { search, object } = givenIn(
      files,
      { source, ancestors: [...ancestors, node] },
      args,
      option,
      kind.where,
    );
    if (!search && typeof kind.where === 'number') return;
    sites.push({
      source,
      call: node,
      callee: name as string,
      variable: variableOf(ancestors),
      object,
      literals: search?.literals ?? [],
      refusals: search && search.literals.length === 0 ? search.refusals : [],
      given: search !== null,
    });
  });
  return sites;
}

/** The last name of what is called: `fit` of `model.fit`, of `await (await build()).fit`. */
function calleeName(callee: Node): string | null {
  const node = unwrapped(callee);
  if (node.type === 'Identifier') return (node as unknown as { name: string }).name;
  if (node.type !== 'MemberExpression' && node.type !== 'OptionalMemberExpression') return null;
  const { property, computed } = node as unknown as { property: Node; computed: boolean };
  return !computed && property.type === 'Identifier' ? (property as unknown as { name: string }).name : null;
}

function variableOf(ancestors: readonly Node[]): string | null {
  for (const node of ancestors.toReversed()) {
    if (node.type === 'VariableDeclarator') return dottedName((node as unknown as { id: Node }).id);
    if (node.type === 'ObjectProperty') return dottedName((node as unknown as { key: Node }).key);
    if (node.type !== 'AwaitExpression' && !node.type.startsWith('TS')) return null;
  }
  return null;
}

/** The edit that puts an option into the call: into its object, or as an object of its own after the last argument. */
export function insertOption({ source, call, object }: OptionSite, text: string): Edit {
  const { arguments: args } = call as unknown as { arguments: Node[] };
  const last = args.at(-1);
  const at = (start: number, newText: string): Edit => ({
    file: source.file,
    start,
    end: start,
    oldText: '',
    newText,
  });
  if (object) {
    const inside = (object.start as number) + 1;
    return at(inside, object.properties.length > 0 ? ` ${text},` : ` ${text} `);
  }
  return last ? at(last.end as number, `, { ${text} }`) : at((call.end as number) - 1, `{ ${text} }`);
}

/** The edit that writes another value in place of a literal, in the literal's own style of quotes. */
export function literalEdit(literal: FoundLiteral, value: number | string): Edit {
  const start = literal.node.start as number;
  const end = literal.node.end as number;
  const oldText = literal.source.text.slice(start, end);
  const quote = oldText[0] ?? "'";
  const text = String(value);
  const newText =
    literal.node.type === 'NumericLiteral'
      ? text
      : `${quote}${text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`)}${quote}`;
  return { file: literal.source.file, start, end, oldText, newText };
}

/** 1-based line and column of a node. */
export function placeOf(source: SourceFile, node: Node): { file: string; line: number; column: number } {
  const start = node.loc?.start;
  return { file: source.file, line: start?.line ?? 1, column: (start?.column ?? 0) + 1 };
}
