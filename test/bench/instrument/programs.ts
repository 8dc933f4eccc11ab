/**
 * What the instrument's cost is measured on: training scripts, longer than shipped, that print a line after their first step, some
 * along the way (or one a step) and one at their end.
 */
import { findPeers } from '../../support/peers.ts';
import { exampleOf, peerOf, rewritten, scriptOf } from './runs.ts';

export interface CostProgram {
  readonly name: string;
  readonly steps: number;
  /** Written anew for each run: all share one folder. */
  readonly script: () => string;
  readonly args: readonly string[];
}

type Changes = readonly (readonly [before: string, after: string])[];
type ChangesFor = (steps: number) => Changes;

/** Lines that a script prints along the way: an even number. */
const LINES = 20;

const END = "annotations?.listener?.step('end', { index });";
const TINY: ChangesFor = (steps) => [[END, `${END}\nif (index % ${steps / LINES} === 0) console.log(0);`]];
const TINY_STEPS = 120;

/** Steps are counted over epochs, and the script ends after so many. */
const digits = (every: number): ChangesFor => (steps) => [
  ['for (let epoch = 1; epoch <= epochs;', 'let step = 0;\nfor (let epoch = 1; ;'],
  ['  let step = 0;\n', ''],
  [`if (step++ % ${every} === 0)`, `if (step > ${steps}) process.exit();\nif (step++ % ${steps / LINES} === 0)`],
]; // prettier-ignore

const OURS: readonly (readonly [name: string, file: string, steps: number, changes: ChangesFor])[] = [
  ['our MLP', 'mnist-mlp.ts', 120, digits(50)],
  ['our CNN', 'mnist-cnn.ts', 40, digits(20)],
  ['our transformer', 'char-gpt.ts', 40, (steps) => [
    ['const steps = 400', `const steps = ${steps + 2}`],
    ['if (step % 20 === 0)', `if (step > ${steps + 1}) process.exit();\nif (step % ${steps / LINES} === 1)`],
  ]],
]; // prettier-ignore

const half = (statement: string, steps: number): string =>
  `{ ${statement} if (step % ${steps / LINES} === 0) console.log(loss); }`;

const FIT = 'const history = await model.fit(';
const EPOCH_STEPS = 3;
const fits: ChangesFor = (steps) => [
  ['epochs: 4', `epochs: ${steps / EPOCH_STEPS / 2}`],
  [FIT, `for (const epochs of [1, ${steps / EPOCH_STEPS / 2}]) {
    await model.fit(x, tf.oneHot(y, classes), { epochs, batchSize: 64, verbose: 0 });
    console.log(0);
  }
  ${FIT}`],
]; // prettier-ignore
const BATCH = 'loss = await model.trainOnBatch(x, y);';
const DISPOSE = 'now.dispose();';

const PEERS: readonly (readonly [name: string, steps: number, changes: ChangesFor])[] = [
  ['tfjs-mlp', 72, fits],
  ['tfjs-cnn', 40, (steps) => [['step < 8', `step < ${steps}`], [BATCH, half(BATCH, steps)]]],
  ['tfjs-transformer', 40, (steps) => [['step < 8', `step < ${steps}`], [DISPOSE, half(DISPOSE, steps)]]],
  ['jax-mlp', 300, (steps) => [['step < 8', `step < ${steps}`]]],
  ['jax-cnn', 60, (steps) => [['step < 6', `step < ${steps}`]]],
  ['jax-transformer', 60, (steps) => [['step < 6', `step < ${steps}`]]],
]; // prettier-ignore

/** `PROGRAMS=jax-mlp,our CNN` picks some, `TIMES=10` makes them ten times as long. */
export function costPrograms(): CostProgram[] {
  const times = Number(process.env['TIMES'] ?? 1);
  const program = (
    name: string,
    shortSteps: number,
    script: (steps: number) => string,
    args: (steps: number) => readonly string[] = () => [],
  ): CostProgram => {
    const steps = shortSteps * times;
    return { name, steps, script: () => script(steps), args: args(steps) };
  };
  const programs: CostProgram[] = [
    program(
      'tiny dispatches',
      TINY_STEPS,
      (steps) => rewritten(scriptOf('tiny-steps.mjs'), TINY(steps)),
      (steps) => [String(steps), '2000'],
    ),
    ...OURS.map(([name, file, steps, changes]) =>
      program(name, steps, (all) => rewritten(exampleOf(file), changes(all))),
    ),
  ];
  const peers = findPeers();
  if ('missing' in peers) console.log(`  peers: ${peers.missing}`);
  else
    for (const [name, steps, changes] of PEERS)
      programs.push(program(name, steps, (all) => rewritten(peerOf(name), changes(all), peers.folder)));
  const wanted = process.env['PROGRAMS']?.split(',');
  return wanted ? programs.filter(({ name }) => wanted.includes(name)) : programs;
}
