/** What can go wrong on the device, each with a message that says what to do. */
import { formatBytes } from '../base/format.ts';
import type { Role } from '../trace/model.ts';

/** What could not be given. */
export interface WantedMemory {
  readonly bytes: number;
  readonly role: Role;
  /** The layer by its path, null outside of layers. */
  readonly layer: string | null;
  /** Shape of the array, where it is one. */
  readonly shape: readonly number[];
}

/** What there is. */
export interface MemoryState {
  readonly liveBytes: number;
  /** Of these, what does not depend on the batch: parameters, their gradients, the optimizer's state. */
  readonly fixedBytes: number;
  readonly limitBytes: number;
}

export class OutOfMemoryError extends Error {
  override readonly name = 'OutOfMemoryError';
  readonly wantedBytes: number;
  readonly layer: string | null;
  /** Rows of the wanted array with which all up to here would fit; null where that is not known. */
  readonly rowsThatFit: number | null;

  constructor(message: string, wantedBytes: number, layer: string | null, rowsThatFit: number | null = null) {
    super(`out of GPU memory: ${message}`);
    this.wantedBytes = wantedBytes;
    this.layer = layer;
    this.rowsThatFit = rowsThatFit;
  }

  /** There is no room for an array. */
  static forArray(wanted: WantedMemory, state: MemoryState): OutOfMemoryError {
    const who = wanted.layer === null ? 'a tensor' : `layer ${wanted.layer}`;
    const left = Math.max(0, state.limitBytes - state.liveBytes);
    const fit = rowsThatFit(wanted, state);
    const rows = wanted.shape[0] as number;
    return new OutOfMemoryError(
      `${who} wanted ${formatBytes(wanted.bytes)} (${wanted.role}), ${formatBytes(state.liveBytes)} are in use and ` +
        `${formatBytes(left)} are left of ${formatBytes(state.limitBytes)}; ` +
        (fit === null
          ? 'a smaller batch or activation checkpointing needs less'
          : `with ${fit} instead of ${rows} rows all up to here would fit, or with activation checkpointing`),
      wanted.bytes,
      wanted.layer,
      fit,
    );
  }

  /** There is no room for what the work on arrays needs beside them. `what` begins the sentence, `remedy` ends it. */
  static beside(what: string, bytes: number, layer: string | null, remedy: string): OutOfMemoryError {
    const where = layer === null ? '' : ` (in layer ${layer})`;
    return new OutOfMemoryError(
      `${what} needs ${formatBytes(bytes)} that the device has no more${where}; ${remedy}, or free tensors with dispose() or tidy()`,
      bytes,
      layer,
    );
  }
}

/** Memory that grows with the batch grows in proportion to it: what of it there is and what is wanted, against what is left. */
function rowsThatFit({ bytes, role, shape }: WantedMemory, state: MemoryState): number | null {
  const [rows = 0] = shape;
  if (FIXED_ROLES.has(role) || shape.length < 2 || rows < 2) return null;
  const needed = state.liveBytes - state.fixedBytes + bytes;
  const fit = Math.floor((rows * (state.limitBytes - state.fixedBytes)) / needed);
  return fit >= 1 && fit < rows ? fit : null;
}

/** What does not depend on the batch. */
export const FIXED_ROLES: ReadonlySet<Role> = new Set(['parameter', 'optimizer-state']);

/** One array larger than the device lets any be. */
export class ArrayTooLargeError extends Error {
  override readonly name = 'ArrayTooLargeError';

  constructor(wanted: WantedMemory, most: number) {
    const who = wanted.layer === null ? 'a tensor' : `layer ${wanted.layer}`;
    super(
      `out of GPU memory: ${who} wanted ${formatBytes(wanted.bytes)} (${wanted.role}) for one array [${wanted.shape.join(', ')}], and this device gives at most ${formatBytes(most)} to one; a smaller batch or size needs less`,
    );
  }
}

/** The device refused something or went away; nothing more can run on it. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError';
}

/**
 * Keeps the first failure that arrived out of band. The next call into the engine throws it; if none comes, the process
 * ends with it, so that a script never finishes as if nothing had happened.
 */
export class FailureLatch {
  #failure: Error | null = null;
  #thrown = false;

  fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    setImmediate(() => {
      if (this.#thrown) return;
      this.#thrown = true;
      throw error;
    });
  }

  /** @throws the failure, if there is one. */
  check(): void {
    if (this.#failure) this.throw();
  }

  get failed(): boolean {
    return this.#failure !== null;
  }

  private throw(): never {
    this.#thrown = true;
    throw this.#failure as Error;
  }
}

/** A pipeline that did not compile is refused at its first use, often before the compiler's own message has arrived. */
const COMPILER_SPEAKS_WITHIN_MS = 200;

/**
 * Turns what the device reports out of band into a failure: validation errors nobody caught, memory it has not, and its loss.
 * @param refuse Hears that the device has no more memory; true where it tells the script itself.
 */
export function watchDevice(device: GPUDevice, latch: FailureLatch, refuse: () => boolean): void {
  device.addEventListener('uncapturederror', (event) => {
    const { error } = event as GPUUncapturedErrorEvent;
    const { message } = error;
    if (error.constructor.name === 'GPUOutOfMemoryError') {
      event.preventDefault();
      if (!refuse())
        latch.fail(
          new DeviceError(
            'out of GPU memory: the device has no more; a smaller batch or activation checkpointing needs less, and device.limitMemory(bytes) tells sooner what would fit',
          ),
        );
      return;
    }
    const refused = new DeviceError(`the GPU device refused a command: ${message.split('\n')[0]}`);
    if (message.includes('due to a previous error'))
      setTimeout(() => latch.fail(refused), COMPILER_SPEAKS_WITHIN_MS);
    else latch.fail(refused);
  });
  void device.lost.then((info) => {
    if (info.reason !== 'destroyed')
      latch.fail(
        new DeviceError(
          `the GPU device was lost (${info.message || 'no reason given'}); run the script again, with a smaller batch if it repeats`,
        ),
      );
  });
}
