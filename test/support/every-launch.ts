/** A launch of every kernel in every variant: what the compile tier goes through. */
import type { Dtype } from '../../src/gpu/array.ts';
import type { DeviceFacts } from '../../src/gpu/facts.ts';
import type { Launch } from '../../src/gpu/launch.ts';
import { planArgmax } from '../../src/ops/argmax.ts';
import { planSortStep } from '../../src/ops/argsort.ts';
import { planAttentionSoftmax } from '../../src/ops/attention.ts';
import {
  planBatchNormApply,
  planBatchNormFixed,
  planBatchNormGradient,
  planBatchNormMerge,
  planBatchNormSums,
  planChannelMoments,
} from '../../src/ops/batch-norm-plans.ts';
import { BINARY_KINDS, type BinaryName } from '../../src/ops/binary-kinds.ts';
import { planBroadcast, planSame } from '../../src/ops/binary.ts';
import { planWidenBytes } from '../../src/ops/cast.ts';
import { planConvGrouped } from '../../src/ops/conv-grouped.ts';
import { planConvNaive } from '../../src/ops/conv-naive.ts';
import { convKey, convSizes, imageShape, type Layout } from '../../src/ops/conv-shape.ts';
import { planConvTile, planConvTileWeight, tileWeightChunks } from '../../src/ops/conv-tile.ts';
import { planConvUni, planConvUniWeight, weightChunks } from '../../src/ops/conv-uni.ts';
import {
  planWinogradOverlap,
  planWinogradTiles,
  planWinogradWeights,
  NO_SOURCE,
  tilesKey,
} from '../../src/ops/conv-winograd-plans.ts';
import {
  planCrossEntropy,
  planCrossEntropyGradient,
  planCrossEntropyMean,
} from '../../src/ops/cross-entropy.ts';
import { planDropout } from '../../src/ops/dropout.ts';
import { planEmbeddingGradient, planEmbeddingLinks } from '../../src/ops/embedding.ts';
import { planGather, planScatter } from '../../src/ops/gather.ts';
import { planGatherRows } from '../../src/ops/gather-rows.ts';
import { gemmCandidates } from '../../src/ops/gemm-variants.ts';
import { planGemm } from '../../src/ops/gemm.ts';
import { planClip, planFill, planInPlace } from '../../src/ops/in-place.ts';
import { planLayerNorm, planLayerNormWeights } from '../../src/ops/layer-norm.ts';
import { planStep } from '../../src/ops/optimizer-steps.ts';
import { planPool } from '../../src/ops/pool2d.ts';
import { planFold } from '../../src/ops/reduce.ts';
import { planCumprodGradient, planScan } from '../../src/ops/scan.ts';
import { planSoftmax } from '../../src/ops/softmax.ts';
import { planStridedCopy } from '../../src/ops/strided.ts';
import { UNARY_KINDS, type UnaryName } from '../../src/ops/unary-kinds.ts';
import { planUnary, planUnaryGradient } from '../../src/ops/unary.ts';
import { planSelect } from '../../src/ops/where.ts';

const BOOLEANS = [false, true] as const;

export function everyLaunch(facts: DeviceFacts, dtype: Dtype): Launch[] {
  return [
    ...elementwise(facts, dtype),
    ...products(facts, dtype),
    ...convolutions(facts, dtype),
    ...(dtype === 'f32' ? winograd(facts) : []),
    ...rowsAndFolds(facts, dtype),
    ...copies(facts, dtype),
    ...normalizations(facts, dtype),
    ...optimizers(facts),
  ];
}

function elementwise(facts: DeviceFacts, dtype: Dtype): Launch[] {
  const launches: Launch[] = [];
  for (const name of Object.keys(UNARY_KINDS) as UnaryName[])
    launches.push(planUnary(facts, name, dtype, 1e8), planUnaryGradient(facts, name, dtype, 1001));
  for (const name of Object.keys(BINARY_KINDS) as BinaryName[]) {
    const { value } = BINARY_KINDS[name];
    launches.push(
      planSame(facts, name, value, dtype, 1001, 1001),
      planSame(facts, name, value, dtype, 1000, 100),
      planBroadcast(facts, name, value, dtype, '3,1,5', '4,1'),
    );
  }
  return [
    ...launches,
    planInPlace(facts, 'accumulate', 'y + x', dtype, 77),
    ...([dtype, 'i32', 'u32'] as const).map((each) => planFill(facts, each, 77)),
  ];
}

