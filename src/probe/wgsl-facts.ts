/**
 * What a WGSL text says about a launch: workgroup size, workgroup memory, how each binding is accessed. Not a compiler: it
 * reads module-scope declarations and evaluates the constant expressions that sizes are written with. What it cannot read
 * is reported as unknown, never guessed.
 */

export interface WgslFacts {
  readonly workgroupSize: readonly [number, number, number];
  /** Bytes of module-scope `var<workgroup>`; null when a size could not be read. */
  readonly workgroupBytes: number | null;
  /** 1 read, 2 write, 3 both, by `group:binding`. Uniforms and read-only storage read. */
  readonly access: ReadonlyMap<string, number>;
}

export type Constants = Readonly<Record<string, number>>;

const UNKNOWN_SIZE = [0, 0, 0] as const;

export function entryPoints(wgsl: string): string[] {
  return [
    ...withoutComments(wgsl).matchAll(/@compute\b[^;{}]*?\bfn\s+([\p{XID_Start}_][\p{XID_Continue}]*)/gu),
  ].map((match) => match[1] as string);
}

/** `entryPoint` null takes the only one there is. `overrides` are the pipeline's constants, by name or `@id`. */
export function wgslFacts(wgsl: string, entryPoint: string | null, overrides: Constants = {}): WgslFacts {
  const text = withoutComments(wgsl);
  const names = new Names(text, overrides);
  return {
    workgroupSize: workgroupSize(text, entryPoint, names),
    workgroupBytes: workgroupBytes(text, names),
    access: bindingAccess(text),
  };
}

function withoutComments(wgsl: string): string {
  return wgsl.replace(/\/\/[^\n]*/g, '').replace(/\/\*[\s\S]*?\*\//g, ' ');
}

function workgroupSize(
  text: string,
  entryPoint: string | null,
  names: Names,
): readonly [number, number, number] {
  for (const match of text.matchAll(
    /((?:@\w+(?:\s*\((?:[^()]|\([^()]*\))*\))?\s*)+)fn\s+([\p{XID_Start}_][\p{XID_Continue}]*)/gu,
  )) {
    const [, attributes = '', name] = match;
    if (!/@compute\b/.test(attributes) || (entryPoint !== null && name !== entryPoint)) continue;
    const size = /@workgroup_size\s*\(((?:[^()]|\([^()]*\))*)\)/.exec(attributes);
    if (!size) return UNKNOWN_SIZE;
    const [x, y = 1, z = 1] = splitTop(size[1] as string).map((part) => names.value(part));
    return [x, y, z].every((value) => value !== undefined && Number.isFinite(value))
      ? [x as number, y as number, z as number]
      : UNKNOWN_SIZE;
  }
  return UNKNOWN_SIZE;
}

function workgroupBytes(text: string, names: Names): number | null {
  let total = 0;
  for (const match of text.matchAll(
    /var\s*<\s*workgroup\s*>\s*[\p{XID_Start}_][\p{XID_Continue}]*\s*:\s*([^;]+);/gu,
  )) {
    const layout = names.layout(match[1] as string);
    if (!layout) return null;
    total = roundUp(total, layout.align) + layout.size;
  }
  return total;
}

function bindingAccess(text: string): Map<string, number> {
  const access = new Map<string, number>();
  for (const match of text.matchAll(/((?:@(?:group|binding)\s*\(\s*\w+\s*\)\s*)+)var\s*(?:<([^>]*)>)?/g)) {
    const group = /@group\s*\(\s*(\d+)/.exec(match[1] as string)?.[1];
    const binding = /@binding\s*\(\s*(\d+)/.exec(match[1] as string)?.[1];
    const [space = '', mode = ''] = (match[2] ?? '').split(',').map((part) => part.trim());
    access.set(
      `${group}:${binding}`,
      space === 'storage' ? (mode === 'read_write' ? 3 : mode === 'write' ? 2 : 1) : 1,
    );
  }
  return access;
}

interface Layout {
  readonly size: number;
  readonly align: number;
}

const SCALARS: Readonly<Record<string, number>> = { f32: 4, i32: 4, u32: 4, bool: 4, f16: 2 };
const SHORT_SUFFIX: Readonly<Record<string, string>> = { f: 'f32', i: 'i32', u: 'u32', h: 'f16' };

/** Module-scope constants, overrides, aliases and structs, evaluated on demand. */
class Names {
  readonly #expressions = new Map<string, string>();
  readonly #values = new Map<string, number | undefined>();
  readonly #aliases = new Map<string, string>();
  readonly #structs = new Map<string, string>();

  constructor(text: string, overrides: Constants) {
    for (const match of text.matchAll(
      /((?:@id\s*\(\s*\d+\s*\)\s*)?)(?:const|override)\s+([\p{XID_Start}_][\p{XID_Continue}]*)\s*(?::\s*\w+)?\s*(?:=\s*([^;]+))?;/gu,
    )) {
      const [, id, name = '', expression = ''] = match;
      const number = /\d+/.exec(id ?? '')?.[0];
      const given = overrides[name] ?? (number === undefined ? undefined : overrides[number]);
      if (given !== undefined) this.#values.set(name, Number(given));
      else this.#expressions.set(name, expression);
    }
    for (const match of text.matchAll(/alias\s+(\w+)\s*=\s*([^;]+);/g))
      this.#aliases.set(match[1] as string, match[2] as string);
    for (const match of text.matchAll(/struct\s+(\w+)\s*\{([^}]*)\}/g))
      this.#structs.set(match[1] as string, match[2] as string);
  }

  value(expression: string): number | undefined {
    const parser = new Expression(expression, (name) => this.#named(name));
    return parser.result();
  }

  #named(name: string): number | undefined {
    if (this.#values.has(name)) return this.#values.get(name);
    const expression = this.#expressions.get(name);
    this.#values.set(name, undefined); // a cycle ends here
    const value = expression === undefined ? undefined : this.value(expression);
    this.#values.set(name, value);
    return value;
  }

  /** Size and alignment by the WGSL specification, 14.4.1. */
  layout(written: string, depth = 0): Layout | null {
    const type = written.trim();
    if (depth > 16) return null;
    const scalar = SCALARS[type];
    if (scalar) return { size: scalar, align: scalar };
    const alias = this.#aliases.get(type);
    if (alias !== undefined) return this.layout(alias, depth + 1);
    const struct = this.#structs.get(type);
    if (struct !== undefined) return this.#structLayout(struct, depth);
    const short = /^(vec[234]|mat[234]x[234])([fiuh])$/.exec(type);
    const generic = /^(\w+)\s*<([\s\S]*)>$/.exec(type);
    const name = short?.[1] ?? generic?.[1];
    const parts = short ? [SHORT_SUFFIX[short[2] as string] as string] : splitTop(generic?.[2] ?? '');
    const inner = name === undefined ? null : this.layout(parts[0] ?? '', depth + 1);
    if (!inner || name === undefined) return null;
    if (name === 'atomic') return inner;
    if (name === 'array') {
      const count = this.value(parts[1] ?? '');
      return count === undefined
        ? null
        : { size: count * roundUp(inner.size, inner.align), align: inner.align };
    }
    const vector = /^vec([234])$/.exec(name);
    if (vector) return vectorLayout(Number(vector[1]), inner.size);
    const matrix = /^mat([234])x([234])$/.exec(name);
    if (!matrix) return null;
    const column = vectorLayout(Number(matrix[2]), inner.size);
    return { size: Number(matrix[1]) * roundUp(column.size, column.align), align: column.align };
  }

  #structLayout(body: string, depth: number): Layout | null {
    let size = 0;
    let align = 1;
    for (const member of splitTop(body)) {
      const type = member.replace(/@\w+(\s*\([^)]*\))?/g, '').split(':')[1];
      if (type === undefined) continue;
      const layout = this.layout(type, depth + 1);
      if (!layout) return null;
      size = roundUp(size, layout.align) + layout.size;
      align = Math.max(align, layout.align);
    }
    return { size: roundUp(size, align), align };
  }
}

function vectorLayout(count: number, element: number): Layout {
  return { size: count * element, align: (count === 3 ? 4 : count) * element };
}

function roundUp(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}

/** Splits at commas that are in no bracket; a trailing comma gives nothing. */
function splitTop(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i <= text.length; i++) {
    const c = text[i];
    if (c === '(' || c === '<') depth++;
    else if (c === ')' || c === '>') depth--;
    else if ((c === ',' && depth === 0) || c === undefined) {
      const part = text.slice(from, i).trim();
      if (part !== '') parts.push(part);
      from = i + 1;
    }
  }
  return parts;
}

