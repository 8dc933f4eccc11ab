/** The text that the generators of kernels/ write for the variants in use: a change of a generator shows what it changed. */
import path from 'node:path';
import { test } from 'node:test';
import type { DeviceFacts } from '../../src/gpu/facts.ts';
import { kernelText } from '../../src/gpu/kernel.ts';
import type { Launch } from '../../src/gpu/launch.ts';
import { convKey, convSizes, imageShape, type Layout } from '../../src/ops/conv-shape.ts';
import { planConvUni, planConvUniWeight } from '../../src/ops/conv-uni.ts';
import { NO_SOURCE, planWinogradTiles, tilesKey } from '../../src/ops/conv-winograd-plans.ts';
import { gemmCandidates } from '../../src/ops/gemm-variants.ts';
import { planGemm } from '../../src/ops/gemm.ts';
import { assertGolden } from '../support/golden-text.ts';

const facts: DeviceFacts = {
  vendor: '',
  architecture: '',
  device: '',
  description: '',
  software: true,
  subgroupSize: 8,
  hasF16: true,
  hasTimestamps: true,
  maxWorkgroupsPerDimension: 65_535,
  maxInvocationsPerWorkgroup: 1024,
  maxWorkgroupBytes: 32_768,
  maxBufferBytes: 2 ** 32 - 1,
  maxBindingBytes: 2 ** 27,
  maxStorageBuffers: 16,
};

function product(device: DeviceFacts, transposeA: boolean, transposeB: boolean): Launch {
  const [m, n, k] = [64, 128, 64];
  const [variant] = gemmCandidates(device, { m, n, k, batch: 1, transposeA, transposeB });
  return planGemm(device, variant as string, 'f32', m, n, k, 1, transposeA, transposeB, 0, 0, 'relu', true);
}

function convolution(layout: Layout, pass: 'forward' | 'data' | 'weight'): Launch {
  const sizes = convSizes('conv2d', imageShape(layout, 2, 8, 12, 12), imageShape(layout, 8, 8, 3, 3), { layout, padding: 1 });
  const key = convKey(sizes);
  return pass === 'weight' ? planConvUniWeight(facts, layout, 'f32', key, 2) : planConvUni(facts, pass, layout, 'f32', key, 'none', false, 64, 8);
}

const tiles = tilesKey({ h: 12, w: 12, channels: 8, tilesH: 3, tilesW: 3, first: 0, images: 2, paddingH: 1, paddingW: 1 });

const gpu: DeviceFacts = { ...facts, software: false, subgroupSize: null };

const LAUNCHES: Record<string, Launch> = {
  'gemm-uni-nn': product(facts, false, false),
  'gemm-uni-nt': product(facts, false, true),
  'gemm-uni-tn': product(facts, true, false),
  'gemm-tile-nn': product(gpu, false, false),
  'gemm-tile-nt': product(gpu, false, true),
  'gemm-tile-tn': product(gpu, true, false),
  'conv-uni-nchw-forward': convolution('nchw', 'forward'),
  'conv-uni-nhwc-forward': convolution('nhwc', 'forward'),
  'conv-uni-nhwc-data': convolution('nhwc', 'data'),
  'conv-uni-nchw-weight': convolution('nchw', 'weight'),
  'conv-uni-nhwc-weight': convolution('nhwc', 'weight'),
  'winograd-nhwc-image': planWinogradTiles(facts, 'image', 'nhwc', tiles, 'none', false, NO_SOURCE),
  'winograd-nchw-result': planWinogradTiles(facts, 'result', 'nchw', tiles, 'relu', true, NO_SOURCE),
};

for (const [name, { kernel }] of Object.entries(LAUNCHES))
  test(`${name} is written as it was`, () => {
    assertGolden(path.join('test/golden/kernels', `${name}.wgsl`), kernelText(kernel) + '\n');
  });
