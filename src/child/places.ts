/** Which scripts are the user's, and where a running line stands in the file its author wrote. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { findSourceMap } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ScriptPlaces } from '../probe/call-sites.ts';
import type { SourceLocation } from '../trace/model.ts';
import type { SourceEdit } from '../wire/run-messages.ts';
import { applyEdits } from './apply-edits.ts';

export class UserPlaces implements ScriptPlaces {
  readonly #own: readonly string[];
  readonly #edits: readonly SourceEdit[];
  readonly #onNewFile: (sources: Record<string, string>) => void;
  readonly #sources: Record<string, string> = {};

  /**
   * @param edits Changes that the run makes to files in memory: what ran is the changed text.
   * @param onNewFile Is given the hashes of all source files seen so far, whenever there is one more.
   */
  constructor(
    ownFolder: string,
    edits: readonly SourceEdit[],
    onNewFile: (sources: Record<string, string>) => void,
  ) {
    // With our own source maps at hand, our frames appear under the names of our sources.
    this.#own = [ownFolder, path.join(path.dirname(ownFolder), 'src')].map((folder) => folder + path.sep);
    this.#edits = edits;
    this.#onNewFile = onNewFile;
  }

  isUsers(script: string): boolean {
    if (!script.startsWith('file:') && !path.isAbsolute(script)) return false;
    const file = this.#path(script);
    return (
      !file.includes(`${path.sep}node_modules${path.sep}`) &&
      !this.#own.some((folder) => file.startsWith(folder))
    );
  }

  original(script: string, line: number, column: number): SourceLocation {
    const entry = findSourceMap(script)?.findEntry(line - 1, column - 1);
    if (entry && 'originalSource' in entry && entry.originalSource)
      return this.#seen(entry.originalSource, entry.originalLine + 1, entry.originalColumn + 1);
    return this.#seen(script, line, column);
  }

  file(script: string): string {
    return this.#seen(script, 1, 1).file;
  }

  #seen(script: string, line: number, column: number): SourceLocation {
    const file = this.#path(script);
    if (!(file in this.#sources)) {
      this.#sources[file] = hashOf(file, this.#edits);
      this.#onNewFile({ ...this.#sources });
    }
    return { file, line, column };
  }

  #path(script: string): string {
    return script.startsWith('file:') ? fileURLToPath(script) : path.normalize(script);
  }
}

/** SHA-256 of the text that ran, hexadecimal: of the file's bytes, or with the edits made; empty when it cannot be read. */
function hashOf(file: string, edits: readonly SourceEdit[]): string {
  try {
    const own = edits.filter((edit) => edit.file === file);
    const ran = own.length > 0 ? applyEdits(readFileSync(file, 'utf8'), own) : readFileSync(file);
    return createHash('sha256').update(ran).digest('hex');
  } catch {
    return '';
  }
}
