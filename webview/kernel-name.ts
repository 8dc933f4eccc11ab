/** Names of kernels as a person reads them: the part that says what it does, and the rest. Pure. */

export interface KernelName {
  readonly short: string;
  /** Variant, element type, template arguments: what tells two kernels of the same operation apart. */
  readonly rest: string;
}

/**
 * Ours are `op/variant/dtype`. Others are often C++ signatures (`void at::native::reduce_kernel<512, 1>(...)`): of those the
 * function's own name is enough, and its template arguments tell instances apart.
 */
export function kernelName(name: string): KernelName {
  if (/[<(]|::/.test(name)) return signature(name);
  const [short = name, ...rest] = name.split('/');
  return { short, rest: rest.join(' · ') };
}

export function shortKernel(name: string): string {
  return kernelName(name).short;
}

function signature(name: string): KernelName {
  const start = name.replace(/^(?:void|static|inline)\s+/, '');
  const open = start.search(/[<(]/);
  const path = open < 0 ? start : start.slice(0, open);
  const short = path.split('::').at(-1)?.trim() || name;
  const template = start[open] === '<' ? start.slice(open, closing(start, open) + 1) : '';
  return { short, rest: template };
}

/** Index of the bracket that closes the one at `open`, or of the last letter. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === '<') depth++;
    // `->` is no bracket.
    else if (text[i] === '>' && text[i - 1] !== '-' && --depth === 0) return i;
  }
  return text.length - 1;
}
