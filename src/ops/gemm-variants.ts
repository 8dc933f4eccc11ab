/** The algorithms of a matrix product by name, and which are worth trying for a device and a shape. */
import type { DeviceFacts } from '../gpu/facts.ts';
import type { TileGemm } from '../../kernels/gemm-tile.ts';
import type { UniGemm } from '../../kernels/gemm-uni.ts';

export interface GemmShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batch: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

export type GemmVariant =
  | { readonly family: 'naive' }
  | ({ readonly family: 'uni' } & Pick<UniGemm, 'lanes' | 'shared' | 'perLane' | 'unroll'>)
  | ({ readonly family: 'tile' } & Pick<TileGemm, 'groupX' | 'groupY' | 'rows' | 'columns' | 'depth'>);

/** `uni-m32x4u4`: lanes own rows of A, 32 shared columns, 4 a lane, 4 steps of k chained. `tile-8x8-4x4k8`: workgroup, block, depth. */
export function parseVariant(name: string): GemmVariant {
  const uni = /^uni-([mn])(\d+)x(\d+)u([124])$/.exec(name);
  if (uni)
    return {
      family: 'uni',
      lanes: uni[1] as 'm' | 'n',
      shared: Number(uni[2]),
      perLane: Number(uni[3]),
      unroll: Number(uni[4]) as 1 | 2 | 4,
    };
  const tile = /^tile-(\d+)x(\d+)-(\d+)x(\d+)k(\d+)$/.exec(name);
  if (tile) {
    const [groupX, groupY, rows, columns, depth] = tile.slice(1).map(Number) as [
      number,
      number,
      number,
      number,
      number,
    ];
    return { family: 'tile', groupX, groupY, rows, columns, depth };
  }
  if (name === 'naive') return { family: 'naive' };
  throw new RangeError(
    `no matrix product algorithm is called '${name}'; there are uni-<m|n><shared>x<per lane>u<unroll>, tile-<x>x<y>-<rows>x<columns>k<depth> and naive`,
  );
}

/** Below this a tile of 32 would be mostly edge. */
const SKINNY = 16;

/** Names to try, the one to start with first. */
export function gemmCandidates(facts: DeviceFacts, shape: GemmShape): readonly string[] {
  const uni = uniCandidates(facts.subgroupSize, shape);
  const tile = [
    'tile-8x8-4x4k8',
    'tile-8x8-4x4k32',
    'tile-16x8-4x8k8',
    'tile-8x8-8x8k16',
    'tile-16x16-4x4k16',
  ].filter((name) => fits(facts, name));
  return facts.software ? [...uni, ...tile, 'naive'] : [...tile, ...uni, 'naive'];
}

/**
 * A software adapter compiles a tile of 32 rows about twice as long as one of 16. For some 5 % of speed that is worth it for large
 * products only, for the 10 to 25 % of lanes that own columns of B as it lies (in vectors) always.
 */
const LARGE_FLOPS = 1e9;

function uniCandidates(
  subgroup: number | null,
  { m, n, k, batch, transposeA, transposeB }: GemmShape,
): string[] {
  if (subgroup === null) return [];
  if (subgroup > 8) return ['uni-m8x4u4', 'uni-n8x4u4', 'uni-m16x4u4', 'uni-n16x4u4'];
  if (n <= SKINNY) return ['uni-m8x4u4', 'uni-m16x4u4', 'uni-n32x4u4'];
  if (m <= SKINNY) return ['uni-n8x4u4', 'uni-n16x4u4', 'uni-m32x4u4'];
  const large = 2 * m * n * k * batch >= LARGE_FLOPS;
  if (transposeA && !transposeB)
    return large
      ? ['uni-n32x8u2', 'uni-n32x4u2', 'uni-m16x4u4']
      : ['uni-n32x4u2', 'uni-m16x4u4', 'uni-n16x4u4'];
  const asItLies = !transposeA && !transposeB && n % 4 === 0 && k % 4 === 0;
  return large || asItLies
    ? ['uni-n32x4u4', 'uni-m32x4u4', 'uni-m16x4u4']
    : ['uni-m16x4u4', 'uni-n16x4u4', 'uni-m32x4u4'];
}

function fits(facts: DeviceFacts, name: string): boolean {
  const variant = parseVariant(name);
  if (variant.family !== 'tile') return true;
  const { groupX, groupY, rows, columns, depth } = variant;
  return (
    groupX * groupY <= facts.maxInvocationsPerWorkgroup &&
    (groupY * rows + groupX * columns) * depth * 4 <= facts.maxWorkgroupBytes
  );
}