function products(facts: DeviceFacts, dtype: Dtype): Launch[] {
  const launches: Launch[] = [];
  for (const transposeA of BOOLEANS)
    for (const transposeB of BOOLEANS)
      for (const [m, n, k] of [
        [64, 64, 64],
        [65, 66, 67],
        [64, 10, 64],
        [7, 64, 64],
      ] as const)
        for (const variant of gemmCandidates(facts, { m, n, k, batch: 1, transposeA, transposeB }))
          launches.push(
            planGemm(facts, variant, dtype, m, n, k, 1, transposeA, transposeB, 0, 0, 'gelu', true),
            planGemm(facts, variant, dtype, m, n, k, 3, transposeA, transposeB, m * k, 0, 'none', false),
          );
  return launches;
}

function grouped(facts: DeviceFacts, dtype: Dtype, layout: Layout): Launch[] {
  return ([1, 2] as const).flatMap((stride) => {
    const sizes = convSizes('conv2d', imageShape(layout, 2, 8, 12, 12), imageShape(layout, 8, 1, 3, 3), { layout, padding: 1, stride, groups: 8 }); // prettier-ignore
    const pass = (each: 'forward' | 'data', hasBias: boolean): Launch =>
      planConvGrouped(facts, each, layout, dtype, sizes, hasBias ? 'relu' : 'none', hasBias);
    return [pass('forward', true), pass('forward', false), pass('data', false)];
  });
}

function convolutions(facts: DeviceFacts, dtype: Dtype): Launch[] {
  const launches: Launch[] = [];
  for (const layout of ['nchw', 'nhwc'] as const) launches.push(...grouped(facts, dtype, layout));
  for (const layout of ['nchw', 'nhwc'] as const)
    for (const [channels, outputs, padding, stride] of [
      [1, 8, 0, 1],
      [8, 32, 1, 1],
      [32, 10, 1, 2],
    ] as const) {
      const sizes = convSizes(
        'conv2d',
        imageShape(layout, 2, channels, 12, 12),
        imageShape(layout, outputs, channels, 3, 3),
        { layout, padding, stride },
      );
      const key = convKey(sizes);
      for (const pass of ['forward', 'data', 'weight'] as const)
        launches.push(planConvNaive(facts, pass, layout, dtype, key, 'none', pass === 'forward'));
      for (const name of [
        'max-pool',
        'max-pool-grad',
        'max-pool-grad-apart',
        'max-pool-pairs',
        'max-pool-grad-pairs',
        'avg-pool',
        'avg-pool-grad',
      ] as const)
        launches.push(planPool(facts, name, layout, dtype, key, padding === 0));
      launches.push(
        planConvTile(facts, 'forward', layout, dtype, key, 'relu', true, 8, 8),
        planConvTile(facts, 'data', layout, dtype, key, 'none', false, 8, 8),
        planConvTileWeight(facts, layout, dtype, key, tileWeightChunks(facts, sizes)),
      );
      if (facts.subgroupSize === null) continue;
      launches.push(
        planConvUni(facts, 'forward', layout, dtype, key, 'relu', true, 8, 8),
        planConvUni(facts, 'data', layout, dtype, key, 'none', false, 8, 8),
        planConvUniWeight(facts, layout, dtype, key, weightChunks(facts, layout, sizes)),
      );
    }
  return launches;
}

function winograd(facts: DeviceFacts): Launch[] {
  const shared = { tilesH: 3, tilesW: 3, first: 0, images: 2, paddingH: 1, paddingW: 1 };
  return [
    ...(['nchw', 'nhwc'] as const).flatMap((layout) =>
      [6, 8].flatMap((channels) => {
        const key = tilesKey({ ...shared, h: 12, w: 11, channels });
        return [
          ...(['image', 'gradient', 'image-gradient', 'result'] as const).map((part) =>
            planWinogradTiles(facts, part, layout, key, 'none', false, NO_SOURCE),
          ),
          planWinogradTiles(facts, 'result', layout, key, 'relu', true, NO_SOURCE),
          planWinogradOverlap(facts, layout, key, NO_SOURCE),
        ];
      }),
    ),
    planWinogradWeights(facts, 'weight', 8, 6, 54, 1, 6, false),
    planWinogradWeights(facts, 'weight-gradient', 8, 6, 54, 1, 6, true),
  ];
}

