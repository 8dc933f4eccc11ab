/** The syntax tree of a WGSL text, as wgsl_reflect's parser gives it, in the few shapes that the analysis looks at. */
import { WgslParser } from 'wgsl_reflect/wgsl_reflect.module.js';

export interface Attribute {
  readonly name: string;
  readonly value: string | readonly string[] | null;
}

export interface Type {
  readonly astNodeType: string;
  readonly name: string;
  /** Of arrays, vectors, matrices and atomics: what they are made of. */
  readonly format?: Type | null;
  readonly count?: number;
  readonly members?: readonly { readonly name: string; readonly type: Type | null }[];
  /** Of an alias or a pointer. */
  readonly type?: Type | null;
}

/** Any node; which fields are there depends on `astNodeType`. */
export interface Node {
  readonly astNodeType: string;
  readonly line: number;
  readonly name: string;
  readonly attributes: readonly Attribute[] | null;
  readonly type: Type | null;
  readonly storage: string | null;
  readonly value: Node | null;
  readonly args: readonly Node[] | null;
  readonly body: readonly Node[];
  readonly operator: string;
  readonly left: Node;
  readonly right: Node;
  readonly condition: Node | null;
  readonly init: Node | null;
  readonly increment: Node | null;
  readonly variable: Node;
  readonly elseif: readonly Node[] | null;
  readonly else: readonly Node[] | null;
  readonly cases: readonly Node[];
  readonly continuing: Node | null;
  readonly postfix: Node | null;
  readonly index: Node;
  readonly initializer: Node;
}

/** The module's declarations; null where the text does not parse. */
export function parseWgsl(wgsl: string): readonly Node[] | null {
  try {
    return new WgslParser().parse(wgsl) as unknown as readonly Node[];
  } catch {
    return null;
  }
}

/** `[i]` rather than `.name`. */
export const isIndex = (postfix: Node): boolean => postfix.index !== undefined;

/** The value of a literal, and whether it is a whole number. */
export function literalOf(node: Node): { readonly value: number; readonly whole: boolean } {
  const { data } = node.value as unknown as { readonly data: ArrayLike<number> };
  return { value: data[0] ?? NaN, whole: !/^(f32|f16)$/.test(node.type?.name ?? '') };
}

export function attributeOf(node: Node, name: string): string | null {
  const value = node.attributes?.find((attribute) => attribute.name === name)?.value ?? null;
  return typeof value === 'string' ? value : (value?.[0] ?? null);
}

interface Layout {
  readonly size: number;
  readonly align: number;
}

const SCALARS: Readonly<Record<string, number>> = { f32: 4, i32: 4, u32: 4, bool: 4, f16: 2 };
const SUFFIX: Readonly<Record<string, number>> = { f: 4, i: 4, u: 4, h: 2 };
const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;

/** Size and alignment in memory, by the WGSL specification, 14.4.1; null for what has none. */
export function layoutOf(type: Type | null | undefined): Layout | null {
  if (!type) return null;
  if (type.astNodeType === 'alias') return layoutOf(type.type);
  const scalar = SCALARS[type.name];
  if (scalar) return { size: scalar, align: scalar };
  if (type.members) {
    let size = 0;
    let align = 1;
    for (const { type: member } of type.members) {
      const layout = layoutOf(member);
      if (!layout) return null;
      size = roundUp(size, layout.align) + layout.size;
      align = Math.max(align, layout.align);
    }
    return { size: roundUp(size, align), align };
  }
  if (type.name === 'atomic') return layoutOf(type.format);
  if (type.name === 'array') {
    const stride = strideOf(type);
    return stride === null
      ? null
      : { size: stride * (type.count ?? 0), align: layoutOf(type.format)?.align ?? 4 };
  }
  const element = SUFFIX[type.name.at(-1) ?? ''] ?? layoutOf(type.format)?.size ?? 0;
  const vector = (count: number): Layout => ({
    size: count * element,
    align: (count === 3 ? 4 : count) * element,
  });
  const count = vectorCount(type);
  if (count !== null) return element > 0 ? vector(count) : null;
  const matrix = /^mat([234])x([234])/.exec(type.name);
  if (!matrix || element === 0) return null;
  const column = vector(Number(matrix[2]));
  return { size: Number(matrix[1]) * roundUp(column.size, column.align), align: column.align };
}

/** Components of a vector type; null for other types. */
export function vectorCount(type: Type): number | null {
  const match = /^vec([234])[fiuh]?$/.exec(type.name);
  return match ? Number(match[1]) : null;
}

/** Bytes from one element of an array to the next. */
export function strideOf(type: Type): number | null {
  const layout = layoutOf(type.format);
  return layout ? roundUp(layout.size, layout.align) : null;
}

/** Bytes from a struct's start to a member, and the member's type. */
export function memberOf(type: Type, name: string): { readonly offset: number; readonly type: Type } | null {
  let offset = 0;
  for (const { name: own, type: member } of type.members ?? []) {
    const layout = layoutOf(member);
    if (!layout || !member) {
      // The runtime-sized array at the end has a place but no size of its own.
      return own === name && member?.name === 'array' ? { offset, type: member } : null;
    }
    offset = roundUp(offset, layout.align);
    if (own === name) return { offset, type: member };
    offset += layout.size;
  }
  return null;
}
