/** From an expression to the literals that decide its value, through names, options, defaults, parameters and imports. */
import type { Binding, BoundName } from './bindings.ts';
import { findBinding, isAssigned } from './bindings.ts';
import { callForm, callsInWorkspace, jsonFileRead, moduleRequired } from './calls.ts';
import { exportOf } from './exports.ts';
import type { SourceFiles } from './source-files.ts';
import type { Node, NumericLiteral, ObjectExpression, SourceFile, StringLiteral } from './syntax.ts';
import { dottedName, keyName, unwrapped, walk } from './syntax.ts';

/** A literal that a value comes from. */
export interface FoundLiteral {
  readonly source: SourceFile;
  readonly node: NumericLiteral | StringLiteral;
  readonly value: number | string;
  /** How the value gets from the literal to its use, for a person: `const BATCH in config.ts`. */
  readonly via: readonly string[];
}

export interface ValueSearch {
  readonly literals: readonly FoundLiteral[];
  /** Why some of the ways lead to no literal. */
  readonly refusals: readonly string[];
}

interface Place {
  readonly source: SourceFile;
  readonly node: Node;
  readonly ancestors: readonly Node[];
  readonly via: readonly string[];
}

const nothing = (reason: string): ValueSearch => ({ literals: [], refusals: [reason] });

function together(searches: readonly ValueSearch[]): ValueSearch {
  const literals = new Map<string, FoundLiteral>();
  for (const { literals: found } of searches)
    for (const literal of found) literals.set(`${literal.source.file}:${literal.node.start}`, literal);
  return { literals: [...literals.values()], refusals: searches.flatMap((s) => s.refusals) };
}

/** Functions whose result is their first argument, as far as a literal is concerned. */
const SAME_VALUE = new Set(['Number', 'parseInt', 'Number.parseInt', 'parseFloat', 'Object.freeze']);

/** Deeper than this a script is playing games. */
const MAX_DEPTH = 12;

export function findValue(files: SourceFiles, place: Omit<Place, 'via'>): ValueSearch {
  return resolve(files, { ...place, via: [] }, 0);
}

/** The value of a property below an expression, such as an option of the object an argument is. */
export function findProperty(files: SourceFiles, place: Omit<Place, 'via'>, key: string): ValueSearch {
  return resolvePath(files, { ...place, via: [] }, [key], 0);
}

function resolve(files: SourceFiles, place: Place, depth: number): ValueSearch {
  const node = unwrapped(place.node);
  if (depth > MAX_DEPTH) return nothing('the value goes through too many names');
  const inner = (next: Node): ValueSearch => resolve(files, { ...place, node: next }, depth + 1);
  switch (node.type) {
    case 'NumericLiteral':
    case 'StringLiteral': {
      const literal = node as NumericLiteral | StringLiteral;
      return {
        literals: [{ source: place.source, node: literal, value: literal.value, via: place.via }],
        refusals: [],
      };
    }
    case 'Identifier':
      return resolveName(files, place, (node as unknown as { name: string }).name, [], depth);
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      return resolveMember(files, { ...place, node }, depth);
    case 'LogicalExpression': {
      // `given ?? 32`, `given || 32`: the literal is what runs unless something was given from outside.
      const { operator, right } = node as unknown as { operator: string; right: Node };
      return operator === '&&' ? nothing(`${shown(place.source, node)} is computed`) : inner(right);
    }
    case 'ConditionalExpression': {
      // `given ? Number(given) : 32`: the branch from outside the source has no literal.
      const { consequent, alternate } = node as unknown as { consequent: Node; alternate: Node };
      return together([inner(consequent), inner(alternate)]);
    }
    case 'UnaryExpression': {
      const { operator, argument } = node as unknown as { operator: string; argument: Node };
      return operator === '+' ? inner(argument) : nothing(`${shown(place.source, node)} is computed`);
    }
    case 'CallExpression': {
      const { callee, arguments: args } = node as unknown as { callee: Node; arguments: Node[] };
      if (args[0] && SAME_VALUE.has(dottedName(callee) ?? '')) return inner(args[0]);
      return nothing(`${shown(place.source, node)} is computed`);
    }
    default:
      return nothing(`${shown(place.source, node)} is computed`);
  }
}