function rowsAndFolds(facts: DeviceFacts, dtype: Dtype): Launch[] {
  const launches: Launch[] = [
    planCrossEntropyMean(facts, 64, true),
    planArgmax(facts, 'argmax', dtype, 8, 10, 1),
  ];
  for (const columns of [10, 130, 256]) {
    for (const log of BOOLEANS)
      launches.push(
        planSoftmax(facts, 'forward', log, dtype, 70_000, columns),
        planSoftmax(facts, 'backward', log, dtype, 7, columns),
      );
    launches.push(
      planCrossEntropy(facts, dtype, 64, columns, -100, 0.1),
      planCrossEntropyGradient(facts, dtype, 64, columns, -100, 0, columns === 10),
    );
  }
  for (const fold of ['sum', 'max', 'min', 'prod', 'squares'] as const)
    launches.push(
      planFold(facts, fold, dtype, 1, 64, 512, 1, 1),
      planFold(facts, fold, dtype, 5, 7, 3, 1, 1),
      planFold(facts, fold, dtype, 1, 1 << 20, 1, 64, 1),
    );
  for (const kind of ['sum', 'prod'] as const)
    for (const reverse of BOOLEANS)
      for (const length of [16, 100])
        launches.push(planScan(facts, kind, dtype, 3, 100, 2, length, reverse, kind === 'prod'));
  launches.push(planCumprodGradient(facts, dtype, 3, 100, 2));
  return launches;
}

function copies(facts: DeviceFacts, dtype: Dtype): Launch[] {
  const other = dtype === 'f32' ? 'f16' : 'f32';
  return [
    planStridedCopy(facts, 'permute', dtype, dtype, '3,4,5', '1,15,3', '20,5,1', 0, 0, 1),
    planStridedCopy(facts, 'cast', dtype, other, '60', '1', '1', 0, 0, 1),
    planStridedCopy(facts, 'slice', 'i32', 'i32', '3,4', '8,2', '4,1', 1, 0, 1),
    planWidenBytes(facts, dtype, 784, 1 / 255, 0),
    planGatherRows(facts, dtype, 5, 12, 9),
    planGatherRows(facts, 'u8', 5, 11, 9),
    ...([dtype, 'i32'] as const).flatMap((each) => [
      planGather(facts, each, 3, 5, 4, 2),
      planScatter(facts, each, true, 3, 5, 4, 2),
      planScatter(facts, each, false, 3, 5, 4, 2),
    ]),
    ...BOOLEANS.flatMap((flag) => BOOLEANS.map((first) => planSortStep(facts, flag, first, 3, 100))),
  ];
}

function optimizers(facts: DeviceFacts): Launch[] {
  return [
    ...(['sgd-plain', 'sgd', 'adam', 'rmsprop', 'lion'] as const).map((name) => planStep(facts, name, 1000)),
    planClip(facts, 1000),
  ];
}

function normalizations(facts: DeviceFacts, dtype: Dtype): Launch[] {
  const launches: Launch[] = [
    planBatchNormMerge(facts, 64, 8, 16, 4, 1e-5, 0.1, true),
    planBatchNormMerge(facts, 64, 8, 16, 4, 1e-5, 0.1, false),
    planBatchNormFixed(facts, 8, 1e-5),
  ];
  for (const columns of [10, 96])
    for (const kind of ['layer', 'rms'] as const)
      for (const affine of ['none', 'gamma', 'gamma-beta'] as const)
        for (const pass of ['forward', 'backward'] as const)
          launches.push(planLayerNorm(facts, pass, kind, affine, dtype, 64, columns, 1e-5));
  for (const columns of [10, 96])
    launches.push(
      planLayerNormWeights(facts, dtype, 64, columns, 2),
      planEmbeddingGradient(facts, dtype, 64, 10, columns, 3),
    );
  for (const [channels, inner] of [[8, 1], [5, 16], [5, 9]] as const)
    launches.push(
      planChannelMoments(facts, dtype, 64, channels, inner, 4), planBatchNormApply(facts, dtype, 64, channels, inner), planBatchNormSums(facts, dtype, 64, channels, inner, 4),
      planBatchNormGradient(facts, dtype, 64, channels, inner, false), planBatchNormGradient(facts, dtype, 64, channels, inner, true),
    ); // prettier-ignore
  for (const keys of [7, 64])
    for (const causal of BOOLEANS)
      for (const masked of BOOLEANS)
        launches.push(
          planAttentionSoftmax(facts, 'forward', dtype, 4, 9, keys, 0.5, causal, masked),
          planAttentionSoftmax(facts, 'backward', dtype, 4, 9, keys, 0.5, causal, false),
        );
  return [
    ...launches,
    planDropout(facts, dtype, 1001),
    planEmbeddingLinks(facts, 64),
    planSelect(facts, dtype, 1001),
  ];
}
