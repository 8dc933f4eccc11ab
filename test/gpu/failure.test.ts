/** What the device reports out of band, as a script is told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FailureLatch, watchDevice } from '../../src/gpu/failure.ts';

class GPUOutOfMemoryError {
  readonly message = 'Out of memory';
}

test('a device that has no more memory is told with the layer that asked last', () => {
  const device = Object.assign(new EventTarget(), { lost: new Promise(() => undefined) });
  const latch = new FailureLatch();
  watchDevice(device as unknown as GPUDevice, latch, () => ({
    bytes: 3_000_000,
    role: 'activation',
    layer: 'blocks.3',
    shape: [3, 250_000],
    liveBytes: 7_000_000,
  }));
  device.dispatchEvent(Object.assign(new Event('uncapturederror'), { error: new GPUOutOfMemoryError() }));
  assert.throws(
    () => latch.check(),
    /out of GPU memory: the device has no more\. Last to ask was layer blocks\.3, for 3.00 MB \(activation\), with 7.00 MB in use; a smaller batch/,
  );
});
