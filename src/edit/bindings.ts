/** What a name means at a place in the source. */
import type { Declarator, Expression, FunctionLike, Node, Statement } from './syntax.ts';
import { keyName, walk } from './syntax.ts';

/** A name inside a pattern: `{ a: { b = 1 } }` binds `b` by the path ['a', 'b'] with the default `1`. */
export interface BoundName {
  readonly path: readonly string[];
  readonly fallback: Expression | null;
}

export type Binding =
  | {
      readonly kind: 'variable';
      readonly init: Expression | null;
      readonly bound: BoundName;
      readonly constant: boolean;
    }
  | {
      readonly kind: 'parameter';
      readonly owner: FunctionLike;
      readonly index: number;
      readonly bound: BoundName;
    }
  | { readonly kind: 'import'; readonly from: string; readonly name: string }
  | { readonly kind: 'other' };

/** Where `name` stands in a pattern; null when it does not, or in a way that no single literal explains (rest). */
export function nameInPattern(pattern: Node, name: string, path: readonly string[] = []): BoundName | null {
  switch (pattern.type) {
    case 'Identifier':
      return (pattern as unknown as { name: string }).name === name ? { path, fallback: null } : null;
    case 'AssignmentPattern': {
      const { left, right } = pattern as unknown as { left: Node; right: Expression };
      const found = nameInPattern(left, name, path);
      // The default of a whole object pattern is an object; the name's own default is what counts.
      return found && left.type === 'Identifier' ? { ...found, fallback: right } : found;
    }
    case 'ObjectPattern':
      for (const property of (pattern as unknown as { properties: Node[] }).properties) {
        if (property.type !== 'ObjectProperty') continue;
        const { key, value, computed } = property as unknown as { key: Node; value: Node; computed: boolean };
        const keyText = keyName({ key, computed });
        const found = keyText === null ? null : nameInPattern(value, name, [...path, keyText]);
        if (found) return found;
      }
      return null;
    default:
      return null;
  }
}

function inDeclarations(declarators: readonly Declarator[], constant: boolean, name: string): Binding | null {
  for (const { id, init } of declarators) {
    const bound = nameInPattern(id, name);
    if (bound) return { kind: 'variable', init: init ?? null, bound, constant };
  }
  return null;
}

function inStatement(statement: Statement, name: string): Binding | null {
  switch (statement.type) {
    case 'VariableDeclaration':
      return inDeclarations(statement.declarations, statement.kind === 'const', name);
    case 'ExportNamedDeclaration':
      return statement.declaration ? inStatement(statement.declaration, name) : null;
    case 'ImportDeclaration':
      for (const specifier of statement.specifiers) {
        if (specifier.local.name !== name) continue;
        if (specifier.type === 'ImportSpecifier') {
          const { imported } = specifier;
          return {
            kind: 'import',
            from: statement.source.value,
            name: imported.type === 'Identifier' ? imported.name : imported.value,
          };
        }
        return {
          kind: 'import',
          from: statement.source.value,
          name: specifier.type === 'ImportDefaultSpecifier' ? 'default' : '*',
        };
      }
      return null;
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return statement.id?.name === name ? { kind: 'other' } : null;
    default:
      return null;
  }
}

function inParameters(owner: FunctionLike, name: string): Binding | null {
  for (const [index, parameter] of owner.params.entries()) {
    const node: Node = parameter;
    // A constructor's `private size = 32` is a parameter inside a node of its own.
    const inner =
      node.type === 'TSParameterProperty' ? (node as unknown as { parameter: Node }).parameter : node;
    const bound = nameInPattern(inner, name);
    if (bound) return { kind: 'parameter', owner, index, bound };
  }
  return null;
}

const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'ObjectMethod',
]);

/** The nearest declaration of `name` around a place given by its ancestors, outermost first. */
export function findBinding(ancestors: readonly Node[], name: string): Binding | null {
  for (const scope of ancestors.toReversed()) {
    if (scope.type === 'Program' || scope.type === 'BlockStatement') {
      for (const statement of (scope as unknown as { body: Statement[] }).body) {
        const found = inStatement(statement, name);
        if (found) return found;
      }
    }
    if (scope.type === 'ForStatement' || scope.type === 'ForOfStatement' || scope.type === 'ForInStatement') {
      const { init, left } = scope as unknown as { init?: Node | null; left?: Node };
      const head = init ?? left;
      if (head?.type === 'VariableDeclaration') {
        const found = inStatement(head as Statement, name);
        if (found) return { kind: 'other' }; // a loop variable has many values
      }
    }
    if (FUNCTIONS.has(scope.type)) {
      const found = inParameters(scope as FunctionLike, name);
      if (found) return found;
    }
  }
  return null;
}

/** True when the name is assigned anywhere in the file after its declaration; scopes are not told apart. */
export function isAssigned(root: Node, name: string): boolean {
  let found = false;
  walk(root, (node) => {
    const target =
      node.type === 'AssignmentExpression'
        ? (node as unknown as { left: Node }).left
        : node.type === 'UpdateExpression'
          ? (node as unknown as { argument: Node }).argument
          : null;
    if (target?.type === 'Identifier' && (target as unknown as { name: string }).name === name) found = true;
    if (target?.type === 'ObjectPattern' && nameInPattern(target, name)) found = true;
  });
  return found;
}
