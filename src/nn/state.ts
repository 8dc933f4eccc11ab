/** Values of parameters and buffers by name, on the host. */
import type { HostArray } from '../gpu/transfer.ts';
import type { HostValues } from '../tensor/core.ts';
import { shapeText, tensorError } from '../tensor/errors.ts';
import { floatsToHalfBits } from '../tensor/half.ts';
import { theEngine } from '../tensor/engine.ts';
import { markChanged } from '../tensor/storage.ts';
import { settleReaders } from '../tensor/unfinished.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** One entry of a state: what a safetensors file holds for a name. */
export interface StateEntry {
  readonly shape: readonly number[];
  readonly data: HostValues;
}

export type StateDict = Readonly<Record<string, StateEntry>>;

type Named = readonly (readonly [name: string, tensor: Tensor])[];

export async function stateOf(named: Named): Promise<StateDict> {
  const entries = await Promise.all(
    named.map(async ([name, tensor]) => [name, { shape: tensor.shape, data: await tensor.data() }] as const),
  );
  return Object.fromEntries(entries);
}

/** Writes `state` into the tensors. @throws TensorError naming every name that does not fit. */
export function loadState(named: Named, state: StateDict, strict: boolean): void {
  if (state instanceof Promise)
    throw tensorError(
      'loadStateDict() got a promise: stateDict() and load() are asynchronous here, await them',
    );
  const names = new Set(named.map(([name]) => name));
  // A tensor with several names is there when one of them is: files often hold it once.
  const given = new Set(named.filter(([name]) => name in state).map(([, tensor]) => tensor));
  const missing = named.filter(([, tensor]) => !given.has(tensor)).map(([name]) => name);
  // PyTorch's batch normalization counts its batches, which no result depends on.
  const unknown = Object.keys(state).filter(
    (name) => !names.has(name) && !name.endsWith('num_batches_tracked'),
  );
  if (strict && (missing.length > 0 || unknown.length > 0))
    throw tensorError(
      `the state does not fit the model: ${[
        missing.length > 0 && `missing ${missing.join(', ')}`,
        unknown.length > 0 && `unknown ${unknown.join(', ')}`,
      ].filter(Boolean).join('; ')}. Pass { strict: false } to load what fits`, // prettier-ignore
    );
  const wrong = named.flatMap(([name, tensor]) => {
    const entry = state[name];
    if (!entry || entry.shape.join() === tensor.shape.join()) return [];
    return [
      `${name} has shape ${shapeText(tensor.shape)} in the model and ${shapeText(entry.shape)} in the state`,
    ];
  });
  if (wrong.length > 0) throw tensorError(wrong.join('; '));
  for (const [name, tensor] of named) {
    const entry = state[name];
    if (!entry) continue;
    settleReaders(tensor.value.array);
    theEngine().write(tensor.value.array, inTypeOf(tensor, entry.data));
    markChanged(tensor.value.array);
  }
}

/** The values as the tensor's memory holds them. */
function inTypeOf({ value: { dtype } }: Tensor, data: HostValues): HostArray {
  if (dtype === 'f16') return floatsToHalfBits(data);
  const type = { f32: Float32Array, i32: Int32Array, u32: Uint32Array, u8: Uint8Array }[dtype];
  return data instanceof type ? data : type.from(data);
}
