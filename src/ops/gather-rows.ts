import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { ceilDiv, type Launch } from '../gpu/launch.ts';
import { BYTES_OF } from '../gpu/pooled-array.ts';
import bytesSource from '../../kernels/gather-bytes.wgsl';
import wordsSource from '../../kernels/gather-rows.wgsl';
import { launchByPlaces } from './kernel-parts.ts';
import type { OpContext } from './op.ts';
import { count, shapeError, show } from './shape.ts';

export function planGatherRows(
  facts: DeviceFacts,
  dtype: Dtype,
  rows: number,
  rowBytes: number,
  sourceRows: number,
): Launch {
  const whole = rowBytes % 4 === 0;
  const words = ceilDiv(rows * rowBytes, 4);
  return launchByPlaces(facts, words, {
    kernel: {
      op: 'gather-rows',
      variant: whole ? 'words' : 'bytes',
      dtype,
      family: 'copy',
      file: whole ? 'kernels/gather-rows.wgsl' : 'kernels/gather-bytes.wgsl',
      source: whole ? wordsSource : bytesSource,
      bindings: ['in', 'in', 'out', 'params'],
    },
    params: [rows, whole ? rowBytes / 4 : rowBytes, sourceRows],
    flops: 0,
    bytesMoved: 2 * rows * rowBytes + 4 * rows,
  });
}

/** Rows of an array of any type, as they lie there; for batches of a dataset, not differentiable. */
export function gatherRows(context: OpContext, x: DeviceArray, index: DeviceArray): DeviceArray {
  const [sourceRows, ...rest] = x.shape;
  const [rows] = index.shape;
  if (sourceRows === undefined || index.shape.length !== 1 || rows === undefined || rows === 0)
    throw shapeError('gather rows', `rows ${show(index.shape)} of ${show(x.shape)}`);
  if (index.dtype !== 'u32' && index.dtype !== 'i32')
    throw shapeError('gather rows', `row numbers are u32 or i32, not ${index.dtype}`);
  const y = context.empty([rows, ...rest], x.dtype, 'input');
  context.launch(context.plan(planGatherRows, x.dtype, rows, count(rest) * BYTES_OF[x.dtype], sourceRows), [
    x,
    index,
    y,
  ]);
  return y;
}
