/** Images and sequences in another size. */
import type { Tensor } from '../tensor/tensor.ts';
import { interpolate, pixelShuffle, pixelUnshuffle, type InterpolateOptions } from './functional/images.ts';
import { Module } from './module.ts';

/** `[batch, channels, ...]` in another size: `functional.interpolate` as a layer. */
export class Upsample extends Module {
  readonly #options: InterpolateOptions;

  constructor(options: InterpolateOptions) {
    super();
    this.#options = options;
  }

  override forward(x: Tensor): Tensor {
    return interpolate(x, this.#options);
  }

  protected override describe(): string {
    return Object.entries(this.#options)
      .map(([name, value]) => `${name}: ${value}`)
      .join(', ');
  }
}

/** `[batch, channels r^2, h, w]` to `[batch, channels, h r, w r]`: channels become pixels. */
export class PixelShuffle extends Module {
  readonly upscaleFactor: number;

  constructor(upscaleFactor: number) {
    super();
    this.upscaleFactor = upscaleFactor;
  }

  override forward(x: Tensor): Tensor {
    return pixelShuffle(x, this.upscaleFactor);
  }

  protected override describe(): string {
    return String(this.upscaleFactor);
  }
}

/** `[batch, channels, h r, w r]` to `[batch, channels r^2, h, w]`: pixels become channels. */
export class PixelUnshuffle extends Module {
  readonly downscaleFactor: number;

  constructor(downscaleFactor: number) {
    super();
    this.downscaleFactor = downscaleFactor;
  }

  override forward(x: Tensor): Tensor {
    return pixelUnshuffle(x, this.downscaleFactor);
  }

  protected override describe(): string {
    return String(this.downscaleFactor);
  }
}
