/**
 * The parity table: how far each operation, layer and loss is from PyTorch's values, forward and backward, and the losses of
 * four models over a hundred steps. What the parity tests hold to their tolerances, in one view.
 */
import { spawnSync } from 'node:child_process';

interface Row {
  readonly group: string;
  readonly title: string;
  /** Largest difference as a share of the largest value; null where there is no gradient. */
  readonly forward: number;
  readonly gradients: number | null;
}

interface Curve {
  readonly model: string;
  readonly first: number;
  readonly last: number;
  /** Largest relative difference of a loss over all steps. */
  readonly apart: number;
}

const GROUP = /^▶ (.+) equal PyTorch/;
const ROW = /ℹ (.+): forward within (\S+?)(?:, gradients within (\S+))? of PyTorch/;
const CURVE = /ℹ (\w+): (\S+) to (\S+), within (\S+) of PyTorch/;

export function run({ json }: { readonly json: boolean }): void {
  const { stdout, status } = spawnSync(process.execPath, ['.ci/test.mjs', 'ops', '--file', 'parity'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const { rows, curves } = read(stdout);
  if (json) console.log(JSON.stringify({ passed: status === 0, rows, curves }));
  else print(rows, curves, status === 0);
}

function read(output: string): { readonly rows: Row[]; readonly curves: Curve[] } {
  const rows: Row[] = [];
  const curves: Curve[] = [];
  let group = '';
  for (const line of output.split('\n')) {
    group = GROUP.exec(line.trim())?.[1] ?? group;
    const row = ROW.exec(line);
    const [, title, forward, gradients] = row ?? [];
    if (title && forward)
      rows.push({ group, title, forward: Number(forward), gradients: gradients ? Number(gradients) : null });
    const [, model, first, last, apart] = CURVE.exec(line) ?? [];
    if (model) curves.push({ model, first: Number(first), last: Number(last), apart: Number(apart) });
  }
  return { rows, curves };
}

function print(rows: readonly Row[], curves: readonly Curve[], passed: boolean): void {
  const share = (value: number | null): string => (value === null ? '-' : value.toExponential(1)).padStart(9);
  const most = (values: readonly (number | null)[]): number =>
    values.reduce<number>((worst, value) => Math.max(worst, value ?? 0), 0);
  console.log(`${'largest difference, as a share'.padEnd(64)}  forward gradients`);
  for (const group of new Set(rows.map((row) => row.group))) {
    const own = rows.filter((row) => row.group === group);
    const worst = [most(own.map((row) => row.forward)), most(own.map((row) => row.gradients))] as const;
    console.log(`${`${group} (${own.length})`.padEnd(64)}${share(worst[0])} ${share(worst[1])}`);
    for (const { title, forward, gradients } of own)
      console.log(`  ${title.padEnd(62)}${share(forward)} ${share(gradients)}`);
  }
  console.log('\nlosses over 100 steps');
  for (const { model, first, last, apart } of curves)
    console.log(
      `${model.padEnd(8)} ${first} to ${last}, at most ${apart.toExponential(1)} from PyTorch (goal 1e-4)`,
    );
  console.log(
    `\n${rows.length} cases, ${curves.length} models: ${passed ? 'all within their tolerances' : 'NOT ALL within their tolerances'}`,
  );
}
