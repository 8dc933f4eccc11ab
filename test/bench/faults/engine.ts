/** Faults in scripts on the embedded library. */
import type { FaultPair } from './pair.ts';

/** A classifier on the library. `step` replaces the body of the training loop after the forward pass. */
function engine(options: {
  batch?: number;
  hidden?: number;
  classes?: number;
  dataset?: string;
  setup?: string;
  forward?: string;
  after?: string;
  optimizer?: string;
  steps?: number;
}): string {
  const { batch = 256, hidden = 128, classes = 10, setup = '', after = '', steps = 40 } = options;
  return `
import { data, nn, optim, tensor } from 'kernelscope';
const rows = ${Math.max(batch * steps, 2048)};
const values = Float32Array.from({ length: rows * 64 }, (_, i) => Math.sin(i * 0.37));
const labels = Int32Array.from({ length: rows }, (_, i) => i % 10);
const set = new data.TensorDataset([tensor(values).reshape(rows, 64), tensor(labels, { dtype: 'i32' })]);
const loader = new data.DataLoader(set, { batchSize: ${batch}, shuffle: true, seed: 1 });
const model = new nn.Sequential(new nn.Linear(64, ${hidden}), new nn.ReLU(), new nn.Linear(${hidden}, ${classes}));
const criterion = new nn.CrossEntropyLoss();
const optimizer = ${options.optimizer ?? 'new optim.Adam(model.parameters(), { lr: 1e-3 })'};
const kept = [];
${setup}
let step = 0;
for (let epoch = 0; epoch < 3; epoch++)
  for await (const [x, y] of loader) {
    optimizer.zeroGrad();
    const loss = criterion.forward(${options.forward ?? 'model.forward(x)'}, y);
    loss.backward();
    optimizer.step();
    ${after}
    step++;
  }
`;
}

/** Frozen features whose products have a workgroup for every 32 rows: on a device of two units three of them take two rounds. */
const features = (batch: number): string => `
import { data, nn, optim, tensor } from 'kernelscope';
const rows = ${10 * batch};
const x = tensor(Float32Array.from({ length: rows * 4096 }, (_, i) => Math.sin(i * 0.37))).reshape(rows, 4096);
const y = tensor(Int32Array.from({ length: rows }, (_, i) => i % 10), { dtype: 'i32' });
const loader = new data.DataLoader(new data.TensorDataset([x, y]), { batchSize: ${batch}, shuffle: true, seed: 1 });
const frozen = Array.from({ length: 48 }, () => new nn.Linear(4096, 8).requiresGrad_(false));
const top = new nn.Linear(8, 10);
const criterion = new nn.CrossEntropyLoss();
const optimizer = new optim.SGD(top.parameters(), { lr: 0.01 });
for (let epoch = 0; epoch < 3; epoch++)
  for await (const [images, labels] of loader) {
    optimizer.zeroGrad();
    criterion.forward(top.forward(frozen.map((each) => each.forward(images)).reduce((a, b) => a.add(b))), labels).backward();
    optimizer.step();
  }
`;

const groupEach = 'new optim.SGD([...model.parameters()].map((p) => ({ params: [p] })), { lr: 0.01 })';

export const ENGINE: readonly FaultPair[] = [
  { name: 'batch of 2', rule: 'batch-size', faulty: engine({ batch: 2 }), mended: engine({ batch: 2048 }) },
  {
    name: 'batch of 4, wide',
    rule: 'batch-size',
    faulty: engine({ batch: 4, hidden: 512 }),
    mended: engine({ batch: 1024, hidden: 512 }),
  },
  {
    name: 'batch of 8',
    rule: 'batch-size',
    faulty: engine({ batch: 8, hidden: 256 }),
    mended: engine({ batch: 1024, hidden: 256 }),
  },
  {
    name: 'batch left out',
    rule: 'batch-size',
    faulty: engine({ batch: 1 }).replace('batchSize: 1, ', ''),
    mended: engine({ batch: 2048 }),
  },
  {
    name: 'tensors in a list',
    rule: 'memory-leak',
    faulty: engine({ after: 'kept.push(loss.detach().keep());' }),
    mended: engine({ after: 'kept.push(step);' }),
  },
  {
    name: 'a parameter group each',
    rule: 'optimizer-per-parameter',
    faulty: engine({ optimizer: groupEach }).replace(
      'new nn.ReLU(), new nn.Linear',
      `${'new nn.ReLU(), new nn.Linear(128, 128), '.repeat(8)}new nn.ReLU(), new nn.Linear`,
    ),
    mended: engine({}),
  },
  {
    name: 'slow data',
    rule: 'input-bound',
    faulty: engine({})
      .replace('new data.DataLoader(set,', 'new data.DataLoader(slow,')
      .replace(
        'const loader',
        'const slow = { length: set.length, batch: (rows) => { const until = performance.now() + 15; while (performance.now() < until); return set.batch(rows); } };\nconst loader',
      ),
    mended: engine({}),
  },
  {
    name: 'element-wise chain',
    rule: 'unfused-chain',
    faulty: engine({ batch: 1024, forward: 'model.forward(x.mul(1.01).add(0.01).mul(0.99).sub(0.01))' }),
    mended: engine({ batch: 1024 }),
  },
  {
    name: 'the loss printed each step',
    rule: 'loss-readback',
    faulty: engine({ batch: 512, after: 'console.log(`loss ${await loss.item()}`);' }),
    mended: engine({ batch: 512, after: 'if (step % 20 === 0) console.log(`loss ${await loss.item()}`);' }),
  },
  {
    name: 'work between the steps',
    rule: 'host-bound',
    faulty: engine({ after: 'for (const until = performance.now() + 15; performance.now() < until; );' }),
    mended: engine({}),
  },
  {
    name: '33 rows in tiles of 32',
    rule: 'tile-padding',
    faulty: engine({ batch: 33, hidden: 1024 }),
    mended: engine({ batch: 32, hidden: 1024 }),
  },
  {
    name: '65 rows in tiles of 32',
    rule: 'tile-padding',
    faulty: engine({ batch: 65, hidden: 1024 }),
    mended: engine({ batch: 64, hidden: 1024 }),
  },
  {
    name: '5001 words',
    rule: 'vocabulary-padding',
    faulty: engine({ batch: 64, classes: 5001 }),
    mended: engine({ batch: 64, classes: 5056 }),
  },
  {
    name: 'a width of 511',
    rule: 'odd-sizes',
    faulty: engine({ hidden: 511 }),
    mended: engine({ hidden: 512 }),
  },
  {
    name: 'three workgroups for two cores',
    rule: 'wave-filling',
    faulty: features(96),
    mended: features(128),
  },
];
