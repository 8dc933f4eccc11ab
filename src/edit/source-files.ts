/** The workspace's files as the finder sees them, and how an import in one leads to another. */
import type { SourceFile } from './syntax.ts';
import { parseSource } from './syntax.ts';

/** Text of a file of the workspace; null where there is none or it lies outside: such a file is never edited. */
export interface SourceReader {
  read(file: string): string | null;
}

const ENDINGS = [
  '',
  '.ts',
  '.tsx',
  '.mts',
  '.js',
  '.mjs',
  '.jsx',
  '.json',
  '/index.ts',
  '/index.js',
] as const;

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

  constructor(reader: SourceReader) {
    this.#reader = reader;
  }

  open(file: string): SourceFile | null {
    const known = this.#parsed.get(file);
    if (known !== undefined) return known;
    const text = this.#reader.read(file);
    const parsed = text === null ? null : parseSource(file, text);
    const source = parsed?.ok ? parsed.value : null;
    this.#parsed.set(file, source);
    return source;
  }

  /** The file a relative import means, tried as Node and TypeScript would; null for packages and missing files. */
  imported(importer: string, specifier: string): SourceFile | null {
    if (!specifier.startsWith('.')) return null;
    const base = joined(importer, specifier);
    const typed = base.replace(/\.(m?)js$/, '.$1ts');
    for (const path of new Set([...ENDINGS.map((ending) => base + ending), typed])) {
      const source = this.open(path);
      if (source) return source;
    }
    return null;
  }

  /** The workspace's files that a file imports by relative paths. */
  importsOf(source: SourceFile): SourceFile[] {
    if (source.root.type !== 'Program') return [];
    return source.root.body.flatMap((statement) => {
      const imported =
        statement.type === 'ImportDeclaration' ? this.imported(source.file, statement.source.value) : null;
      return imported ? [imported] : [];
    });
  }
}
