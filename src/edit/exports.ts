/** What a module takes from others and gives to them, as ECMAScript and as CommonJS. */
import type { SourceFiles } from './source-files.ts';
import type { Expression, Node, SourceFile, Statement } from './syntax.ts';
import { dottedName, keyName, unwrapped, walk } from './syntax.ts';

/** Where the value of an export stands. */
export type Export =
  | { readonly kind: 'expression'; readonly node: Node; readonly path: readonly string[] }
  | { readonly kind: 'local'; readonly name: string }
  /** In other modules: `export { a } from`, or any of several `export * from`. */
  | { readonly kind: 'elsewhere'; readonly from: readonly string[]; readonly name: string }
  | { readonly kind: 'none' };

type Named = { readonly type: string; readonly name?: string; readonly value?: string };
const textOf = (node: Named): string => node.name ?? node.value ?? '';

function statements(source: SourceFile): readonly Statement[] {
  return source.root.type === 'Program' ? source.root.body : [];
}

export function exportOf(source: SourceFile, name: string): Export {
  const stars: string[] = [];
  for (const statement of statements(source)) {
    if (statement.type === 'ExportDefaultDeclaration' && name === 'default') {
      const node = statement.declaration as Expression;
      return { kind: 'expression', node, path: [] };
    }
    if (statement.type === 'ExportAllDeclaration') stars.push(statement.source.value);
    if (statement.type !== 'ExportNamedDeclaration') continue;
    for (const specifier of statement.specifiers) {
      if (textOf(specifier.exported) !== name) continue;
      if (specifier.type === 'ExportNamespaceSpecifier')
        return { kind: 'elsewhere', from: [statement.source?.value ?? ''], name: '*' };
      if (specifier.type !== 'ExportSpecifier') continue;
      const local = textOf(specifier.local);
      return statement.source
        ? { kind: 'elsewhere', from: [statement.source.value], name: local }
        : { kind: 'local', name: local };
    }
    if (statement.declaration && declares(statement.declaration, name)) return { kind: 'local', name };
  }
  const common = commonExport(source, name);
  if (common) return common;
  return stars.length > 0 ? { kind: 'elsewhere', from: stars, name } : { kind: 'none' };
}

function declares(declaration: Node, name: string): boolean {
  let found = false;
  const { declarations, id } = declaration as unknown as {
    readonly declarations?: { readonly id: Node }[];
    readonly id?: Node;
  };
  for (const pattern of declarations ? declarations.map((d) => d.id) : id ? [id] : [])
    walk(pattern, (node) => {
      if (node.type === 'Identifier' && (node as unknown as Named).name === name) found = true;
    });
  return found;
}

/** `exports.name = value`, `module.exports = { name }`; null when there is none or more than one. */
function commonExport(source: SourceFile, name: string): Export | null {
  const found: Export[] = [];
  walk(source.root, (node) => {
    if (node.type !== 'AssignmentExpression') return;
    const { left, right } = node as unknown as { left: Node; right: Node };
    const target = dottedName(left);
    if (target === `exports.${name}` || target === `module.exports.${name}`)
      found.push({ kind: 'expression', node: right, path: [] });
    if (target === 'module.exports')
      found.push({ kind: 'expression', node: right, path: name === 'default' ? [] : [name] });
  });
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** The specifiers of all that a module imports, exports from elsewhere or requires. */
export function importSpecifiers(source: SourceFile): string[] {
  const found = statements(source).flatMap((statement) =>
    (statement.type === 'ImportDeclaration' ||
      statement.type === 'ExportNamedDeclaration' ||
      statement.type === 'ExportAllDeclaration') &&
    statement.source
      ? [statement.source.value]
      : [],
  );
  walk(source.root, (node) => {
    if (node.type !== 'CallExpression') return;
    const { callee, arguments: args } = node as unknown as { callee: Node; arguments: (Node & Named)[] };
    if ((callee.type === 'Import' || dottedName(callee) === 'require') && args[0]?.type === 'StringLiteral')
      found.push(textOf(args[0]));
  });
  return found;
}

/** Names by which `file` calls what `owner` exports as `name`: `make`, `build` (renamed), `tools.make`. */
export function importsNamed(
  files: SourceFiles,
  file: SourceFile,
  owner: SourceFile,
  name: string,
): string[] {
  const gives = (exported: string): boolean => {
    const found = exportOf(owner, exported);
    return (
      (found.kind === 'local' && found.name === name) ||
      (found.kind === 'expression' && nameOf(found.node, found.path) === name)
    );
  };
  const names = statements(file).flatMap((statement) => {
    if (statement.type !== 'ImportDeclaration') return [];
    if (files.imported(file.file, statement.source.value) !== owner) return [];
    return statement.specifiers.flatMap((specifier) => {
      const local = specifier.local.name;
      if (specifier.type === 'ImportNamespaceSpecifier') return gives(name) ? [`${local}.${name}`] : [];
      const exported = specifier.type === 'ImportSpecifier' ? textOf(specifier.imported) : 'default';
      return gives(exported) ? [local] : [];
    });
  });
  walk(file.root, (node) => {
    if (node.type !== 'VariableDeclarator') return;
    const { id, init } = node as unknown as { id: Node; init: Node | null };
    const call = init && unwrapped(init);
    if (call?.type !== 'CallExpression') return;
    const { callee, arguments: args } = call as unknown as { callee: Node; arguments: (Node & Named)[] };
    if (dottedName(callee) !== 'require' || args[0]?.type !== 'StringLiteral') return;
    if (files.imported(file.file, textOf(args[0])) !== owner) return;
    if (id.type === 'Identifier' && gives(name)) names.push(`${(id as unknown as Named).name}.${name}`);
    if (id.type !== 'ObjectPattern') return;
    for (const property of (id as unknown as { properties: Node[] }).properties) {
      if (property.type !== 'ObjectProperty') continue;
      const { key, value } = property as unknown as { key: Node; value: Node & Named };
      const exported = keyName({ key });
      if (exported !== null && value.type === 'Identifier' && gives(exported)) names.push(textOf(value));
    }
  });
  return names;
}

/** The function an export expression is: by its own name, or by the shorthand of the object it stands in. */
function nameOf(node: Node, path: readonly string[]): string | null {
  if (path.length === 0) {
    const id = (node as unknown as { id?: Node | null }).id ?? node;
    return dottedName(id);
  }
  if (node.type !== 'ObjectExpression') return null;
  for (const property of (node as unknown as { properties: Node[] }).properties) {
    if (property.type !== 'ObjectProperty') continue;
    const { key, value } = property as unknown as { key: Node; value: Node };
    if (keyName({ key }) === path[0]) return dottedName(value);
  }
  return null;
}
