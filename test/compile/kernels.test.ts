/** Every kernel and variant compiles on Dawn's null backend, in f32 and f16, for software adapters and for GPUs. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { openEngine } from '../../src/gpu/engine.ts';
import type { DeviceFacts } from '../../src/gpu/facts.ts';
import { kernelText } from '../../src/gpu/kernel.ts';
import type { Launch } from '../../src/gpu/launch.ts';
import { everyLaunch } from '../support/every-launch.ts';

const engine = await openEngine({ dawnFlags: ['backend=null'] });
const has = (name: GPUFeatureName): boolean => engine.device.features.has(name);

const DEVICES: Record<string, DeviceFacts> = {
  'a software adapter with subgroups of 8': {
    ...engine.facts,
    software: true,
    subgroupSize: 8,
    maxWorkgroupsPerDimension: 65_535,
  },
  'a GPU with subgroups of 32': {
    ...engine.facts,
    software: false,
    subgroupSize: 32,
    maxWorkgroupsPerDimension: 65_535,
    maxInvocationsPerWorkgroup: 1024,
    maxWorkgroupBytes: 32_768,
  },
  'a GPU of the smallest limits': {
    ...engine.facts,
    software: false,
    subgroupSize: null,
    maxWorkgroupsPerDimension: 65_535,
    maxInvocationsPerWorkgroup: 256,
    maxWorkgroupBytes: 16_384,
  },
};

const files = new Set<string>();

for (const [name, facts] of Object.entries(DEVICES))
  for (const dtype of ['f32', 'f16'] as const)
    test(`every kernel compiles in ${dtype} for ${name}`, async () => {
      assert.ok(has('subgroups') && has('shader-f16'), 'the null backend has subgroups and shader-f16');
      const launches = everyLaunch(facts, dtype);
      for (const { kernel } of launches) files.add(kernel.file);
      await engine.warm(launches);
    });

test('the bindings of every kernel are those its text declares', () => {
  for (const { kernel } of everyLaunch(
    DEVICES['a software adapter with subgroups of 8'] as DeviceFacts,
    'f32',
  )) {
    const declared = [
      ...kernelText(kernel).matchAll(
        /@group\(0\) @binding\((\d+)\) var<(storage, read|storage, read_write|uniform)>/g,
      ),
    ]
      .map(([, index, space]) => ({ index: Number(index), space }))
      .sort((a, b) => a.index - b.index);
    const spaces = kernel.bindings.map(
      (binding) => ({ in: 'storage, read', out: 'storage, read_write', params: 'uniform' })[binding],
    );
    assert.deepEqual(
      declared,
      spaces.map((space, index) => ({ index, space })),
      `${kernel.op}/${kernel.variant}`,
    );
  }
});

test('the grid of every launch is within the limits of WebGPU', () => {
  const within = ({ workgroups }: Launch): boolean =>
    workgroups.every((n) => Number.isInteger(n) && n >= 1 && n <= 65_535);
  for (const facts of Object.values(DEVICES))
    for (const launch of everyLaunch(facts, 'f32'))
      assert.ok(within(launch), `${launch.note.kernel}: ${launch.workgroups.join(' x ')}`);
});

test('every file of kernels/ is used by a launch that is checked here', () => {
  const parts = new Set([
    'each.wgsl',
    'flushed.wgsl',
    'conv-nchw.wgsl',
    'conv-nhwc.wgsl',
    'pool-spot.wgsl',
    'row-single.wgsl',
    'row-group.wgsl',
    'uni-tile.ts',
    'winograd-direct.wgsl',
    'winograd-tiles.wgsl',
    'winograd-weights.wgsl',
    'peak-fma.wgsl',
  ]);
  const unused = readdirSync('kernels').filter((file) => !parts.has(file) && !files.has(`kernels/${file}`));
  assert.deepEqual(unused, []);
});
