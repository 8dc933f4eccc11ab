/** C = act(op(A) op(B) + bias) for one product or a batch of them: the plan, and the call that other operations make. */
import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import type { KernelDef } from '../gpu/kernel.ts';
import { ceilDiv, makeLaunch, type Launch, type Workgroups } from '../gpu/launch.ts';
import naiveSource from '../../kernels/gemm-naive.wgsl';
import { tileGemm, tileSize, tileVectors } from '../../kernels/gemm-tile.ts';
import { uniGemm, uniTile, uniVectors } from '../../kernels/gemm-uni.ts';
import { finishFunctions, type Activation } from './activations.ts';
import { gemmCandidates, parseVariant, type GemmShape } from './gemm-variants.ts';
import { elementTypes } from './kernel-parts.ts';
import type { OpContext } from './op.ts';

/** Strides are elements from one product of the batch to the next; 0 uses the same operand for all. */
export interface GemmCall extends GemmShape {
  readonly a: DeviceArray;
  readonly b: DeviceArray;
  readonly c: DeviceArray;
  readonly bias?: DeviceArray | undefined;
  readonly activation?: Activation;
  readonly strideA?: number;
  readonly strideB?: number;
}

interface Body {
  readonly source: string;
  readonly file: string;
  readonly constants?: Readonly<Record<string, boolean>>;
  readonly vectors: { readonly a: boolean; readonly b: boolean; readonly c: boolean };
  readonly workgroups: Workgroups;
  readonly subgroups: boolean;
}

function bodyOf(
  facts: DeviceFacts,
  name: string,
  { m, n, k, batch, transposeA, transposeB }: GemmShape,
): Body {
  const variant = parseVariant(name);
  const aligned = { m: m % 4 === 0, n: n % 4 === 0, k: k % 4 === 0 };
  switch (variant.family) {
    case 'naive':
      return {
        source: naiveSource,
        constants: { TRANSPOSE_A: transposeA, TRANSPOSE_B: transposeB },
        file: 'kernels/gemm-naive.wgsl',
        vectors: { a: false, b: false, c: false },
        workgroups: [ceilDiv(n, 8), ceilDiv(m, 8), batch],
        subgroups: false,
      };
    case 'uni': {
      const gemm = { ...variant, subgroup: facts.subgroupSize ?? 0, transposeA, transposeB, aligned };
      const tile = uniTile(gemm);
      const [x, y] =
        variant.lanes === 'n'
          ? [ceilDiv(n, tile.n), ceilDiv(m, tile.m)]
          : [ceilDiv(m, tile.m), ceilDiv(n, tile.n)];
      return {
        source: uniGemm(gemm),
        file: 'kernels/gemm-uni.ts',
        vectors: uniVectors(gemm),
        workgroups: [x, y, batch],
        subgroups: true,
      };
    }
    case 'tile': {
      const gemm = { ...variant, transposeA, transposeB, aligned };
      const tile = tileSize(gemm);
      return {
        source: tileGemm(gemm),
        file: 'kernels/gemm-tile.ts',
        vectors: tileVectors(gemm),
        workgroups: [ceilDiv(n, tile.n), ceilDiv(m, tile.m), batch],
        subgroups: false,
      };
    }
  }
}

export function planGemm(
  facts: DeviceFacts,
  variant: string,
  dtype: Dtype,
  m: number,
  n: number,
  k: number,
  batch: number,
  transposeA: boolean,
  transposeB: boolean,
  strideA: number,
  strideB: number,
  activation: Activation,
  hasBias: boolean,
): Launch {
  const shape = { m, n, k, batch, transposeA, transposeB };
  const { source, file, constants = {}, vectors, workgroups, subgroups } = bodyOf(facts, variant, shape);
  const types = elementTypes(dtype);
  const bind = (index: number, name: string, access: string, vector: boolean): string =>
    `@group(0) @binding(${index}) var<storage, ${access}> ${name}: array<${vector ? 'Element4' : 'Element'}>;`;
  const at = hasBias ? 3 : 2;
  const form = `${transposeA ? 't' : 'n'}${transposeB ? 't' : 'n'}`;
  const kernel: KernelDef = {
    op: 'gemm',
    variant: `${form}-${variant}${hasBias ? '-bias' : ''}${activation === 'none' ? '' : `-${activation}`}`,
    dtype,
    family: 'gemm',
    file,
    source,
    enables: [...(types.enables ?? []), ...(subgroups ? (['subgroups'] as const) : [])],
    aliases: types.aliases ?? {},
    constants,
    functions: [
      bind(0, 'a', 'read', vectors.a),
      bind(1, 'b', 'read', vectors.b),
      ...(hasBias ? [bind(2, 'bias', 'read', vectors.c)] : []),
      bind(at, 'c', 'read_write', vectors.c),
      `@group(0) @binding(${at + 1}) var<uniform> params: Params;`,
      ...finishFunctions(activation, hasBias, vectors.c),
    ],
    bindings: ['in', 'in', ...(hasBias ? (['in'] as const) : []), 'out', 'params'],
  };
  const bytes = dtype === 'f16' ? 2 : 4;
  return makeLaunch({
    kernel,
    workgroups,
    params: [m, n, k, strideA, strideB, m * n],
    flops: 2 * m * n * k * batch,
    bytesMoved:
      bytes *
      ((strideA ? batch : 1) * m * k + (strideB ? batch : 1) * k * n + batch * m * n + (hasBias ? n : 0)),
  });
}

/** Where the device measures nothing itself, the first candidate is the one measured best before. */
export function chooseGemm(facts: DeviceFacts, shape: GemmShape): string {
  return gemmCandidates(facts, shape)[0] as string;
}

/** c = act(op(a) op(b) + bias) */
export function gemm(context: OpContext, call: GemmCall): void {
  const { a, b, c, bias, m, n, k, batch, transposeA, transposeB, activation = 'none' } = call;
  const strideA = call.strideA ?? (batch > 1 ? m * k : 0);
  const strideB = call.strideB ?? (batch > 1 ? k * n : 0);
  const variant = chooseGemm(context.facts, call);
  const launch = context.plan(
    planGemm,
    variant,
    a.dtype,
    m,
    n,
    k,
    batch,
    transposeA,
    transposeB,
    strideA,
    strideB,
    activation,
    bias !== undefined,
  );
  context.launch(launch, bias ? [a, b, bias, c] : [a, b, c]);
}
