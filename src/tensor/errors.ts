/** Errors of the library: what, in which layer, at which line of the user's. */
import { annotations, type LayerNote } from '../probe/annotate.ts';
import { userLine } from './user-line.ts';

/** A mistake in how tensors were used. The message names the layer and the user's line where both are known. */
export class TensorError extends Error {
  override readonly name = 'TensorError';
}

export const layerName = (layer: LayerNote | null): string | null =>
  layer ? `${layer.path} (${layer.type}(${layer.detail ?? ''}))` : null;

/** An error with its place: `<message>, in fc1 (Linear(784, 512)), at train.ts:12:20`. */
export function tensorError(
  message: string,
  options: { layer?: LayerNote | null; cause?: unknown } = {},
): TensorError {
  const layer = layerName(options.layer ?? annotations.layer);
  const line = userLine();
  const place = [layer && `in ${layer}`, line && `at ${line}`].filter(Boolean).join(', ');
  return new TensorError(
    place ? `${message}\n  ${place}` : message,
    options.cause === undefined ? undefined : { cause: options.cause },
  );
}

/** `[64, 784]` */
export const shapeText = (shape: readonly number[]): string => `[${shape.join(', ')}]`;
