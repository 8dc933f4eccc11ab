/** C = act(op(A) op(B) + bias) for one product or a batch of them: the plan, and the call that other operations make. */
import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import type { KernelDef } from '../gpu/kernel.ts';
import { BYTES_OF } from '../gpu/pooled-array.ts';
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
  readonly tile: { readonly m: number; readonly n: number };
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
        tile: { m: 8, n: 8 },
        subgroups: false,
      };
    case 'uni': {
      if (facts.subgroupSize === null)
        throw new RangeError(
          `gemm: '${name}' needs a device whose subgroups have one fixed size; take a tile-... algorithm`,
        );
      const gemm = { ...variant, subgroup: facts.subgroupSize, transposeA, transposeB, aligned };
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
        tile,
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
        tile,
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
  const {
    source,
    file,
    constants = {},
    vectors,
    workgroups,
    tile,
    subgroups,
  } = bodyOf(facts, variant, shape);
  const types = elementTypes(dtype);
  const bind = (index: number, name: string, access: string, vector: boolean): string =>
    `@group(0) @binding(${index}) var<storage, ${access}> ${name}: array<${vector ? 'Element4' : 'Element'}>;`;
  const at = hasBias ? 3 : 2;
  const form = `${transposeA ? 't' : 'n'}${transposeB ? 't' : 'n'}`;
  // Sizes that are no multiple of four give another text, so they have another name.
  const scalars = (['a', 'b', 'c'] as const).filter((name) => !vectors[name]).join('');
  const odd = variant === 'naive' ? '' : `${scalars && `-scalar-${scalars}`}${k % 4 === 0 ? '' : '-tail'}`;
  const kernel: KernelDef = {
    op: 'gemm',
    variant: `${form}-${variant}${odd}${hasBias ? '-bias' : ''}${activation === 'none' ? '' : `-${activation}`}`,
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
    sizes: { m, n, k, batch, tileM: tile.m, tileN: tile.n },
    bytesMoved:
      bytes *
      ((strideA ? batch : 1) * m * k + (strideB ? batch : 1) * k * n + batch * m * n + (hasBias ? n : 0)),
  });
}

/** Shapes in one class share their algorithm. */
const sizeClass = (size: number): string => (size <= 16 ? 's' : size <= 64 ? 'm' : size <= 512 ? 'l' : 'x');

/** Form, sizes by class, which of them divide by four, one or many. */
function choiceKey({ m, n, k, batch, transposeA, transposeB }: GemmShape, dtype: Dtype): string {
  const form = `${transposeA ? 't' : 'n'}${transposeB ? 't' : 'n'}`;
  const even = [m, n, k].map((size) => (size % 4 === 0 ? '4' : '1')).join('');
  return `gemm ${form} ${sizeClass(m)}${sizeClass(n)}${sizeClass(k)} ${even} ${batch > 1 ? 'batch' : 'one'} ${dtype}`;
}

/** c = act(op(a) op(b) + bias) */
export function gemm(context: OpContext, call: GemmCall): void {
  const { a, b, c, bias, m, n, k, batch, transposeA, transposeB, activation = 'none' } = call;
  const strideA = call.strideA ?? (batch > 1 ? m * k : 0);
  const strideB = call.strideB ?? (batch > 1 ? k * n : 0);
  const { dtype } = a;
  const plan = (variant: string, act: Activation, hasBias: boolean): Launch =>
    context.plan(
      planGemm,
      variant,
      dtype,
      m,
      n,
      k,
      batch,
      transposeA,
      transposeB,
      strideA,
      strideB,
      act,
      hasBias,
    );
  const variant = context.choose('gemm', choiceKey(call, dtype), () => ({
    candidates: gemmCandidates(context.facts, call),
    trial: (candidate) => ({
      arrayBytes: [m * k, k * n, m * n].map((elements) => elements * batch * BYTES_OF[dtype]),
      run: (arrays) => context.launch(plan(candidate, 'none', false), arrays),
    }),
  }));
  const launch = plan(variant, activation, bias !== undefined);
  context.launch(launch, bias ? [a, b, bias, c] : [a, b, c]);
}
