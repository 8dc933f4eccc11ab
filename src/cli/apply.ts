/** Writes a suggestion's edit into the source file. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { applyEdits } from '../edit/index.ts';
import type { Suggestion } from '../suggest/suggestion.ts';
import { CliError } from './command.ts';

/** What was done, in one line. @throws CliError when the file is not as it was when it was profiled. */
export function applySuggestion(suggestion: Suggestion): string {
  const { edit } = suggestion;
  if (!edit) throw new CliError(`"${suggestion.title}" has no single edit`);
  const shown = path.relative(process.cwd(), edit.file);
  const changed = applyEdits(readFileSync(edit.file, 'utf8'), [edit]);
  if (!changed.ok) throw new CliError(`${shown}: ${changed.error}`);
  writeFileSync(edit.file, changed.value);
  return `${shown}: ${edit.oldText} → ${edit.newText}`;
}
