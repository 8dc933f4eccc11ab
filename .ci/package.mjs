// `npm run package`: the extension for this platform as kernelscope.vsix. `--no-build` packs dist/ as it is.
// What goes in is gathered in a folder of its own: packing the checkout would walk through every test's modules, and
// the packages that the extension runs with must lie where Node looks for them.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, root } from '../build.mjs';

const at = (...parts) => path.join(root, ...parts);
const stage = at('.cache/vsix');
const target = `${process.platform}-${process.arch}`;
const output = at('kernelscope.vsix');
const LEFT_OUT = /\.map$|[\\/]node_modules[\\/]\.bin/;

if (!process.argv.includes('--no-build')) await build([], { minify: true });
for (const file of ['extension.cjs', 'child.mjs', 'api.mjs', 'webview.js', 'typescript-plugin/index.cjs']) {
  if (existsSync(at('dist', file))) continue;
  console.error(`package: dist/${file} is missing; run \`node build.mjs\` first`);
  process.exit(1);
}

rmSync(stage, { recursive: true, force: true });
mkdirSync(stage, { recursive: true });
const translated = readdirSync(root).filter((name) => /^package\.nls(\.[\w-]+)?\.json$/.test(name));
for (const name of ['dist', 'l10n', ...translated, 'webview/media', 'README.md', 'CHANGELOG.md', 'LICENSE'])
  cpSync(at(name), path.join(stage, name), { recursive: true, filter: (file) => !LEFT_OUT.test(file) });
// A picture of the checkout has no address that the editor's page of an extension could load it from.
writeFileSync(path.join(stage, 'README.md'), readFileSync(at('README.md'), 'utf8').replaceAll(/^!\[.*\]\(docs\/.*\)\n+/gm, ''));
const { scripts: _scripts, devDependencies: _tools, dependencies: _bundled, private: _private, ...manifest } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
const plugin = { name: 'kernelscope-typescript-plugin', version: manifest.version, main: 'index.cjs' };
writeFileSync(path.join(stage, 'package.json'), JSON.stringify({ ...manifest, dependencies: { [plugin.name]: plugin.version } }, null, 2));
// TypeScript's server looks for plugins in node_modules of the extension's own folder, and nowhere else.
const pluginFolder = path.join(stage, 'node_modules', plugin.name);
mkdirSync(pluginFolder, { recursive: true });
writeFileSync(path.join(pluginFolder, 'package.json'), JSON.stringify(plugin, null, 2));
renameSync(path.join(stage, 'dist/typescript-plugin/index.cjs'), path.join(pluginFolder, 'index.cjs'));
rmSync(path.join(stage, 'dist/typescript-plugin'), { recursive: true });

const args = ['package', '--allow-missing-repository', '--no-rewrite-relative-links', '--target', target, '--out', output];
const packed = spawnSync(process.execPath, [at('node_modules/@vscode/vsce/vsce'), ...args], { cwd: stage, encoding: 'utf8' });
if (packed.status !== 0) {
  console.error(`${packed.stdout}${packed.stderr}`);
  process.exit(1);
}
rmSync(stage, { recursive: true, force: true });
console.log(`package: kernelscope.vsix for ${target}, ${(statSync(output).size / 1e6).toFixed(1)} MB`);
