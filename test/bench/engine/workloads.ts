/**
 * The three workloads every engine trains, with bit-identical weights and batches. Weights are in PyTorch's layouts; a
 * peer that wants another turns them round before the first step.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { seededRandom } from '../../../src/base/random.ts';

export const WORKLOADS = ['mlp', 'cnn', 'gpt'] as const;
export type WorkloadName = (typeof WORKLOADS)[number];

/** A tensor in the file of numbers: 32-bit values from element `offset` on. */
export interface Place {
  readonly shape: readonly number[];
  readonly offset: number;
}

/** What a peer reads as `<name>.json`; the numbers are in `<name>.bin`. */
export interface Workload {
  readonly name: WorkloadName;
  readonly batch: number;
  readonly classes: number;
  readonly parameters: Readonly<Record<string, Place>>;
  /** `x` is float32, for gpt int32; `y` is int32. Cycled through. */
  readonly batches: readonly { readonly x: Place; readonly y: Place }[];
  /** Transformer sizes. */
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  readonly context: number;
}

type Filling = number | 'ones' | 'zeros';
type Parameters = [name: string, shape: number[], filling: Filling][];

const BATCHES = 4;
const GPT = { width: 128, heads: 4, layers: 2, context: 64 };
/** The deviation GPT-2 starts with, as a uniform spread. */
const GPT_BOUND = 0.02 * Math.sqrt(3);

const dense = (name: string, from: number, to: number): Parameters => [
  [`${name}.weight`, [to, from], 1 / Math.sqrt(from)],
  [`${name}.bias`, [to], 1 / Math.sqrt(from)],
];

const conv = (name: string, from: number, to: number): Parameters => [
  [`${name}.weight`, [to, from, 3, 3], 1 / Math.sqrt(from * 9)],
  [`${name}.bias`, [to], 1 / Math.sqrt(from * 9)],
];

const norm = (name: string, width: number): Parameters => [
  [`${name}.weight`, [width], 'ones'],
  [`${name}.bias`, [width], 'zeros'],
];

const block = (name: string, width: number): Parameters => [
  ...norm(`${name}.ln1`, width),
  [`${name}.qkv.weight`, [3 * width, width], GPT_BOUND],
  [`${name}.qkv.bias`, [3 * width], 'zeros'],
  [`${name}.proj.weight`, [width, width], GPT_BOUND],
  [`${name}.proj.bias`, [width], 'zeros'],
  ...norm(`${name}.ln2`, width),
  [`${name}.fc.weight`, [4 * width, width], GPT_BOUND],
  [`${name}.fc.bias`, [4 * width], 'zeros'],
  [`${name}.out.weight`, [width, 4 * width], GPT_BOUND],
  [`${name}.out.bias`, [width], 'zeros'],
];

const SHAPES: Record<
  WorkloadName,
  { batch: number; classes: number; x: number[]; y: number[]; parameters: Parameters }
> = {
  mlp: {
    batch: 64,
    classes: 10,
    x: [64, 784],
    y: [64],
    parameters: [...dense('fc1', 784, 512), ...dense('fc2', 512, 256), ...dense('fc3', 256, 10)],
  },
  cnn: {
    batch: 32,
    classes: 10,
    x: [32, 1, 28, 28],
    y: [32],
    parameters: [
      ...conv('conv1', 1, 32),
      ...conv('conv2', 32, 64),
      ...dense('fc1', 9216, 128),
      ...dense('fc2', 128, 10),
    ],
  },
  gpt: {
    batch: 8,
    classes: 65,
    x: [8, GPT.context],
    y: [8 * GPT.context],
    parameters: [
      ['wte.weight', [65, GPT.width], GPT_BOUND],
      ['wpe.weight', [GPT.context, GPT.width], GPT_BOUND],
      ...Array.from({ length: GPT.layers }, (_, layer) => block(`blocks.${layer}`, GPT.width)).flat(),
      ...norm('lnf', GPT.width),
      ['head.weight', [65, GPT.width], GPT_BOUND],
    ],
  },
};

/** Writes `<name>.json` and `<name>.bin` into `folder`. */
export function writeWorkload(name: WorkloadName, folder: string): Workload {
  const { batch, classes, x, y, parameters } = SHAPES[name];
  const random = seededRandom(20_26 + WORKLOADS.indexOf(name));
  const parts: (Float32Array | Int32Array)[] = [];
  let offset = 0;
  const place = (shape: readonly number[], integers: boolean, next: () => number): Place => {
    const length = shape.reduce((product, size) => product * size, 1);
    const numbers = integers ? Int32Array.from({ length }, next) : Float32Array.from({ length }, next);
    const at = offset;
    parts.push(numbers);
    offset += length;
    return { shape, offset: at };
  };
  const fill = (filling: Filling) => (): number => {
    if (filling === 'ones') return 1;
    return filling === 'zeros' ? 0 : filling * (2 * random() - 1);
  };
  const below = (limit: number) => (): number => Math.floor(random() * limit);
  const workload: Workload = {
    name,
    batch,
    classes,
    ...GPT,
    parameters: Object.fromEntries(
      parameters.map(([key, shape, filling]) => [key, place(shape, false, fill(filling))]),
    ),
    batches: Array.from({ length: BATCHES }, () => ({
      x: name === 'gpt' ? place(x, true, below(classes)) : place(x, false, random),
      y: place(y, true, below(classes)),
    })),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${name}.json`), JSON.stringify(workload));
  writeFileSync(
    path.join(folder, `${name}.bin`),
    Buffer.concat(parts.map((part) => Buffer.from(part.buffer))),
  );
  return workload;
}
