/** The batch model against the truth: fitted at 1x, 2x and 4x, asked for 8x and 16x, on four networks. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { median } from '../../src/base/stats.ts';
import { chooseAdapter } from '../../src/run/adapter-choice.ts';
import { createTrials } from '../../src/run/trials.ts';
import { fitBatches, fittedPeakBytes, fittedStepNs, measuredBatch } from '../../src/suggest/batch-fit.ts';
import type { TrialResult } from '../../src/suggest/suggestion.ts';

const root = process.cwd();
const programs = path.join(root, 'dist');
const folder = path.join(root, '.cache/batch-model');
const STEPS = 24;
/** Trials of each batch. More of them even out a busy machine. */
const ROUNDS = Number(process.env['ROUNDS'] ?? 3);

interface Network {
  readonly name: string;
  readonly base: number;
  /** Shape of a sample, and the layers as source. */
  readonly sample: readonly number[];
  readonly layers: string;
  readonly optimizer: string;
}

const NETWORKS: readonly Network[] = [
  {
    name: 'mlp',
    base: 32,
    sample: [784],
    layers: 'new nn.Linear(784, 512), new nn.ReLU(), new nn.Linear(512, 10)',
    optimizer: 'optim.Adam',
  },
  {
    name: 'wide-mlp',
    base: 16,
    sample: [256],
    layers:
      'new nn.Linear(256, 1024), new nn.GELU(), new nn.Linear(1024, 1024), new nn.GELU(), new nn.Linear(1024, 10)',
    optimizer: 'optim.SGD',
  },
  {
    name: 'cnn',
    base: 8,
    sample: [1, 28, 28],
    layers:
      'new nn.Conv2d(1, 8, 3, { padding: 1 }), new nn.ReLU(), new nn.MaxPool2d(2), new nn.Conv2d(8, 16, 3, { padding: 1 }), new nn.ReLU(), new nn.MaxPool2d(2), new nn.Flatten(), new nn.Linear(16 * 49, 10)',
    optimizer: 'optim.SGD',
  },
  {
    name: 'deep-mlp',
    base: 32,
    sample: [128],
    layers: `${'new nn.Linear(128, 128), new nn.ReLU(), '.repeat(8)}new nn.Linear(128, 10)`,
    optimizer: 'optim.Adam',
  },
];

function source({ sample, layers, optimizer }: Network, batch: number): string {
  const size = sample.reduce((a, b) => a * b, 1);
  return `
import { data, nn, optim, tensor } from 'kernelscope';
const rows = ${batch * 4};
const values = Float32Array.from({ length: rows * ${size} }, (_, i) => Math.sin(i * 0.37));
const set = new data.TensorDataset([tensor(values).reshape(rows, ${sample.join(', ')}), tensor(Int32Array.from({ length: rows }, (_, i) => i % 10), { dtype: 'i32' })]);
const loader = new data.DataLoader(set, { batchSize: ${batch} });
const model = new nn.Sequential(${layers});
const criterion = new nn.CrossEntropyLoss();
const optimizer = new ${optimizer}(model.parameters(), { lr: 1e-3 });
for (;;)
  for await (const [x, y] of loader) {
    optimizer.zeroGrad();
    const loss = criterion.forward(model.forward(x), y);
    loss.backward();
    optimizer.step();
  }
`;
}

export async function run(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const adapter = await chooseAdapter({ programs });
  if (!adapter.ok) throw new Error(adapter.error.message);
  const errors = { time: [] as number[], memory: [] as number[] };
  for (const network of NETWORKS) {
    const batches = [1, 2, 4, 8, 16].map((factor) => factor * network.base);
    const results = new Map<number, TrialResult[]>(batches.map((batch) => [batch, []]));
    for (let round = 0; round < ROUNDS; round++)
      for (const batch of batches) {
        const script = path.join(folder, `${network.name}-${batch}.mjs`);
        writeFileSync(script, source(network, batch));
        const trials = createTrials({
          script,
          adapter: adapter.value,
          programs,
          steps: STEPS,
          timeoutMs: 120_000,
        });
        results.get(batch)?.push(await trials.run(null));
      }
    const measured = batches.map((batch) => measuredBatch(results.get(batch) ?? []));
    const fit = fitBatches(measured.slice(0, 3));
    for (const truth of measured.slice(3)) {
      const time = fittedStepNs(fit, truth.batch) / truth.stepNs - 1;
      const memory = fittedPeakBytes(fit, truth.batch) / truth.peakBytes - 1;
      errors.time.push(Math.abs(time));
      errors.memory.push(Math.abs(memory));
      console.log(
        `${network.name.padEnd(10)} batch ${String(truth.batch).padStart(4)} (${truth.batch / network.base}x, fitted to 4x, ${fit.kind}): ` +
          `step ${(truth.stepNs / 1e6).toFixed(1)} ms, off by ${(100 * time).toFixed(1)} %; peak ${(truth.peakBytes / 1e6).toFixed(1)} MB, off by ${(100 * memory).toFixed(1)} %`,
      );
    }
  }
  console.log(
    `median error: time ${(100 * median(errors.time)).toFixed(1)} %, memory ${(100 * median(errors.memory)).toFixed(1)} %`,
  );
}
