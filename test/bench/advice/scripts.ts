/** Training scripts with one planted fault that one edit mends, for each rule that has an edit. */

export interface PlantedFault {
  readonly rule: string;
  readonly name: string;
  readonly source: string;
}

interface Parts {
  /** Of the data set. */
  readonly rows?: number;
  readonly head?: string;
  readonly dataset?: string;
  readonly loader?: string;
  readonly model: string;
  readonly optimizer?: string;
  readonly after?: string;
}

/** A classifier of 10 classes. `rows` images (or vectors) are made once; the loop is the usual one. */
function classifier({
  rows = 4096,
  head = '',
  dataset = 'set',
  loader = '',
  model,
  optimizer,
  after = '',
}: Parts): string {
  return `
import { data, manualSeed, nn, optim, tensor } from 'kernelscope';
manualSeed(1);
const rows = ${rows};
${head}
const criterion = new nn.CrossEntropyLoss();
const labels = tensor(Int32Array.from({ length: rows }, (_, i) => (i * 7) % 10), { dtype: 'i32' });
const set = new data.TensorDataset([tensor(Float32Array.from({ length: rows * sampleSize }, (_, i) => Math.sin(i * 0.37))).reshape(rows, ...sampleShape), labels]);
const loader = new data.DataLoader(${dataset}, { ${loader} });
const model = ${model};
const optimizer = ${optimizer ?? 'new optim.SGD(model.parameters(), { lr: 0.01 })'};
let step = 0;
for (let epoch = 0; epoch < 100; epoch++)
  for await (const [x, y] of loader) {
    optimizer.zeroGrad();
    const loss = criterion.forward(model.forward(x), y);
    loss.backward();
    optimizer.step();
    ${after}
    step++;
  }
`;
}

const VECTORS = 'const sampleSize = 256, sampleShape = [256];';
const MLP = 'new nn.Sequential(new nn.Linear(256, 256), new nn.ReLU(), new nn.Linear(256, 10))';

/** Images in the layout that the script's own constant names, which is also what its layers are given. */
const images = (layout: string, channels: number): string => `
const layout = '${layout}';
const sampleSize = ${channels} * 16 * 16;
const sampleShape = layout === 'nchw' ? [${channels}, 16, 16] : [16, 16, ${channels}];`;
const cnn = (channels: number, width: number): string =>
  `new nn.Sequential(new nn.Conv2d(${channels}, ${width}, 3, { padding: 1, layout }), new nn.ReLU(), new nn.Conv2d(${width}, ${width}, 3, { padding: 1, layout }), new nn.ReLU(), new nn.MaxPool2d(2, { layout }), new nn.Flatten(), new nn.Linear(${width} * 64, 10))`;

/** Convolutional networks of three sizes, each with the layout as one literal. */
export const CONVOLUTIONS: readonly PlantedFault[] = (
  [
    ['channels first, few channels', 'nchw', 4, 8],
    ['channels first', 'nchw', 16, 32],
    ['channels last', 'nhwc', 16, 32],
  ] as const
).map(([name, layout, channels, width]) => ({
  rule: 'layout',
  name,
  source: classifier({
    head: images(layout, channels),
    loader: 'batchSize: 32, shuffle: true, seed: 1',
    model: cnn(channels, width),
  }),
}));

export const PLANTED: readonly PlantedFault[] = [
  {
    rule: 'batch-size',
    name: 'a batch of 4',
    source: classifier({ head: VECTORS, loader: 'batchSize: 4, shuffle: true, seed: 1', model: MLP }),
  },
  {
    rule: 'batch-size',
    name: 'a batch of 8, many layers',
    source: classifier({
      head: VECTORS,
      loader: 'batchSize: 8, shuffle: true, seed: 1',
      model: `new nn.Sequential(${'new nn.Linear(256, 256), new nn.ReLU(), '.repeat(6)}new nn.Linear(256, 10))`,
      optimizer: 'new optim.Adam(model.parameters(), { lr: 1e-3 })',
    }),
  },
  ...CONVOLUTIONS,
  {
    rule: 'optimizer-per-parameter',
    name: 'a parameter group each, 60 normalizations',
    source: classifier({
      head: VECTORS,
      loader: 'batchSize: 64, shuffle: true, seed: 1',
      model: `new nn.Sequential(new nn.Linear(256, 8), ${'new nn.LayerNorm(8), '.repeat(60)}new nn.Linear(8, 10))`,
      optimizer: 'new optim.SGD([...model.parameters()].map((p) => ({ params: [p] })), { lr: 0.01 })',
    }),
  },
  {
    rule: 'wave-filling',
    name: 'three workgroups for two cores',
    source: classifier({
      rows: 1920,
      head: `const sampleSize = 4096, sampleShape = [4096];
const frozen = Array.from({ length: 48 }, () => new nn.Linear(4096, 8).requiresGrad_(false));
const top = new nn.Linear(8, 10);`,
      loader: 'batchSize: 96, shuffle: true, seed: 1',
      model:
        '{ parameters: () => top.parameters(), forward: (x) => top.forward(frozen.map((each) => each.forward(x)).reduce((a, b) => a.add(b))) }',
    }),
  },
  {
    rule: 'loss-readback',
    name: 'the loss printed in each step',
    source: classifier({
      head: VECTORS,
      loader: 'batchSize: 16, shuffle: true, seed: 1',
      model: 'new nn.Linear(256, 10)',
      after: 'console.log(step, await loss.item());',
    }),
  },
  {
    rule: 'input-bound',
    name: 'one slow batch at a time',
    source: classifier({
      head: `${VECTORS}\nconst slow = { length: rows, batch: async (chosen) => (await new Promise((r) => setTimeout(r, 12)), set.batch(chosen)) };`,
      dataset: 'slow',
      loader: 'batchSize: 64, shuffle: true, seed: 1, prefetch: 1',
      model: MLP,
    }),
  },
];
