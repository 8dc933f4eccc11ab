// Records the traces on which the pictures are tested (test/browser/traces): an example, and the same with a narrower first
// layer, a few steps each. Places of this machine are taken out. `node .ci/golden-traces.mjs [name]`, then renew the pictures with
// `UPDATE_GOLDEN=1 node .ci/test.mjs browser --file pixels` and look at them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import esbuild from 'esbuild';
import { root, shared } from '../build.mjs';

const STEPS = 8;
const SCRIPT = '/home/ada/train/mnist-cnn.ts';
const cache = path.join(root, '.cache/golden-traces');
const out = path.join(root, 'test/browser/traces');
mkdirSync(cache, { recursive: true });
mkdirSync(out, { recursive: true });
const codec = path.join(cache, 'codec.mjs');
await esbuild.build({ ...shared, entryPoints: [path.join(root, 'src/trace/codec.ts')], outfile: codec, platform: 'node', format: 'esm' });
const { readTraceFile, writeTraceFile } = await import(pathToFileURL(codec).href);

const source = readFileSync(path.join(root, 'examples/mnist-cnn.ts'), 'utf8');
const before = source.replace('new nn.Conv2d(1, 16,', 'new nn.Conv2d(1, 24,').replace('new nn.Conv2d(16, 32,', 'new nn.Conv2d(24, 32,');
if (before === source) throw new Error('the example has no layer of 16 and 32 channels any more');
// Beside the example, so that its imports and data are found.
const variant = path.join(root, 'examples/.before.ts');
writeFileSync(variant, before);
try {
  for (const [script, name] of [['examples/mnist-cnn.ts', 'mnist-cnn'], [variant, 'mnist-cnn-before']]) {
    if (process.argv.length > 2 && !process.argv.includes(name)) continue;
    const file = path.join(cache, `${name}.kscope`);
    const run = spawnSync(process.execPath, ['dist/cli.mjs', 'profile', script, '--steps', String(STEPS), '--trace', file], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
    if (run.status !== 0) process.exit(run.status ?? 1);
    const read = readTraceFile(new Uint8Array(readFileSync(file)));
    if (!read.ok) throw new Error(read.error.message);
    const { meta, locations } = read.value;
    const place = (given) => (given === meta.script ? SCRIPT : path.posix.join('/home/ada/train', path.basename(given)));
    writeFileSync(path.join(out, `${name}.kscope`), writeTraceFile({
      ...read.value,
      meta: { ...meta, script: SCRIPT, sources: Object.fromEntries(Object.entries(meta.sources).map(([given, hash]) => [place(given), hash])), startedAt: '2026-01-05T14:02:00.000Z' },
      locations: locations.map((at) => ({ ...at, file: place(at.file) })),
    }));
  }
} finally {
  rmSync(variant, { force: true });
}
