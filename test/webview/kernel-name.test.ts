import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kernelName } from '../../webview/kernel-name.ts';

const NAMES = [
  ['gemm/nn-uni-m16x4u4/f32', 'gemm', 'nn-uni-m16x4u4 · f32'],
  ['volta_sgemm_64x64_nt', 'volta_sgemm_64x64_nt', ''],
  ['void cudnn::detail::dgrad_engine<float, 512, 6>(int, float const*)', 'dgrad_engine', '<float, 512, 6>'],
  ['void at::native::vectorized_elementwise_kernel<4, at::native::AddFunctor<float> >(int)', 'vectorized_elementwise_kernel', '<4, at::native::AddFunctor<float> >'],
  ['ncclKernel_AllReduce_RING_LL_Sum_float(ncclWorkElem)', 'ncclKernel_AllReduce_RING_LL_Sum_float', ''],
  ['void f<decltype(a->b)', 'f', '<decltype(a->b)'],
  ['', '', ''],
] as const; // prettier-ignore

test('a kernel’s name is split into what it does and what tells it apart', () => {
  for (const [name, short, rest] of NAMES) assert.deepEqual(kernelName(name), { short, rest }, name);
});
