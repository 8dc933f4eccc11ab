/** The family of a GPU kernel, from its name and the operator that launched it. */
import type { Family } from '../../trace/model.ts';

/** First match wins. Names of cuDNN, cuBLAS, CUTLASS, rocBLAS (Cijk), MIOpen, Triton and PyTorch's own kernels. */
const RULES: readonly (readonly [RegExp, Family])[] = [
  [/flash|fmha|attn|attention|softmax_warp|scaled_dot_product/i, 'attention'],
  [
    /conv|scudnn|wgrad|dgrad|winograd|im2col|col2im|nchwToNhwc|nhwcToNchw|miopen.*(fwd|bwd|wrw)/i,
    'convolution',
  ],
  [/gemm|gemv|Cijk|cutlass.*(mma|op)|matmul|xmma|splitK|dot_kernel|\bmm\b/i, 'gemm'],
  [/norm|\bbn_|batchnorm|_bn_/i, 'normalization'],
  [/multi_tensor|adam|sgd|optimizer|lamb/i, 'optimizer'],
  [/nll|cross_entropy|NLLCriterion|mse|loss/i, 'loss'],
  [/softmax|reduce|sum_|mean|cub::|scan|sort|topk|argmax/i, 'reduction'],
  [/copy|cat_|CatArray|transpose|permute|fill|memset|memcpy|index|gather|scatter|embedding/i, 'copy'],
  [
    /elementwise|vectorized|pointwise|triton_poi|add|mul|relu|gelu|clamp|threshold|dropout|unrolled/i,
    'element-wise',
  ],
  [/nccl|rccl|allreduce/i, 'other'],
];

/** PyTorch's elementwise kernels carry the functor in their name, which would match by accident: looked at first. */
const POINTWISE =
  /^(void )?at::native::(\(anonymous namespace\)::)?(vectorized_|unrolled_)?elementwise_kernel/;

export function kernelFamily(name: string, operator: string): Family {
  if (/nccl|rccl/i.test(name)) return 'other';
  if (POINTWISE.test(name)) return /copy|fill/i.test(name) ? 'copy' : 'element-wise';
  if (/^(aten::)?(_?softmax|_?log_softmax|_log_softmax|_softmax)/.test(operator)) return 'reduction';
  for (const [pattern, family] of RULES) if (pattern.test(name)) return family;
  for (const [pattern, family] of RULES) if (pattern.test(operator)) return family;
  return 'other';
}
