/** What can go wrong on the device, each with a message that says what to do. */
import { formatBytes } from '../base/format.ts';

export class OutOfMemoryError extends Error {
  override readonly name = 'OutOfMemoryError';
  readonly wantedBytes: number;
  readonly layer: string | null;

  constructor(
    wanted: { readonly bytes: number; readonly layer: string | null; readonly role: string },
    state: { readonly liveBytes: number; readonly limitBytes: number },
  ) {
    const who = wanted.layer === null ? 'a tensor' : `layer ${wanted.layer}`;
    const left = Math.max(0, state.limitBytes - state.liveBytes);
    super(
      `out of GPU memory: ${who} wanted ${formatBytes(wanted.bytes)} (${wanted.role}), ${formatBytes(state.liveBytes)} are in use and ` +
        `${formatBytes(left)} are left of ${formatBytes(state.limitBytes)}; a smaller batch or activation checkpointing needs less`,
    );
    this.wantedBytes = wanted.bytes;
    this.layer = wanted.layer;
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

/** Turns what the device reports out of band into a failure: validation errors nobody caught, and its loss. */
export function watchDevice(device: GPUDevice, latch: FailureLatch): void {
  device.addEventListener('uncapturederror', (event) => {
    const { message } = (event as GPUUncapturedErrorEvent).error;
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
