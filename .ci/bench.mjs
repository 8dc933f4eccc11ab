// `npm run bench -- [name ...]`: measures, prints ratios, never passes or fails. Names are files of test/bench.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import esbuild from 'esbuild';
import { root, shared } from '../build.mjs';

const folder = path.join(root, 'test/bench');
const all = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.bench.ts')).map((file) => file.slice(0, -'.bench.ts'.length)) : [];
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const chosen = wanted.length === 0 ? all : all.filter((name) => wanted.some((word) => name === word || name.startsWith(`${word}-`) || name.endsWith(`-${word}`)));
if (chosen.length === 0) {
  console.error(`no such bench; there are ${all.join(', ')}`);
  process.exit(2);
}
const outdir = path.join(root, '.cache/bench');
mkdirSync(outdir, { recursive: true });
for (const name of chosen) {
  const outfile = path.join(outdir, `${name}.mjs`);
  await esbuild.build({
    ...shared,
    entryPoints: [path.join(folder, `${name}.bench.ts`)],
    outfile,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    sourcemap: 'inline',
    alias: { kernelscope: path.join(root, 'src/api/index.ts') },
  });
  console.log(`== ${name}`);
  const { run } = await import(pathToFileURL(outfile).href);
  await run({ json: process.argv.includes('--json') });
}
process.exit(0);
