// Builds everything into dist/ with esbuild: `node build.mjs [bundle ...] [--watch] [--minify] [--clean]`.
// Without names all bundles are built. Tests are bundled by .ci/test.mjs with the options exported here.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import esbuild from 'esbuild';

export const root = path.dirname(fileURLToPath(import.meta.url));
const at = (...parts) => path.join(root, ...parts);

/** Options every bundle shares. Native packages stay outside: they find their binaries by their own place. */
export const shared = {
  bundle: true,
  absWorkingDir: root,
  logLevel: 'warning',
  loader: { '.wgsl': 'text', '.svg': 'text', '.worker.js': 'text' },
  legalComments: 'none',
  sourcemap: true,
};
const node = { ...shared, platform: 'node', target: 'node20', format: 'esm', external: ['webgpu', 'esbuild', '@duckdb/node-api'] };
// A CommonJS package inside an ES module bundle may still call require for Node's own modules.
const requireBanner = { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" };

const bundles = {
  extension: { ...node, format: 'cjs', external: ['vscode', 'esbuild', 'webgpu'], entryPoints: ['src/extension/main.ts'], outfile: 'dist/extension.cjs', define: { 'import.meta.url': '__importMetaUrl' }, banner: { js: "const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;" } },
  'import-worker': { ...node, entryPoints: ['src/extension/traces/import-worker.ts'], outfile: 'dist/import-worker.mjs', banner: requireBanner },
  'sql-process': { ...node, entryPoints: ['src/sql/process.ts'], outfile: 'dist/sql-process.mjs', banner: requireBanner },
  cli: { ...node, entryPoints: ['src/cli/main.ts'], outfile: 'dist/cli.mjs', banner: { js: `#!/usr/bin/env node\n${requireBanner.js}` } },
  child: { ...node, entryPoints: ['src/child/main.ts'], outfile: 'dist/child.mjs', banner: requireBanner },
  loader: { ...node, entryPoints: ['src/child/loader-hooks.ts'], outfile: 'dist/loader-hooks.mjs', banner: requireBanner },
  adapters: { ...node, entryPoints: ['src/child/adapters-main.ts'], outfile: 'dist/adapters.mjs', banner: requireBanner },
  // Layers and optimizers are called by the names of their classes, also when names are minified.
  api: { ...node, keepNames: true, external: [...node.external, '*/image-decoders.mjs', '*/bpe-gpt2.mjs'], entryPoints: ['src/api/index.ts'], outfile: 'dist/api.mjs' },
  // What the library loads when a script needs it.
  images: { ...node, entryPoints: ['src/data/image-decoders.mts'], outfile: 'dist/image-decoders.mjs', banner: requireBanner },
  tokenizer: { ...node, entryPoints: ['src/data/bpe-gpt2.mts'], outfile: 'dist/bpe-gpt2.mjs' },
  // TypeScript's server calls what the module itself is, not a named export of it.
  plugin: { ...node, format: 'cjs', entryPoints: ['src/typescript-plugin/main.ts'], outfile: 'dist/typescript-plugin/index.cjs', footer: { js: 'module.exports = ((own) => () => ({ create: own.create }))(module.exports);' } },
  webview: { ...shared, platform: 'browser', target: 'es2022', format: 'iife', entryPoints: ['webview/main.ts'], outfile: 'dist/webview.js' },
  style: { ...shared, entryPoints: ['webview/style.css'], outfile: 'dist/webview.css' },
};

/** Files that travel as they are: native packages (for the packaged extension), data packs. */
const copies = {
  natives() {
    const platform = `${process.platform}-${process.arch}`;
    const webgpuPlatform = process.platform === 'darwin' ? 'darwin-universal' : platform;
    const wanted = [
      ...['index.js', 'package.json', 'LICENSE.md', `dist/${webgpuPlatform}`].map((file) => `webgpu/${file}`),
      ...['package.json', 'LICENSE.md', 'lib'].map((file) => `esbuild/${file}`),
      `@esbuild/${platform}`,
    ];
    for (const file of wanted) {
      const from = at('node_modules', file);
      const to = at('dist/node_modules', file);
      if (!existsSync(from) || existsSync(to)) continue;
      mkdirSync(path.dirname(to), { recursive: true });
      cpSync(from, to, { recursive: true });
    }
  },
  data() {
    mkdirSync(at('dist/data'), { recursive: true });
    for (const file of readdirSync(at('examples/data')).filter((name) => name.endsWith('.gz'))) cpSync(at('examples/data', file), at('dist/data', file));
  },
  /** Types of the library for a user's editor: declarations of src/api and what it reaches. */
  types() {
    if (!existsSync(at('src/api/index.ts'))) return;
    // A declaration of a file that is gone would be packed with the others.
    rmSync(at('dist/types'), { recursive: true, force: true });
    const config = at('.cache/tsconfig.types.json');
    mkdirSync(path.dirname(config), { recursive: true });
    writeFileSync(config, JSON.stringify({
      extends: at('tsconfig.json'),
      compilerOptions: { noEmit: false, declaration: true, emitDeclarationOnly: true, rootDir: root, outDir: at('dist/types'), noUnusedLocals: false, typeRoots: [at('node_modules/@types'), at('node_modules/@webgpu')], types: ['node', 'types'] },
      include: [], files: [at('src/api/index.ts'), at('src/wgsl.d.ts')],
    }));
    const run = spawnSync(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', config], { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`types: ${run.stdout}${run.stderr}`);
  },
};

export async function build(names = [], { watch = false, minify = false, clean = false } = {}) {
  const known = { ...bundles, ...copies };
  const wanted = names.length > 0 ? names : Object.keys(known);
  for (const name of wanted) if (!(name in known)) throw new Error(`no bundle '${name}'; there are ${Object.keys(known).join(', ')}`);
  if (clean) rmSync(at('dist'), { recursive: true, force: true });
  const contexts = [];
  await Promise.all(wanted.filter((name) => name in bundles).map(async (name) => {
    const options = { ...bundles[name], minify, sourcemap: minify ? false : shared.sourcemap };
    if (!existsSync(at(options.entryPoints[0]))) return;
    if (watch) contexts.push(await esbuild.context({ ...options, logLevel: 'info' }));
    else await esbuild.build(options);
  }));
  for (const name of wanted) if (name in copies) copies[name]();
  for (const context of contexts) await context.watch();
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { watch: { type: 'boolean' }, minify: { type: 'boolean' }, clean: { type: 'boolean' } } });
  const start = performance.now();
  try {
    await build(positionals, values);
    const version = JSON.parse(readFileSync(at('package.json'), 'utf8')).version;
    console.log(`kernelscope ${version} built in ${((performance.now() - start) / 1000).toFixed(1)} s${values.watch ? ', watching' : ''}`);
  } catch (error) {
    console.error(String(error.message ?? error));
    process.exitCode = 1;
  }
}
