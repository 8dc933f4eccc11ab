/** Every example, run to its end as a user would: does it reach what its first lines state, and how long does it take? */
import { spawnSync } from 'node:child_process';

interface Stated {
  readonly file: string;
  /** The figure in what it prints; the last match counts. */
  readonly figure: RegExp;
  readonly atLeast?: number;
  readonly atMost?: number;
}

const EXAMPLES: readonly Stated[] = [
  { file: 'mnist-mlp', figure: /test accuracy ([\d.]+) %/g, atLeast: 95 },
  { file: 'mnist-cnn', figure: /test accuracy ([\d.]+) %/g, atLeast: 97 },
  { file: 'residual-cnn', figure: /test accuracy ([\d.]+) %/g, atLeast: 85 },
  { file: 'autoencoder', figure: /test error ([\d.]+)/g, atMost: 0.02 },
  { file: 'matrix-factorization', figure: /error on unseen ratings ([\d.]+)/g, atMost: 0.46 },
  { file: 'lstm-names', figure: /epoch 12 loss ([\d.]+)/g, atMost: 1.9 },
  { file: 'char-gpt', figure: /loss on unseen text ([\d.]+)/g, atMost: 2.2 },
];

export function run({ json }: { readonly json: boolean }): void {
  const rows = EXAMPLES.map((example) => ({ ...check(example), ...example }));
  if (json) {
    console.log(JSON.stringify(rows.map(({ figure: _pattern, ...row }) => row)));
    return;
  }
  for (const { file, reached, seconds, atLeast, atMost, kept } of rows)
    console.log(
      `${file.padEnd(22)} ${String(reached).padStart(7)}  stated ${atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`}` +
        `  ${kept ? 'reached' : 'MISSED'}  ${seconds.toFixed(0)} s`,
    );
}

function check({ file, figure, atLeast = -Infinity, atMost = Infinity }: Stated) {
  const start = performance.now();
  const { stdout } = spawnSync(process.execPath, ['dist/cli.mjs', 'profile', `examples/${file}.ts`], {
    encoding: 'utf8',
    timeout: 600_000,
  });
  const reached = Number([...stdout.matchAll(figure)].at(-1)?.[1] ?? NaN);
  return {
    reached,
    kept: reached >= atLeast && reached <= atMost,
    seconds: (performance.now() - start) / 1000,
  };
}
