/** The way from a module-scope variable's start to an element or a member of it. */
import type { Lanes } from './lanes.ts';
import { add, constant, multiply, textOf } from './lanes.ts';
import type { Node, Type } from './syntax.ts';
import { layoutOf, memberOf, strideOf, vectorCount } from './syntax.ts';

/** A place within a module-scope variable, on the way from its start to what an expression means. */
export interface Cursor {
  readonly variable: Node;
  /** Of what is at the place; null when unknown. */
  readonly type: Type | null;
  /** Bytes from the variable's start. */
  readonly offset: Lanes | null;
  /** `p.K`, for people and as the name of the unknown that stands there. */
  readonly text: string;
  /** Components that a swizzle takes; 1 without one. */
  readonly components: number;
}

export function cursorAt(lanes: number, variable: Node): Cursor {
  return { variable, type: variable.type, offset: constant(lanes, 0), text: variable.name, components: 1 };
}

/** `[index]` of an array, a vector or a matrix. */
export function element(lanes: number, from: Cursor, index: Lanes | null): Cursor {
  const { type, offset, text } = from;
  const isArray = type?.name === 'array';
  const stride = !type ? null : isArray ? strideOf(type) : elementBytes(type);
  return {
    ...from,
    type: !type ? null : isArray ? (type.format ?? null) : scalarOf(type),
    offset: offset && index && stride !== null ? add(offset, multiply(index, constant(lanes, stride))) : null,
    text: `${text}[${index ? textOf(index) : '?'}]`,
  };
}

/** `.name` of a struct, or the components of a vector that a swizzle names. */
export function member(lanes: number, from: Cursor, name: string): Cursor {
  const { type, offset } = from;
  const text = `${from.text}.${name}`;
  const found = type ? memberOf(type, name) : null;
  if (!type || !offset) return { ...from, type: found?.type ?? null, offset: null, text };
  if (found) return { ...from, type: found.type, offset: add(offset, constant(lanes, found.offset)), text };
  const bytes = (elementBytes(type) ?? 0) * componentOf(name[0] ?? '');
  return {
    ...from,
    type: scalarOf(type),
    offset: add(offset, constant(lanes, bytes)),
    text,
    components: name.length,
  };
}

/** 0 to 3 for x to w, and for r to a. */
export function componentOf(letter: string): number {
  return Math.max('xyzw'.indexOf(letter), 'rgba'.indexOf(letter));
}

/** Bytes of a component of a vector or a column of a matrix. */
function elementBytes(type: Type): number | null {
  const layout = layoutOf(type);
  const count = vectorCount(type) ?? Number(/^mat([234])/.exec(type.name)?.[1] ?? NaN);
  return layout && Number.isFinite(count) ? layout.size / count : null;
}

function scalarOf(type: Type): Type {
  const suffix = { f: 'f32', i: 'i32', u: 'u32', h: 'f16' }[type.name.at(-1) ?? ''];
  return type.format ?? { astNodeType: 'type', name: suffix ?? 'f32' };
}
