/**
 * A kernel as data: plain WGSL and the prelude put in front of it. The text is the identity: two definitions with
 * equal text are one pipeline.
 */
import type { Family } from '../trace/model.ts';
import type { Dtype } from './array.ts';

/** What a binding is for. Arrays come first, in the order of `group(0)`; `params` is the uniform block and comes last. */
export type Binding = 'in' | 'out' | 'params';

export interface KernelDef {
  readonly op: string;
  /** Names the algorithm and its constants, e.g. `uni-m32x32` or `vec4`. */
  readonly variant: string;
  readonly dtype: Dtype;
  readonly family: Family;
  /** For messages: `kernels/unary.wgsl`. */
  readonly file: string;
  readonly source: string;
  readonly enables?: readonly ('f16' | 'subgroups')[];
  readonly aliases?: Readonly<Record<string, string>>;
  /** Whole numbers become u32, booleans bool; a string is taken as WGSL, e.g. `1.5f`. */
  readonly constants?: Readonly<Record<string, number | boolean | string>>;
  /** Functions the file expects, e.g. `fn op(x: Elem) -> Elem { ... }`. */
  readonly functions?: readonly string[];
  readonly bindings: readonly Binding[];
}

/** `op/variant/dtype` */
export function kernelName(kernel: KernelDef): string {
  return `${kernel.op}/${kernel.variant}/${kernel.dtype}`;
}

function preludeOf(kernel: KernelDef): readonly string[] {
  const lines = (kernel.enables ?? []).map((feature) => `enable ${feature};`);
  for (const [name, type] of Object.entries(kernel.aliases ?? {})) lines.push(`alias ${name} = ${type};`);
  for (const [name, value] of Object.entries(kernel.constants ?? {})) {
    if (typeof value === 'boolean') lines.push(`const ${name}: bool = ${value};`);
    else if (typeof value === 'number') lines.push(`const ${name}: u32 = ${value}u;`);
    else lines.push(`const ${name} = ${value};`);
  }
  return [...lines, ...(kernel.functions ?? [])];
}

/** The whole text as the device sees it. */
export function kernelText(kernel: KernelDef): string {
  return [...preludeOf(kernel), kernel.source].join('\n');
}

/** One line a message, at the file's own line numbers. */
export function explainCompile(kernel: KernelDef, messages: readonly GPUCompilationMessage[]): string {
  const offset = preludeOf(kernel).join('\n').split('\n').length;
  const shift = preludeOf(kernel).length === 0 ? 0 : offset;
  return messages
    .filter(({ type }) => type === 'error')
    .map(({ lineNum, linePos, message }) =>
      lineNum > shift
        ? `${kernel.file}:${lineNum - shift}:${linePos} ${message}`
        : `prelude of ${kernelName(kernel)}:${lineNum} ${message}`,
    )
    .join('\n');
}
