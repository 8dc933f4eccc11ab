/** What the instrument's cost is measured on: training scripts, longer than shipped, that print a line after their first step and at their end. */
import { findPeers } from '../../support/peers.ts';
import { exampleOf, peerOf, rewritten, scriptOf } from './runs.ts';

export interface CostProgram {
  readonly name: string;
  /** Written anew for each run: all share one folder. */
  readonly script: () => string;
  readonly args: readonly string[];
}

type Changes = readonly (readonly [before: string, after: string])[];

const firstLoss = (statement: string): string => `{ ${statement} if (step === 0) console.log(loss); }`;

const END = "annotations?.listener?.step('end', { index });";
const TINY: Changes = [[END, `${END}\nif (index === 0) console.log(0);`]];

const OURS: readonly (readonly [name: string, file: string, changes: Changes])[] = [
  ['our MLP', 'mnist-mlp.ts', [['if (step++ % 50 === 0)', 'if (step > 120) process.exit();\nif (step++ % 40 === 0)']]],
  ['our CNN', 'mnist-cnn.ts', [['if (step++ % 20 === 0)', 'if (step > 40) process.exit();\nif (step++ % 20 === 0)']]],
  ['our transformer', 'char-gpt.ts', [['if (step % 20 === 0)', 'if (step > 41) process.exit();\nif (step % 20 === 1)']]],
]; // prettier-ignore

const FIT = 'const history = await model.fit(';
const BATCH = 'loss = await model.trainOnBatch(x, y);';

const PEERS: readonly (readonly [name: string, changes: Changes])[] = [
  ['tfjs-mlp', [['epochs: 4', 'epochs: 24'], [FIT, `await model.fit(x, tf.oneHot(y, classes), { epochs: 1, batchSize: 64, verbose: 0 });\nconsole.log(0);\n${FIT}`]]],
  ['tfjs-cnn', [['step < 8', 'step < 40'], [BATCH, firstLoss(BATCH)]]],
  ['tfjs-transformer', [['step < 8', 'step < 40'], ['now.dispose();', firstLoss('now.dispose();')]]],
  ['jax-mlp', [['step < 8', 'step < 300']]],
  ['jax-cnn', [['step < 6', 'step < 60']]],
  ['jax-transformer', [['step < 6', 'step < 60']]],
]; // prettier-ignore

/** `PROGRAMS=jax-mlp,our CNN` picks some. */
export function costPrograms(): CostProgram[] {
  const programs: CostProgram[] = [
    {
      name: 'tiny dispatches',
      script: () => rewritten(scriptOf('tiny-steps.mjs'), TINY),
      args: ['120', '2000'],
    },
    ...OURS.map(([name, file, changes]) => ({
      name,
      script: () => rewritten(exampleOf(file), changes),
      args: [],
    })),
  ];
  const peers = findPeers();
  if ('missing' in peers) console.log(`  peers: ${peers.missing}`);
  else
    for (const [name, changes] of PEERS)
      programs.push({ name, script: () => rewritten(peerOf(name), changes, peers.folder), args: [] });
  const wanted = process.env['PROGRAMS']?.split(',');
  return wanted ? programs.filter(({ name }) => wanted.includes(name)) : programs;
}
