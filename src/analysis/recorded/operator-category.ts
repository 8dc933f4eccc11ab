/** Category of an operator in the terms of AMD's TraceLens: by its name, else by the first kernel it launches. */

const BY_NAME: readonly (readonly [RegExp, string])[] = [
  [/^(aten::(mm|addmm|bmm|baddbmm|_scaled_mm)|trtllm::cublas_scaled_mm|bitsandbytes::int8_linear_matmul|tex_ts::te_gemm_ts|vllm::gemm_with_dynamic_quant)$/, 'GEMM'],
  [/^aten::(miopen_|cudnn_)?convolution$|^ConvBias(ReLU)?_$/, 'CONV_fwd'],
  [/^aten::convolution_backward$|^ConvBias(ReLU)?_Backward$/, 'CONV_bwd'],
  [/^aten::((native_|miopen_|cudnn_)?(batch|layer|group|instance)_norm|_fused_rms_norm)$/, 'NORM_fwd'],
  [/^aten::((native_|miopen_|cudnn_)?(batch|layer|group|instance|rms)_norm_backward|_fused_rms_norm_backward)$/, 'NORM_bwd'],
  [/^(FlashAttnFunc|flash_attn(_3)?::(_flash_attn_(varlen_)?forward|fwd)|aten::(_scaled_dot_product_(cudnn|efficient|flash)_attention|_efficient_attention_forward)|aiter::(_flash_attn_forward|mha_fwd|fmha_v3_fwd|wrapper_fmha_v3_fwd))$/, 'SDPA_fwd'],
  [/^(FlashAttnFuncBackward|FusedAttnFuncBackward|flash_attn::_flash_attn_(varlen_)?backward|aten::(_scaled_dot_product_(cudnn|efficient|flash)_attention_backward|_efficient_attention_backward)|aiter::(_flash_attn_backward|mha_bwd|wrapper_fmha_v3_bwd))$/, 'SDPA_bwd'],
  [/^aten::(copy_?|clamp_(min|max)_?|sigmoid|rsqrt|silu|neg|pow|div_?|mul_?|add_?|sigmoid_backward|threshold_backward)$/, 'elementwise'],
  [/^aten::(sum|mean|max|min|norm|linalg_norm|all|any|prod|amax|amin|argmax|argmin)$/, 'reduce'],
  [/^triton/, 'triton'],
  [/^record_param_comms/, 'record_param_comms'],
]; // prettier-ignore

const BY_KERNEL = ['elementwise', 'reduce', 'multi_tensor_apply'] as const;

export function operatorCategory(operator: string, firstKernel: string): string {
  for (const [pattern, category] of BY_NAME) if (pattern.test(operator)) return category;
  if (firstKernel.startsWith('void at::native'))
    for (const word of BY_KERNEL) if (firstKernel.includes(word)) return word;
  return 'other';
}
