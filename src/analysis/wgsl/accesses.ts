/**
 * Goes through a WGSL kernel for the lanes of one wave at once and notes where in the bound buffers each of them reads and writes.
 * Not an executor: branches are all taken, loops are gone through until their names settle, and what cannot be known is unknown.
 */
import type { Lanes } from './lanes.ts';
import { parseWgsl } from './syntax.ts';
import { TooLong, Walk } from './walk.ts';

export interface Access {
  readonly group: number;
  readonly binding: number;
  /** Name of the variable. */
  readonly name: string;
  readonly kind: 'load' | 'store';
  /** Bytes that one lane touches. */
  readonly bytes: number;
  /** Bytes from the binding's start, lane by lane; null when unknown. */
  readonly offset: Lanes | null;
  /** 1-based line of the WGSL text. */
  readonly line: number;
  /** Counts of turns of the loops around it, outermost first, as they appear in `offset`. */
  readonly loops: readonly string[];
}

export interface KernelShape {
  readonly workgroupSize: readonly [number, number, number];
  /** Lanes that run together. */
  readonly wave: number;
  readonly constants?: Readonly<{ [name: string]: number | boolean | string }> | undefined;
  /** The u32 at a byte of a uniform binding, where it is known. */
  readonly uniform?: (group: number, binding: number, offsetBytes: number) => number | undefined;
}

/** Every access of the module's one compute entry point; null when the text is not understood. */
export function memoryAccesses(wgsl: string, shape: KernelShape): Access[] | null {
  const module = parseWgsl(wgsl);
  const entries = module?.filter(({ attributes }) => attributes?.some(({ name }) => name === 'compute'));
  const [entry, ...others] = entries ?? [];
  const lanes = Math.min(
    shape.wave,
    shape.workgroupSize.reduce((a, b) => a * b, 1),
  );
  if (!module || !entry || others.length > 0 || !(lanes >= 2)) return null;
  try {
    return new Walk(module, lanes, shape).entry(entry);
  } catch (error) {
    // A tree of a shape that the parser's types do not tell is a text that is not understood.
    if (error instanceof TooLong || error instanceof RangeError || error instanceof TypeError) return null;
    throw error;
  }
}
