import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readingOfAmd, readingOfNvidia } from '../../src/probe/gpu-counters.ts';

test("nvidia-smi's lines are read in its units, and a missing sensor is not zero", () => {
  assert.deepEqual(readingOfNvidia('37, 5120, 118.42'), {
    utilization: 0.37,
    memoryBytes: 5120 * 2 ** 20,
    watts: 118.42,
  });
  assert.deepEqual(readingOfNvidia(' 0, 412, [N/A]'), {
    utilization: 0,
    memoryBytes: 412 * 2 ** 20,
    watts: NaN,
  });
});

test("nvidia-smi's complaints are no readings", () => {
  for (const line of ['', 'No devices were found', 'Unable to determine the device handle for GPU0, x, y'])
    assert.equal(readingOfNvidia(line), null);
});

test("amdgpu's files are read in their units, and a missing one is not zero", () => {
  assert.deepEqual(readingOfAmd('64\n', '2147483648\n', '35000000\n'), {
    utilization: 0.64,
    memoryBytes: 2147483648,
    watts: 35,
  });
  assert.deepEqual(readingOfAmd('64\n', '', ''), { utilization: 0.64, memoryBytes: NaN, watts: NaN });
});
