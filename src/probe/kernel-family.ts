/** A family guessed from a kernel's name, where no library told it: only for colors and grouping, never for figures. */
import type { Family } from '../trace/model.ts';

const SIGNS: readonly (readonly [RegExp, Family])[] = [
  [/attention|flash|sdpa/i, 'attention'],
  [/conv|im2col|depthwise/i, 'convolution'],
  [/mat_?mul|gemm|gemv|linear|\bdot\b|einsum/i, 'gemm'],
  [/norm/i, 'normalization'],
  [/adam|sgd|optimizer|rmsprop|momentum|lion/i, 'optimizer'],
  [/loss|cross_?entropy|\bnll|\bmse\b/i, 'loss'],
  [/reduce|\bsum\b|softmax|arg_?max|mean|max_?pool|avg_?pool|pool/i, 'reduction'],
  [/copy|fill|transpose|concat|slice|pad|gather|scatter|cast|identity|clear/i, 'copy'],
  [
    /add|mul|sub|div|relu|gelu|silu|sigmoid|tanh|exp|unary|binary|element|activation|dropout|bias|scale/i,
    'element-wise',
  ],
];

export function guessFamily(name: string): Family {
  return SIGNS.find(([sign]) => sign.test(name))?.[1] ?? 'other';
}
