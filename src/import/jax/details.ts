/** The texts that XProf packs facts of a kernel into. */
import type { Phase } from '../../trace/model.ts';

export interface KernelDetails {
  readonly registers: number | null;
  readonly sharedBytes: number | null;
  readonly grid: readonly [number, number, number] | null;
  readonly block: readonly [number, number, number] | null;
  readonly occupancyPercent: number | null;
}

/** `regs:32 static_shared:0 dynamic_shared:0 grid:4,1,1 block:128,1,1 occ_pct:100` */
export function parseKernelDetails(text: string): KernelDetails {
  const number = (name: string): number | null => {
    const found = new RegExp(`\\b${name}:\\s*([\\d.]+)`).exec(text)?.[1];
    return found === undefined ? null : Number(found);
  };
  const vector = (name: string): [number, number, number] | null => {
    const found = new RegExp(`\\b${name}:\\s*(\\d{1,10}),(\\d{1,10}),(\\d{1,10})`).exec(text);
    const [x, y, z] = [Number(found?.[1]), Number(found?.[2]), Number(found?.[3])];
    return found && Math.max(x, y, z) < 2 ** 32 ? [x, y, z] : null;
  };
  const staticBytes = number('static_shared');
  const dynamicBytes = number('dynamic_shared');
  return {
    registers: number('regs'),
    sharedBytes:
      staticBytes === null && dynamicBytes === null ? null : (staticBytes ?? 0) + (dynamicBytes ?? 0),
    grid: vector('grid'),
    block: vector('block'),
    occupancyPercent: number('occ_pct'),
  };
}

/** Bytes of a copy: `kind_src:pageable kind_dst:device size:4096 dest:0 async:1`. */
export function parseSize(text: string): number {
  const found = /\b(?:size|num_bytes):\s*(\d+)/.exec(text)?.[1];
  return found === undefined ? 0 : Number(found);
}

export interface Scope {
  /** Name scopes from the outside in: modules of Flax or Haiku. */
  readonly path: string[];
  readonly operation: string;
  readonly phase: Phase;
}

/**
 * A JAX name stack: `jit(train_step)/jit(main)/transpose(jvp(MLP))/Dense_0/dot_general`. The last part is the operation;
 * transformations wrap a scope in brackets, and `transpose` marks the backward pass.
 */
export function parseScope(text: string): Scope {
  const parts = splitScope(text.replace(/:\w*$/, '')).slice(0, 64);
  const operation = parts.pop() ?? '';
  const phase: Phase = text.includes('transpose(') ? 'backward' : text.includes('jvp(') ? 'forward' : 'other';
  const path = parts.flatMap((part) => {
    if (/^(jit|pjit|xla_call|pmap|while|cond|body|scan)(\(|$)/.test(part)) return [];
    const inner = part.replace(/^.*\(/, '').replace(/\).*$/, '');
    return inner === '' ? [] : [inner];
  });
  return { path, operation, phase };
}

/** Splits at slashes that stand outside brackets. */
function splitScope(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    const c = text[i];
    if (c === '(') depth++;
    else if (c === ')') depth--;
    else if (c === undefined || (c === '/' && depth <= 0)) {
      if (i > start) parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return parts;
}
