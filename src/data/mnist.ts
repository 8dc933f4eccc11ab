/** The digits that ship with Kernelscope. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { tensor } from '../tensor/creation.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { TensorDataset } from './dataset.ts';
import { readIdx, type IdxArray } from './idx.ts';

const IMAGES = 'mnist-10k-images.idx3-ubyte.gz';
const LABELS = 'mnist-10k-labels.idx1-ubyte.gz';
const TEST_SAMPLES = 1000;

/** A set of images `[n, 1, 28, 28]` with values in [0, 1] and their classes. */
export type ImageDataset = TensorDataset<[images: Tensor, labels: Tensor]>;

export interface MnistOptions {
  /** Folder with the four files of the original database (gzipped or not); without it, the 10,000 digits that ship. */
  readonly root?: string;
}

/**
 * Handwritten digits, 28 x 28: by default 9,000 to train on and 1,000 to test on, which need no network. The pixels
 * stay on the GPU as bytes and become numbers in [0, 1] batch by batch.
 */
export async function mnist(
  options: MnistOptions = {},
): Promise<{ readonly train: ImageDataset; readonly test: ImageDataset }> {
  if (options.root !== undefined) {
    const { root } = options;
    const [trainImages, trainLabels, testImages, testLabels] = await Promise.all(
      ['train-images.idx3-ubyte', 'train-labels.idx1-ubyte', 't10k-images.idx3-ubyte', 't10k-labels.idx1-ubyte'].map((name) => read(root, name)),
    ); // prettier-ignore
    return {
      train: dataset(trainImages as IdxArray, trainLabels as IdxArray),
      test: dataset(testImages as IdxArray, testLabels as IdxArray),
    };
  }
  const folder = packFolder();
  const [images, labels] = await Promise.all([read(folder, IMAGES), read(folder, LABELS)]);
  const total = images.shape[0] as number;
  return {
    train: dataset(rows(images, 0, total - TEST_SAMPLES), rows(labels, 0, total - TEST_SAMPLES)),
    test: dataset(rows(images, total - TEST_SAMPLES, total), rows(labels, total - TEST_SAMPLES, total)),
  };
}

function dataset(images: IdxArray, labels: IdxArray): ImageDataset {
  const [count = 0, height = 0, width = 0] = images.shape;
  const classes = Int32Array.from(labels.data);
  return new TensorDataset([tensor(images.data, { shape: [count, 1, height, width] }), tensor(classes)], {
    transform: ([pixels, digits]) => [pixels.to('f32', { scale: 1 / 255 }), digits],
  });
}

function rows({ shape, data }: IdxArray, from: number, to: number): IdxArray {
  const [count = 0, ...rest] = shape;
  const stride = data.length / count;
  return { shape: [to - from, ...rest], data: data.subarray(from * stride, to * stride) };
}

async function read(folder: string, name: string): Promise<IdxArray> {
  const file = [name, `${name}.gz`].map((each) => path.join(folder, each)).find((each) => existsSync(each));
  if (!file) throw new Error(`no ${name} (or ${name}.gz) in ${folder}`);
  return readIdx(await readFile(file), file);
}

/** The pack lies beside the built library, or in the examples of a checkout above it. */
function packFolder(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const folders = [path.join(here, 'data')];
  for (let folder = here; folder !== path.dirname(folder); folder = path.dirname(folder))
    folders.push(path.join(folder, 'examples/data'));
  const found = folders.find((folder) => existsSync(path.join(folder, IMAGES)));
  if (found === undefined)
    throw new Error(`the shipped digits (${IMAGES}) are not beside the library; reinstall kernelscope`);
  return found;
}
