/**
 * Module hooks, run by Node in a thread of their own: TypeScript becomes JavaScript file by file (so `import.meta.url`, paths and
 * stack traces stay the user's), `kernelscope` and `webgpu` resolve to what ships here, and a trial's edits are applied to the
 * text in memory.
 */
import { readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { LoadHook, ResolveHook } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Loader, Message, TransformFailure } from 'esbuild';
import { JAX_ENTRY, withNames } from '../adapters/jax-js-text.ts';
import type { SourceEdit } from '../wire/run-messages.ts';
import { applyEdits } from './apply-edits.ts';
import type { Heart } from './heartbeat.ts';
import { watch } from './heartbeat.ts';
import { watchMemory } from './memory-limit.ts';
import { originalPosition } from './original-place.ts';

export interface LoaderData {
  /** URL of each module that is ours whatever the workspace has installed. */
  readonly ours: Readonly<Record<string, string>>;
  readonly edits: readonly SourceEdit[];
  /** Folder of our own programs, whose lines are not the user's. */
  readonly ownFolder: string;
  /** The main thread's; null for another thread. */
  readonly heart: Heart | null;
  /** Of the whole process. */
  readonly memoryLimitBytes: number;
}

const LOADERS: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.jsx': 'jsx',
};
const PLAIN = new Set(['.js', '.mjs', '.cjs']);
/** What an import without an extension, or with the one of the compiled file, may mean. */
const CANDIDATES = ['', '.ts', '.tsx', '.mts', '.js', '.mjs', '.json', '/index.ts', '/index.js'];
const COMPILED: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
  '.jsx': ['.tsx'],
};

let data: Pick<LoaderData, 'ours' | 'edits'> = { ours: {}, edits: [] };
/** Transformed code by URL, to find the author's line again. */
const transformed = new Map<string, string>();

export function initialize(given: LoaderData): void {
  data = given;
  if (!given.heart) return;
  watchMemory(given.heart, given.memoryLimitBytes);
  watch(given.heart, (url, line, column) => {
    if (!url.startsWith('file:') || url.includes('/node_modules/')) return null;
    const file = fileURLToPath(url);
    if (file.startsWith(given.ownFolder + path.sep)) return null;
    return { file, ...originalPosition(transformed.get(url) ?? '', line, column) };
  });
}

export const resolve: ResolveHook = async (specifier, context, next) => {
  const ours = data.ours[specifier];
  if (ours) return { url: ours, shortCircuit: true };
  const from = context.parentURL;
  if (from?.startsWith('file:') && /^(\.{0,2}\/|file:)/.test(specifier)) {
    const found = findFile(fileURLToPath(new URL(specifier, from)));
    if (found) return next(pathToFileURL(found).href, context);
  }
  return next(specifier, context);
};

export const load: LoadHook = async (url, context, next) => {
  if (!url.startsWith('file:')) return next(url, context);
  const file = fileURLToPath(url);
  const extension = path.extname(file);
  if (extension === '.json' && !context.importAttributes?.['type']) {
    const text = await readFile(file, 'utf8');
    return { format: 'module', source: `export default ${text};`, shortCircuit: true };
  }
  if (JAX_ENTRY.test(url)) {
    const source = withNames(await readFile(file, 'utf8'));
    return source === null ? next(url, context) : { format: 'module', source, shortCircuit: true };
  }
  const edits = data.edits.filter((edit) => edit.file === file);
  const loader = LOADERS[extension] ?? (edits.length > 0 && PLAIN.has(extension) ? 'js' : undefined);
  if (!loader) return next(url, context);
  const written = await readFile(file, 'utf8');
  const text = edits.length > 0 ? applyEdits(written, edits) : written;
  const format = formatOf(file, extension, text);
  const source = await transform(text, file, loader, format);
  transformed.set(url, source);
  return { format, source, shortCircuit: true };
};

async function transform(
  text: string,
  file: string,
  loader: Loader,
  format: 'module' | 'commonjs',
): Promise<string> {
  // Loaded on first need: a plain JavaScript script pays nothing for it.
  const esbuild = await import('esbuild');
  try {
    const { code } = await esbuild.transform(text, {
      loader,
      format: format === 'commonjs' ? 'cjs' : 'esm',
      target: 'es2022',
      sourcefile: file,
      sourcemap: 'inline',
      sourcesContent: false,
      tsconfigRaw: tsconfigFor(file),
    });
    return code;
  } catch (error) {
    const [first] = (error as TransformFailure).errors ?? [];
    if (!first) throw error;
    throw new SyntaxError(placed(first, file));
  }
}

function placed({ text, location }: Message, file: string): string {
  return location ? `${file}:${location.line}:${location.column + 1}: ${text}` : `${file}:1:1: ${text}`;
}

/** Only what changes the meaning of code is taken from the user's tsconfig.json. */
function tsconfigFor(file: string): string {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    try {
      const text = readFileSync(path.join(folder, 'tsconfig.json'), 'utf8');
      const flag = (name: string): boolean => new RegExp(`"${name}"\\s*:\\s*true`).test(text);
      const experimentalDecorators = flag('experimentalDecorators');
      const useDefineForClassFields = !new RegExp('"useDefineForClassFields"\\s*:\\s*false').test(text);
      return JSON.stringify({ compilerOptions: { experimentalDecorators, useDefineForClassFields } });
    } catch {
      if (folder === path.dirname(folder)) return '{}';
    }
  }
}

function formatOf(file: string, extension: string, text: string): 'module' | 'commonjs' {
  if (extension.startsWith('.m')) return 'module';
  if (extension.startsWith('.c')) return 'commonjs';
  if (packageType(path.dirname(file)) === 'module') return 'module';
  if (/^\s*(import\s*['"{*\w]|export\s)/m.test(text) || /\bimport\.meta\b/.test(text)) return 'module';
  return /\brequire\s*\(|\bmodule\.exports\b|\bexports\.\w/.test(text) ? 'commonjs' : 'module';
}

function packageType(folder: string): string {
  for (let at = folder; ; at = path.dirname(at)) {
    try {
      return (
        (JSON.parse(readFileSync(path.join(at, 'package.json'), 'utf8')) as { type?: string }).type ??
        'commonjs'
      );
    } catch {
      if (at === path.dirname(at)) return 'commonjs';
    }
  }
}

function findFile(wanted: string): string | null {
  for (const suffix of CANDIDATES) if (isFile(wanted + suffix)) return wanted + suffix;
  const extension = path.extname(wanted);
  for (const written of COMPILED[extension] ?? []) {
    const source = wanted.slice(0, -extension.length) + written;
    if (isFile(source)) return source;
  }
  return null;
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}
