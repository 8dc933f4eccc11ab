// `npm run accept [-- folder]`: expected figures beside recorded traces against ours (test/accept/main.ts).
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import esbuild from 'esbuild';
import { root, shared } from '../build.mjs';

const outdir = path.join(root, '.cache/accept');
mkdirSync(outdir, { recursive: true });
const outfile = path.join(outdir, 'main.mjs');
await esbuild.build({ ...shared, entryPoints: ['test/accept/main.ts'], outfile, platform: 'node', target: 'node20', format: 'esm', packages: 'external', sourcemap: 'inline' });
await import(pathToFileURL(outfile).href);
