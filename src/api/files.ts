/** States on disk. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';
import type { StateDict } from '../nn/state.ts';

/** Writes a state (`await model.stateDict()`) as a safetensors file, making its folder where it is missing. */
export async function save(state: StateDict, file: string): Promise<void> {
  await mkdir(path.dirname(path.resolve(file)), { recursive: true });
  await writeFile(file, encodeSafetensors(state));
}

/**
 * Reads a safetensors file, for `model.loadStateDict(...)`.
 * @throws Error when there is no such file or it is not one.
 */
export async function load(file: string): Promise<StateDict> {
  return decodeSafetensors(await readFile(file), file);
}
