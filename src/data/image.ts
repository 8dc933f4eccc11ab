/** Images: decoded, and brought to a size, on the host. */
import { readFile } from 'node:fs/promises';
import type { HostField } from './collate.ts';

/** Bytes `[channels, rows, columns]`: a field of a sample. */
export interface Image extends HostField {
  readonly shape: readonly [channels: number, rows: number, columns: number];
  readonly data: Uint8Array;
}

/** Options of the readers of images. */
export interface ImageOptions {
  /** 1 (gray), 3 (red, green, blue; the default) or 4 (with opacity). */
  readonly channels?: 1 | 3 | 4;
  /** Brings the image to this size: `[rows, columns]`, or one number for both. */
  readonly size?: number | readonly [rows: number, columns: number];
}

/** Pixels side by side, with as many channels as the file has, of 8 bits. */
interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: ArrayLike<number>;
}

/** The image in a PNG or JPEG file. @throws Error naming the file and what is wrong with it. */
export async function readImage(file: string, options: ImageOptions = {}): Promise<Image> {
  return decodeImage(await readFile(file), options, file);
}

/** The image in the bytes of a PNG or JPEG file. @throws Error saying what is wrong with them. */
export async function decodeImage(
  bytes: Uint8Array,
  options: ImageOptions = {},
  name = 'the image',
): Promise<Image> {
  const { channels = 3, size } = options;
  let pixels: Pixels;
  try {
    pixels = await decode(bytes);
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  }
  const image = planes(pixels, channels);
  return size === undefined ? image : resizeImage(image, size);
}

async function decode(bytes: Uint8Array): Promise<Pixels> {
  const starts = (...signature: readonly number[]): boolean =>
    signature.every((byte, i) => bytes[i] === byte);
  if (starts(0x89, 0x50, 0x4e, 0x47)) {
    const { decodePng, convertIndexedToRgb } = await import('./image-decoders.mjs');
    const png = decodePng(bytes);
    const { width, height, depth } = png;
    if (png.palette)
      return { width, height, channels: png.palette[0]?.length ?? 3, data: convertIndexedToRgb(png) };
    const shift = depth === 16 ? 8 : 0;
    // Gray of less than 8 bits: all ones are white.
    const scale = depth < 8 ? 255 / (2 ** depth - 1) : 1;
    const values = depth < 8 ? unpacked(png.data as Uint8Array, width, height, depth) : png.data;
    return {
      width,
      height,
      channels: png.channels,
      data: Uint8Array.from(values, (value) => (value >> shift) * scale),
    };
  }
  if (starts(0xff, 0xd8)) {
    const { decodeJpeg } = await import('./image-decoders.mjs');
    const { width, height, data } = decodeJpeg(bytes, { useTArray: true, formatAsRGBA: false });
    return { width, height, channels: 3, data };
  }
  throw new Error('neither a PNG nor a JPEG file');
}

/** Values of 1, 2 or 4 bits, whose rows begin at whole bytes. */
function unpacked(bytes: Uint8Array, width: number, height: number, depth: number): Uint8Array {
  const stride = Math.ceil((width * depth) / 8);
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const bit = (i % width) * depth;
    const byte = bytes[Math.floor(i / width) * stride + (bit >> 3)] as number;
    return (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
  });
}

/** Channels apart, as many as wanted: gray is weighted as ITU-R BT.601 has it, missing opacity is full. */
function planes({ width, height, channels: given, data }: Pixels, channels: 1 | 3 | 4): Image {
  const count = width * height;
  const made = new Uint8Array(channels * count);
  const colors = given < 3 ? 1 : 3;
  for (let i = 0; i < count; i++) {
    const at = i * given;
    const [red, green, blue] = [0, 1, 2].map((c) => data[at + (colors === 3 ? c : 0)] as number) as [number, number, number]; // prettier-ignore
    if (channels === 1) made[i] = colors === 1 ? red : Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    else {
      made[i] = red;
      made[count + i] = green;
      made[2 * count + i] = blue;
      if (channels === 4) made[3 * count + i] = given === colors ? 255 : (data[at + colors] as number);
    }
  }
  return { shape: [channels, height, width], data: made };
}

/** An image in another size, by triangles as wide as the shrinking (so that nothing is skipped), as Pillow's bilinear. */
export function resizeImage(image: Image, size: number | readonly [rows: number, columns: number]): Image {
  const [channels, rows, columns] = image.shape;
  const [height, width] = typeof size === 'number' ? [size, size] : size;
  if (height === rows && width === columns) return image;
  const narrow = alongRows(Float32Array.from(image.data), channels * rows, columns, width);
  const turned = transposed(narrow, channels, rows, width);
  const low = alongRows(turned, channels * width, rows, height);
  const data = Uint8Array.from(transposed(low, channels, width, height), (value) =>
    Math.min(255, Math.max(0, Math.round(value))),
  );
  return { shape: [channels, height, width], data };
}

/** Each of `count` rows of `from` values in `to` values. */
function alongRows(values: Float32Array, count: number, from: number, to: number): Float32Array {
  const made = new Float32Array(count * to);
  const reach = Math.max(1, from / to);
  for (let x = 0; x < to; x++) {
    const center = ((x + 0.5) * from) / to - 0.5;
    const first = Math.max(0, Math.ceil(center - reach));
    const last = Math.min(from - 1, Math.floor(center + reach));
    const weights = Array.from({ length: last - first + 1 }, (_, i) =>
      Math.max(0, 1 - Math.abs(first + i - center) / reach),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (let row = 0; row < count; row++) {
      let sum = 0;
      for (const [i, weight] of weights.entries()) sum += weight * (values[row * from + first + i] as number);
      made[row * to + x] = sum / total;
    }
  }
  return made;
}

/** Rows and columns of each channel swapped. */
function transposed(values: Float32Array, channels: number, rows: number, columns: number): Float32Array {
  const made = new Float32Array(values.length);
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++)
        made[(c * columns + x) * rows + y] = values[(c * rows + y) * columns + x] as number;
  return made;
}
