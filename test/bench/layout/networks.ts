/** Convolutional networks with the layout as one literal: those of the examples, rewritten to be told it, and the planted ones. */
import { readFileSync } from 'node:fs';
import { CONVOLUTIONS } from '../advice/scripts.ts';

export interface LayoutNetwork {
  readonly name: string;
  readonly source: string;
}

type Change = readonly [from: string | RegExp, to: string];

const LAYERS: readonly Change[] = [
  [/new nn\.Conv2d\(([^{})]*)\{ ([^}]*) \}/g, 'new nn.Conv2d($1{ $2, layout }'],
  [/new nn\.(MaxPool2d|BatchNorm2d|AdaptiveAvgPool2d)\((\w+)\)/g, 'new nn.$1($2, { layout })'],
  ['const batchSize', "const layout = 'nchw';\nconst batchSize"],
];

/** @throws where the example no longer has what is to be changed. */
function example(root: string, file: string, changes: readonly Change[]): string {
  let text = readFileSync(`${root}/examples/${file}`, 'utf8');
  for (const [from, to] of changes) {
    const changed = typeof from === 'string' ? text.replaceAll(from, to) : text.replace(from, to);
    if (changed === text) throw new Error(`examples/${file} has no ${String(from)} to change`);
    text = changed;
  }
  return text;
}

export function layoutNetworks(root: string): LayoutNetwork[] {
  return [
    {
      name: 'mnist-cnn',
      source: example(root, 'mnist-cnn.ts', [
        LAYERS[0]!,
        LAYERS[1]!,
        LAYERS[2]!,
        // One channel: the same numbers in either order.
        [
          'model.forward(images)',
          "model.forward(layout === 'nchw' ? images : images.reshape(-1, 28, 28, 1))",
        ],
      ]),
    },
    {
      name: 'residual-cnn',
      source: example(root, 'residual-cnn.ts', [
        LAYERS[0]!,
        LAYERS[1]!,
        LAYERS[2]!,
        [
          'made[((n * 3 + channel) * SIZE + y) * SIZE + x]',
          "made[layout === 'nchw' ? ((n * 3 + channel) * SIZE + y) * SIZE + x : ((n * SIZE + y) * SIZE + x) * 3 + channel]",
        ],
        [
          'shape: [digits.length, 3, SIZE, SIZE]',
          "shape: layout === 'nchw' ? [digits.length, 3, SIZE, SIZE] : [digits.length, SIZE, SIZE, 3]",
        ],
      ]),
    },
    ...CONVOLUTIONS.map(({ name, source }) => ({ name: name.replace(/\W+/g, '-'), source })),
  ];
}
