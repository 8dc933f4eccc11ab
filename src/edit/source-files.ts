/** The workspace's files as the finder sees them, and how an import in one leads to another. */
import { importSpecifiers } from './exports.ts';
import type { SourceFile } from './syntax.ts';
import { parseSource } from './syntax.ts';

/** Text of a file of the workspace; null where there is none or it lies outside: such a file is never edited. */
export interface SourceReader {
  read(file: string): string | null;
}

const ENDINGS = ['', '.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs', '.jsx', '.json'] as const;
const INDEXES = ['/index.ts', '/index.mts', '/index.js', '/index.mjs', '/index.cjs'] as const;
/** More files than this are not one training script. */
const MAX_FILES = 200;

/** Joins a relative specifier to the importing file's folder. Both kinds of slash are understood. */
function joined(importer: string, specifier: string): string {
  const parts = importer.replaceAll('\\', '/').split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** Reads and parses each file once. */
export class SourceFiles {
  readonly #reader: SourceReader;
  readonly #parsed = new Map<string, SourceFile | null>();
  #reached: readonly SourceFile[] = [];

  constructor(reader: SourceReader) {
    this.#reader = reader;
  }

  open(file: string): SourceFile | null {
    const known = this.#parsed.get(file);
    if (known !== undefined) return known;
    // An installed package is nobody's to edit, whatever the reader allows.
    const text = /(^|[\\/])node_modules[\\/]/.test(file) ? null : this.#reader.read(file);
    const parsed = text === null ? null : parseSource(file, text);
    const source = parsed?.ok ? parsed.value : null;
    this.#parsed.set(file, source);
    return source;
  }

  /** The file a relative import means, tried as Node and TypeScript would; null for packages and missing files. */
  imported(importer: string, specifier: string): SourceFile | null {
    if (!specifier.startsWith('.')) return null;
    const base = joined(importer, specifier);
    const typed = base.replace(/\.([mc]?)js$/, '.$1ts');
    const endings = [...ENDINGS, ...INDEXES].map((ending) => base + ending);
    for (const path of new Set([...endings, typed, base.replace(/\.jsx?$/, '.tsx')])) {
      const source = this.open(path);
      if (source) return source;
    }
    return null;
  }

  /** The script and the workspace's files that it imports, directly or through others; empty before `reach`. */
  get reached(): readonly SourceFile[] {
    return this.#reached;
  }

  /** Opens the script and all that it imports by relative paths; null when it cannot be read. */
  reach(script: string): SourceFile | null {
    const source = this.open(script);
    if (!source) return null;
    const found = new Set([source]);
    for (const file of found)
      for (const specifier of importSpecifiers(file)) {
        const imported = this.imported(file.file, specifier);
        if (imported && found.size < MAX_FILES) found.add(imported);
      }
    this.#reached = [...found];
    return source;
  }
}
