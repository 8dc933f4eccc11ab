/** Which kernels only put data into another order. */
import type { KernelInfo } from '../trace/model.ts';

export function isReorder(kernel: KernelInfo | undefined): boolean {
  return kernel?.family === 'copy' && /transpose|permute|nchw|nhwc|layout/i.test(kernel.name);
}
