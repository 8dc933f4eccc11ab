/** Sizes of matrix products, and of convolutions as the products they amount to, as the library told them. */
import type { Trace } from '../trace/model.ts';

export interface ProductSizes {
  /** The result is m by n, summed over k; `batch` products of them. */
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batch: number;
  /** Part of the result that one workgroup makes; NaN where the library does not tell. */
  readonly tileM: number;
  readonly tileN: number;
}

/** By launch; launches without m, n and k are left out. */
export function productSizes(trace: Trace): Map<number, ProductSizes> {
  const { sizes } = trace.tables;
  const given = new Map<number, Record<string, number>>();
  for (let i = 0; i < sizes.length; i++) {
    const launch = sizes.launch[i] as number;
    const entry = given.get(launch) ?? {};
    entry[trace.strings[sizes.name[i] as number] ?? ''] = sizes.value[i] as number;
    given.set(launch, entry);
  }
  const products = new Map<number, ProductSizes>();
  for (const [launch, { m, n, k, batch = 1, tileM = NaN, tileN = NaN }] of given)
    if (m !== undefined && n !== undefined && k !== undefined)
      products.set(launch, { m, n, k, batch, tileM, tileN });
  return products;
}

/** Share of the tiles' places that hold a part of the result, 0..1; NaN without tiles. */
export function tileEfficiency({ m, n, tileM, tileN }: ProductSizes): number {
  return (m * n) / (Math.ceil(m / tileM) * tileM * (Math.ceil(n / tileN) * tileN));
}
