/** Margins around images and sequences, as layers. A margin is one number for all sides, or as `functional.pad` takes them. */
import type { Tensor } from '../tensor/tensor.ts';
import { pad, type PaddingMode } from './functional/images.ts';
import { Module } from './module.ts';

abstract class Margin extends Module {
  readonly padding: readonly number[];
  protected abstract readonly mode: PaddingMode;
  protected readonly value: number = 0;

  constructor(padding: number | readonly number[], dims: number) {
    super();
    this.padding = typeof padding === 'number' ? Array<number>(2 * dims).fill(padding) : padding;
  }

  override forward(x: Tensor): Tensor {
    return pad(x, this.padding, this.mode, this.value);
  }

  protected override describe(): string {
    return `[${this.padding.join(', ')}]`;
  }
}

/** Sequences with a margin of `value`. */
export class ConstantPad1d extends Margin {
  protected override readonly mode = 'constant';
  protected override readonly value: number;

  constructor(padding: number | readonly [left: number, right: number], value: number) {
    super(padding, 1);
    this.value = value;
  }
}

type Sides = number | readonly [left: number, right: number, top: number, bottom: number];

/** Images with a margin of `value`. */
export class ConstantPad2d extends Margin {
  protected override readonly mode = 'constant';
  protected override readonly value: number;

  constructor(padding: Sides, value: number) {
    super(padding, 2);
    this.value = value;
  }
}

/** Images with a margin of zeros. */
export class ZeroPad2d extends ConstantPad2d {
  constructor(padding: Sides) {
    super(padding, 0);
  }
}

/** Sequences with a margin that mirrors the inside. */
export class ReflectionPad1d extends Margin {
  protected override readonly mode = 'reflect';

  constructor(padding: number | readonly [left: number, right: number]) {
    super(padding, 1);
  }
}

/** Images with a margin that mirrors the inside. */
export class ReflectionPad2d extends Margin {
  protected override readonly mode = 'reflect';

  constructor(padding: Sides) {
    super(padding, 2);
  }
}

/** Sequences with a margin of the edge's own values. */
export class ReplicationPad1d extends Margin {
  protected override readonly mode = 'replicate';

  constructor(padding: number | readonly [left: number, right: number]) {
    super(padding, 1);
  }
}

/** Images with a margin of the edge's own values. */
export class ReplicationPad2d extends Margin {
  protected override readonly mode = 'replicate';

  constructor(padding: Sides) {
    super(padding, 2);
  }
}
