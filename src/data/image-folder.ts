import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { SampleDataset } from './dataset.ts';
import { readImage, type Image, type ImageOptions } from './image.ts';

/** Options of `ImageFolder`. All images of a batch have one size, so one is needed unless the files have it. */
export type ImageFolderOptions = ImageOptions;

const IMAGE = /\.(png|jpe?g)$/i;

/**
 * Images in folders named for their classes, as `torchvision.datasets.ImageFolder`: `root/cat/1.png`, `root/dog/2.jpg`.
 * Samples are an image (u8, `[channels, rows, columns]`) and the number of its class, in the order of their names.
 *
 * ```ts
 * const train = await data.ImageFolder.open('photos', { size: 64 });
 * const loader = new data.DataLoader(train, { batchSize: 32, shuffle: true, numWorkers: 2 });
 * ```
 */
export class ImageFolder extends SampleDataset<readonly [Image, number]> {
  override readonly module = import.meta.url;
  /** Names of the classes. */
  readonly classes: readonly string[];
  /** Each file and the number of its class. */
  readonly files: readonly (readonly [file: string, label: number])[];
  readonly options: ImageFolderOptions;

  private constructor(classes: readonly string[], files: ImageFolder['files'], options: ImageFolderOptions) {
    super();
    this.classes = classes;
    this.files = files;
    this.options = options;
  }

  /** @throws Error when there is no such folder, or no image in it. */
  static async open(root: string, options: ImageFolderOptions = {}): Promise<ImageFolder> {
    const entries = await readdir(root, { withFileTypes: true });
    const classes = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name).toSorted(); // prettier-ignore
    const files: [string, number][] = [];
    for (const [label, name] of classes.entries()) {
      const inside = await readdir(path.join(root, name), { recursive: true });
      for (const file of inside.toSorted())
        if (IMAGE.test(file)) files.push([path.join(root, name, file), label]);
    }
    if (files.length === 0)
      throw new Error(`${root} has no PNG or JPEG images in folders named for their classes`);
    return new ImageFolder(classes, files, options);
  }

  override get length(): number {
    return this.files.length;
  }

  override async get(index: number): Promise<readonly [Image, number]> {
    const [file, label] = this.files[index] as readonly [string, number];
    return [await readImage(file, this.options), label];
  }
}
