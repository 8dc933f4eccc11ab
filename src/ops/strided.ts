/** Copies between layouts: what permute, slice, concat, expand and cast are made of. Plans only; operations call `copyStrided`. */
import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { f32Bits, type Launch } from '../gpu/launch.ts';
import source from '../../kernels/strided-copy.wgsl';
import { BYTES_OF } from '../gpu/pooled-array.ts';
import { launchByPlaces, PLACES_ON_SOFTWARE } from './kernel-parts.ts';
import type { OpContext } from './op.ts';
import { shapeError, stridesOf, type Shape } from './shape.ts';

const MOST_DIMENSIONS = 8;

export interface StridedCopy {
  readonly op: string;
  readonly sizes: Shape;
  readonly stridesX: Shape;
  readonly stridesY: Shape;
  readonly offsetX?: number;
  readonly offsetY?: number;
  readonly scale?: number;
}

/** Sizes and strides outermost first, as text, so that they can be keys. */
export function planStridedCopy(
  facts: DeviceFacts,
  op: string,
  from: Dtype,
  to: Dtype,
  sizes: string,
  stridesX: string,
  stridesY: string,
  offsetX: number,
  offsetY: number,
  scale: number,
): Launch {
  if (from === 'u8' || to === 'u8')
    throw shapeError(op, 'u8 values are converted to f32 before they are moved');
  const single = collapse(numbers(sizes), numbers(stridesX), numbers(stridesY));
  const wide = movesInFours(single, offsetX, offsetY);
  const dims = wide ? inFours(single) : single;
  if (dims.length > MOST_DIMENSIONS) throw shapeError(op, `more than ${MOST_DIMENSIONS} dimensions`);
  const elements = dims.reduce((product, { size }) => product * size, 1);
  const padded = (values: number[]): number[] => [
    ...values,
    ...Array.from({ length: MOST_DIMENSIONS - values.length }, () => 0),
  ];
  const vector = (type: string): string => (wide ? `vec4<${type}>` : type);
  const [inner] = dims;
  const run = facts.software && inner && inner.size % PLACES_ON_SOFTWARE === 0 ? PLACES_ON_SOFTWARE : 1;
  const half = from === 'f16' || to === 'f16';
  return launchByPlaces(
    facts,
    elements / run,
    {
      kernel: {
        op,
        variant: `strided${dims.length}${wide ? '-vec4' : ''}${run > 1 ? `-run${run}` : ''}`,
        dtype: to,
        family: 'copy',
        file: 'kernels/strided-copy.wgsl',
        source,
        enables: half ? ['f16'] : [],
        aliases: { From: vector(from), To: vector(to) },
        constants: { RANK: dims.length, RUN: run },
        functions: [
          from === 'i32' || from === 'u32'
            ? 'fn convert(v: From) -> From { return v; }'
            : `fn convert(v: From) -> ${vector('f32')} { return ${vector('f32')}(v) * params.scale; }`,
        ],
        bindings: ['in', 'out', 'params'],
      },
      params: [
        elements / run,
        wide ? offsetX / 4 : offsetX,
        wide ? offsetY / 4 : offsetY,
        f32Bits(scale),
        ...padded(dims.map(({ size }) => size)),
        ...padded(dims.map(({ strideX }) => strideX)),
        ...padded(dims.map(({ strideY }) => strideY)),
      ],
      flops: 0,
      bytesMoved: elements * (wide ? 4 : 1) * (BYTES_OF[from] + BYTES_OF[to]),
    },
    1,
  );
}

interface Dimension {
  size: number;
  readonly strideX: number;
  readonly strideY: number;
}

/** Innermost first; neighbors joined where both sides run through them evenly. */
function collapse(sizes: Shape, stridesX: Shape, stridesY: Shape): Dimension[] {
  const dims: Dimension[] = [];
  for (let d = sizes.length - 1; d >= 0; d--) {
    const [size, strideX, strideY] = [sizes[d], stridesX[d], stridesY[d]] as [number, number, number];
    if (size === 1) continue;
    const inner = dims.at(-1);
    if (inner && strideX === inner.strideX * inner.size && strideY === inner.strideY * inner.size)
      inner.size *= size;
    else dims.push({ size, strideX, strideY });
  }
  return dims.length > 0 ? dims : [{ size: 1, strideX: 0, strideY: 0 }];
}

/** Whether rows of a multiple of four lie without gaps, and at multiples of four, on both sides: a quarter of the divisions. */
function movesInFours([inner, ...outer]: readonly Dimension[], offsetX: number, offsetY: number): boolean {
  if (inner?.strideX !== 1 || inner.strideY !== 1) return false;
  const starts = [
    inner.size,
    offsetX,
    offsetY,
    ...outer.flatMap(({ strideX, strideY }) => [strideX, strideY]),
  ];
  return starts.every((start) => start % 4 === 0);
}

function inFours([inner, ...outer]: readonly Dimension[]): Dimension[] {
  const rows = outer.map(({ size, strideX, strideY }) => ({
    size,
    strideX: strideX / 4,
    strideY: strideY / 4,
  }));
  return inner ? [{ ...inner, size: inner.size / 4 }, ...rows] : rows;
}

const numbers = (text: string): number[] => (text === '' ? [] : text.split(',').map(Number));

export function copyStrided(context: OpContext, x: DeviceArray, y: DeviceArray, copy: StridedCopy): void {
  const { op, sizes, stridesX, stridesY, offsetX = 0, offsetY = 0, scale = 1 } = copy;
  context.launch(
    context.plan(
      planStridedCopy,
      op,
      x.dtype,
      y.dtype,
      sizes.join(),
      stridesX.join(),
      stridesY.join(),
      offsetX,
      offsetY,
      scale,
    ),
    [x, y],
  );
}

/** y, with the elements of x. */
export function copyWhole(context: OpContext, x: DeviceArray, y: DeviceArray): DeviceArray {
  copyStrided(context, x, y, {
    op: 'copy',
    sizes: x.shape,
    stridesX: stridesOf(x.shape),
    stridesY: stridesOf(x.shape),
  });
  return y;
}