const BINARY: readonly Readonly<Record<string, (a: number, b: number) => number>>[] = [
  { '<<': (a, b) => a * 2 ** b, '>>': (a, b) => Math.floor(a / 2 ** b) },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => Math.trunc(a / b), '%': (a, b) => a % b },
];

const FUNCTIONS: Readonly<Record<string, (...values: number[]) => number>> = {
  min: Math.min,
  max: Math.max,
  u32: Math.trunc,
  i32: Math.trunc,
};

/** Integer constant expressions by recursive descent; undefined for anything else. */
class Expression {
  readonly #tokens: string[];
  readonly #lookup: (name: string) => number | undefined;
  #at = 0;

  constructor(text: string, lookup: (name: string) => number | undefined) {
    this.#tokens =
      text.match(/0[xX][\da-fA-F]+[iu]?|\d[\w.]*|[\p{XID_Start}_][\p{XID_Continue}]*|<<|>>|\S/gu) ?? [];
    this.#lookup = lookup;
  }

  result(): number | undefined {
    const value = this.#binary(0);
    return this.#at === this.#tokens.length && value !== undefined && Number.isFinite(value)
      ? value
      : undefined;
  }

  #binary(level: number): number | undefined {
    const operators = BINARY[level];
    if (!operators) return this.#unary();
    let left = this.#binary(level + 1);
    for (
      let operator = operators[this.#tokens[this.#at] ?? ''];
      operator;
      operator = operators[this.#tokens[this.#at] ?? '']
    ) {
      this.#at++;
      const right = this.#binary(level + 1);
      left = left === undefined || right === undefined ? undefined : operator(left, right);
    }
    return left;
  }

  #unary(): number | undefined {
    const token = this.#tokens[this.#at++];
    if (token === undefined) return undefined;
    if (token === '-') {
      const value = this.#unary();
      return value === undefined ? undefined : -value;
    }
    if (token === '(') return this.#closed();
    if (/^\d/.test(token))
      return Number(token.replace(/[iuf]$/, (suffix) => (/^0[xX]/.test(token) && suffix === 'f' ? 'f' : '')));
    if (this.#tokens[this.#at] !== '(') return this.#lookup(token);
    this.#at++;
    return this.#call(token);
  }

  #closed(): number | undefined {
    const value = this.#binary(0);
    return this.#tokens[this.#at++] === ')' ? value : undefined;
  }

  #call(name: string): number | undefined {
    const values: (number | undefined)[] = [];
    do {
      values.push(this.#binary(0));
    } while (this.#tokens[this.#at++] === ',');
    const run = FUNCTIONS[name];
    return run && values.every((value) => value !== undefined) ? run(...(values as number[])) : undefined;
  }
}
