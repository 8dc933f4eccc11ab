/** What WGSL's operators and built-in functions make of values of lanes. */
import type { Lanes } from './lanes.ts';
import {
  add,
  constant,
  divide,
  each,
  equal,
  isUniform,
  multiply,
  numberOf,
  numbersOf,
  symbol,
  textOf,
} from './lanes.ts';
import type { Value } from './scope.ts';
import { isLanes, isVector } from './scope.ts';
import type { Type } from './syntax.ts';
import { vectorCount } from './syntax.ts';

const MINUS_ONE = -1;

/** Component by component where one side is a vector. */
export function binary(lanes: number, operator: string, a: Value, b: Value): Value {
  if (isVector(a) || isVector(b)) {
    const count = isVector(a) ? a.parts.length : isVector(b) ? b.parts.length : 0;
    const part = (value: Value, i: number): Value => (isVector(value) ? (value.parts[i] ?? null) : value);
    return {
      parts: Array.from({ length: count }, (_, i) => binary(lanes, operator, part(a, i), part(b, i))),
    };
  }
  return isLanes(a) && isLanes(b) ? scalar(lanes, operator, a, b) : null;
}

function scalar(lanes: number, operator: string, a: Lanes, b: Lanes): Lanes | null {
  const by = numberOf(b);
  switch (operator) {
    case '+':
      return add(a, b);
    case '-':
      return add(a, b, MINUS_ONE);
    case '*':
      return multiply(a, b);
    case '<<':
      if (by !== null) return multiply(a, constant(lanes, 2 ** by));
      break;
    case '>>':
      if (by !== null) return divide(a, 2 ** by)?.quotient ?? opaque(lanes, operator, a, b);
      break;
    case '/':
      if (by !== null) return divide(a, by)?.quotient ?? opaque(lanes, operator, a, b);
      return each([a, b], (x, y) => Math.trunc(x / y)) ?? opaque(lanes, operator, a, b);
    case '%':
      if (by !== null) return divide(a, by)?.rest ?? opaque(lanes, operator, a, b);
      return each([a, b], (x, y) => x % y) ?? opaque(lanes, operator, a, b);
    case '&':
      // A mask of ones is the rest of a division.
      if (by !== null && Number.isInteger(Math.log2(by + 1)))
        return divide(a, by + 1)?.rest ?? opaque(lanes, operator, a, b);
      return each([a, b], (x, y) => x & y) ?? opaque(lanes, operator, a, b);
    case '|':
      return each([a, b], (x, y) => x | y) ?? opaque(lanes, operator, a, b);
    case '^':
      return each([a, b], (x, y) => x ^ y) ?? opaque(lanes, operator, a, b);
  }
  return opaque(lanes, operator, a, b);
}

/** A number that nobody knows, but all lanes have the same. */
function opaque(lanes: number, operator: string, ...values: readonly Lanes[]): Lanes | null {
  return values.every(isUniform) ? symbol(lanes, `(${values.map(textOf).join(` ${operator} `)})`) : null;
}

export function unary(lanes: number, operator: string, value: Value): Value {
  if (isVector(value)) return { parts: value.parts.map((part) => unary(lanes, operator, part)) };
  if (!isLanes(value)) return null;
  return operator === '-' ? multiply(value, constant(lanes, MINUS_ONE)) : opaque(lanes, operator, value);
}

const isScalar = (type: Type | null): boolean => type !== null && /^[uif]\d+$/.test(type.name);

/** What a variable without a value holds. */
export function zeroOf(lanes: number, type: Type | null): Value {
  const count = type ? vectorCount(type) : null;
  const zero = constant(lanes, 0);
  if (count !== null) return { parts: Array.from({ length: count }, () => zero) };
  return isScalar(type) ? zero : null;
}

/** `u32(x)`, `vec3u(xy, z)`, `vec4f()`; arrays and structs are not followed. */
export function construct(lanes: number, type: Type | null, values: readonly Value[]): Value {
  const [first] = values;
  if (first === undefined) return zeroOf(lanes, type);
  const count = type ? vectorCount(type) : null;
  if (count === null) return isScalar(type) ? first : null;
  const parts = values.flatMap((value) => (isVector(value) ? value.parts : [value]));
  return { parts: parts.length === 1 ? Array.from({ length: count }, () => parts[0] as Value) : parts };
}

/** A function of WGSL itself. Bounds are taken to lie outside what the lanes ask for: the inside of the data is what counts. */
export function builtinCall(lanes: number, name: string, values: readonly Value[]): Value {
  const length = values.findLast(isVector)?.parts.length;
  if (length !== undefined && COMPONENTWISE.has(name))
    return {
      parts: Array.from({ length }, (_, i) =>
        builtinCall(
          lanes,
          name,
          values.map((value) => (isVector(value) ? (value.parts[i] ?? null) : value)),
        ),
      ),
    };
  const [a, b, c] = values;
  const known = values.filter((value): value is Lanes => value !== null && isLanes(value));
  if (known.length < values.length || a === undefined || !isLanes(a as Value)) return null;
  const first = a as Lanes;
  switch (name) {
    case 'min':
    case 'max':
      return each(known, name === 'min' ? Math.min : Math.max) ?? inside(lanes, name, known);
    case 'clamp':
      return each(known, (x, low, high) => Math.min(Math.max(x as number, low as number), high as number)) ?? inside(lanes, name, known); // prettier-ignore
    case 'select':
      if (b && isLanes(b) && c)
        return equal(first, b) ? first : numberOf(c as Lanes) === 1 ? b : opaque(lanes, name, ...known);
      return null;
    case 'abs':
      return each(known, Math.abs) ?? opaque(lanes, name, ...known);
    case 'floor':
    case 'ceil':
    case 'round':
    case 'trunc':
      return numbersOf(first) ? first : opaque(lanes, name, first);
    default:
      return known.every(isUniform) ? symbol(lanes, `${name}(${known.map(textOf).join(', ')})`) : null;
  }
}

/** `min(i, n - 1u)`: of a value that differs by lane and bounds that do not, the value. */
function inside(lanes: number, name: string, values: readonly Lanes[]): Lanes | null {
  const varying = values.filter((value) => !isUniform(value));
  return varying.length === 1 ? (varying[0] ?? null) : opaque(lanes, name, ...values);
}

const COMPONENTWISE = new Set(['min', 'max', 'clamp', 'select', 'abs']);