function shown(source: SourceFile, node: Node): string {
  const text = source.text.slice(node.start ?? 0, node.end ?? 0).replace(/\s+/g, ' ');
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

/** The value that `name`, then `path` below it, has at a place. */
function resolveName(
  files: SourceFiles,
  place: Place,
  name: string,
  path: readonly string[],
  depth: number,
): ValueSearch {
  const binding = findBinding(place.ancestors, name);
  if (!binding || binding.kind === 'other') return nothing(`${name} has no declaration with one value`);
  switch (binding.kind) {
    case 'variable': {
      if (!binding.constant && isAssigned(place.source.root, name))
        return nothing(`${name} is assigned more than once`);
      const via = [...place.via, `${binding.constant ? 'const' : 'variable'} ${name}`];
      return resolveBound(files, { ...place, via }, binding.init, binding.bound, path, depth);
    }
    case 'parameter':
      return resolveParameter(files, place, binding, name, path, depth);
    case 'import':
      return resolveImport(files, place, binding, name, path, depth);
  }
}

/** A name bound by a pattern over `init`: the value found below it, else the pattern's default. */
function resolveBound(
  files: SourceFiles,
  place: Place,
  init: Node | null,
  bound: BoundName,
  path: readonly string[],
  depth: number,
): ValueSearch {
  const whole = [...bound.path, ...path];
  const found = init
    ? resolvePath(files, { ...place, node: init }, whole, depth + 1)
    : nothing('there is no initial value');
  if (found.literals.length > 0 || !bound.fallback) return found;
  return resolvePath(
    files,
    { ...place, node: bound.fallback, via: [...place.via, 'its default'] },
    path,
    depth + 1,
  );
}

/** The value at `path` below an expression: through object literals, else by name. */
function resolvePath(files: SourceFiles, place: Place, path: readonly string[], depth: number): ValueSearch {
  if (path.length === 0) return resolve(files, place, depth + 1);
  const node = unwrapped(place.node);
  const [key, ...rest] = path as [string, ...string[]];
  switch (node.type) {
    case 'ObjectExpression':
      return resolveProperty(files, { ...place, node }, key, rest, depth);
    case 'Identifier':
      return resolveName(
        files,
        { ...place, node },
        (node as unknown as { name: string }).name,
        path,
        depth + 1,
      );
    case 'CallExpression': {
      const { callee, arguments: args } = node as unknown as { callee: Node; arguments: Node[] };
      if (dottedName(callee) === 'Object.freeze' && args[0])
        return resolvePath(files, { ...place, node: args[0] }, path, depth + 1);
      // node:util's parseArgs: what it gives without an argument is the option's default.
      if (/(^|\.)parseArgs$/.test(dottedName(callee) ?? '') && key === 'values' && args[0] && rest[0])
        return resolvePath(
          files,
          { ...place, node: args[0] },
          ['options', rest[0], 'default', ...rest.slice(1)],
          depth + 1,
        );
      const file = jsonFileRead(node) ?? moduleRequired(node);
      const source = file === null ? null : files.imported(place.source.file, file);
      if (source) return exported(files, source, [...place.via, `${file}`], path, depth + 1);
      return nothing(`${shown(place.source, node)} is computed`);
    }
    default:
      return nothing(`${shown(place.source, node)} is computed`);
  }
}

/** A property of an object literal as when it runs: the last one that gives it wins, spreads included. */
function resolveProperty(
  files: SourceFiles,
  place: Place,
  key: string,
  rest: readonly string[],
  depth: number,
): ValueSearch {
  for (const property of (place.node as ObjectExpression).properties.toReversed()) {
    if (property.type === 'ObjectProperty' && keyName(property) === key)
      return resolvePath(files, { ...place, node: property.value }, rest, depth + 1);
    if (property.type !== 'SpreadElement') continue;
    const found = resolvePath(files, { ...place, node: property.argument }, [key, ...rest], depth + 1);
    // An object that is known not to have the key leaves it to those before; one that is not known may have it.
    if (found.literals.length > 0 || !found.refusals.every((reason) => reason.startsWith(ABSENT)))
      return found;
  }
  return nothing(`${ABSENT} ${key} in ${shown(place.source, place.node)}`);
}

const ABSENT = 'there is no';

/** Whether an object literal itself names the key. */
export function hasProperty(object: ObjectExpression, key: string): boolean {
  return object.properties.some(
    (property) => property.type === 'ObjectProperty' && keyName(property) === key,
  );
}

function resolveMember(files: SourceFiles, place: Place, depth: number): ValueSearch {
  const dotted = dottedName(place.node);
  if (dotted === null) return nothing(`${shown(place.source, place.node)} is computed`);
  const [name, ...path] = dotted.split('.') as [string, ...string[]];
  if (name === 'process') return nothing(`${dotted} comes from outside the source`);
  if (name === 'this' && path[0] !== undefined)
    return resolveField(files, place, path[0], path.slice(1), depth + 1);
  let written = false;
  walk(place.source.root, (node) => {
    if (
      node.type === 'AssignmentExpression' &&
      dottedName((node as unknown as { left: Node }).left) === dotted
    )
      written = true;
  });
  if (written) return nothing(`${dotted} is assigned more than once`);
  return resolveName(files, place, name, path, depth);
}

/** The arguments with which a function of the workspace is called; those left out take the parameter's default. */
function resolveParameter(
  files: SourceFiles,
  place: Place,
  binding: Extract<Binding, { kind: 'parameter' }>,
  name: string,
  path: readonly string[],
  depth: number,
): ValueSearch {
  const { owner, index, bound } = binding;
  const form = callForm(owner, place.ancestors);
  const calls = form ? callsInWorkspace(files, place.source, form) : [];
  const fallback = (): ValueSearch => {
    if (!bound.fallback) return nothing(`${name} is a parameter without a default`);
    const via = [...place.via, `default of parameter ${name}`];
    return resolvePath(files, { ...place, node: bound.fallback, via }, path, depth + 1);
  };
  if (calls.length === 0) return fallback();
  return together(
    calls.map((call) => {
      const argument = call.arguments[index];
      const via = [...place.via, `argument of ${form?.name}`];
      if (!argument) return fallback();
      const found = resolvePath(
        files,
        { source: call.source, node: argument, ancestors: call.ancestors, via },
        [...bound.path, ...path],
        depth + 1,
      );
      return found.literals.length === 0 && bound.fallback && bound.path.length > 0 ? fallback() : found;
    }),
  );
}

/** `this.size`: the one value that the class gives it, as a field or in its constructor. */
function resolveField(
  files: SourceFiles,
  place: Place,
  field: string,
  path: readonly string[],
  depth: number,
): ValueSearch {
  const owner = place.ancestors.findLast((node) => node.type === 'ClassBody');
  const given: Node[][] = [];
  if (owner)
    walk(owner, (node, ancestors) => {
      const { key, computed, value, left, right } = node as unknown as Record<string, Node | undefined> & {
        readonly computed?: boolean;
      };
      if (node.type === 'ClassProperty' && key && value && keyName({ key, computed }) === field)
        given.push([...ancestors, node, value]);
      if (node.type === 'AssignmentExpression' && left && right && dottedName(left) === `this.${field}`)
        given.push([...ancestors, node, right]);
    });
  const [only, ...others] = given;
  if (!only || others.length > 0)
    return nothing(`this.${field} is ${only ? 'assigned more than once' : 'given outside the class'}`);
  const above = place.ancestors.slice(0, place.ancestors.indexOf(owner as Node));
  const via = [...place.via, `this.${field}`];
  return resolvePath(
    files,
    { source: place.source, node: only.at(-1) as Node, ancestors: [...above, ...only.slice(0, -1)], via },
    path,
    depth + 1,
  );
}

function resolveImport(
  files: SourceFiles,
  place: Place,
  binding: Extract<Binding, { kind: 'import' }>,
  name: string,
  path: readonly string[],
  depth: number,
): ValueSearch {
  const source = files.imported(place.source.file, binding.from);
  if (!source) return nothing(`${name} comes from ${binding.from}, which is not a file of the workspace`);
  const via = [...place.via, `${name} from ${binding.from}`];
  return exported(files, source, via, binding.name === '*' ? path : [binding.name, ...path], depth);
}

/** The value at `path` below a module: the first name is an export of it, or a key of a JSON file. */
function exported(
  files: SourceFiles,
  source: SourceFile,
  via: readonly string[],
  path: readonly string[],
  depth: number,
): ValueSearch {
  const { root } = source;
  if (depth > MAX_DEPTH) return nothing('the value goes through too many names');
  if (root.type !== 'Program') {
    const below = path[0] === 'default' ? path.slice(1) : path;
    return resolvePath(files, { source, node: root, ancestors: [], via }, below, depth + 1);
  }
  const [name, ...rest] = path;
  if (name === undefined) return nothing(`${source.file} is a whole module`);
  const place = { source, node: root, ancestors: [root], via };
  const found = exportOf(source, name);
  switch (found.kind) {
    case 'expression':
      return resolvePath(files, { ...place, node: found.node }, [...found.path, ...rest], depth + 1);
    case 'local':
      return resolveName(files, place, found.name, rest, depth + 1);
    case 'elsewhere':
      return together(
        found.from.map((from) => {
          const next = files.imported(source.file, from);
          return next
            ? exported(files, next, via, found.name === '*' ? rest : [found.name, ...rest], depth + 1)
            : nothing(`${name} comes from ${from}, which is not a file of the workspace`);
        }),
      );
    case 'none':
      return nothing(`${source.file} exports no ${name}`);
  }
}
