/** Golden texts: what came out is kept beside the input, and a difference is shown as a diff a person can read. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Holds a text against the file. A difference leaves `<file>.actual` beside it; `UPDATE_GOLDEN=1` writes the file anew
 * (read the difference in git before committing it).
 */
export function assertGolden(file: string, actual: string): void {
  const beside = `${file}.actual`;
  const expected = existsSync(file) ? readFileSync(file, 'utf8') : null;
  if (expected === actual) {
    rmSync(beside, { force: true });
    return;
  }
  if (process.env['UPDATE_GOLDEN'] === '1') {
    writeFileSync(file, actual);
    return;
  }
  writeFileSync(beside, actual);
  assert.equal(
    actual,
    expected ?? '(no such golden file)',
    `${file} differs; what came out is in ${beside}. UPDATE_GOLDEN=1 accepts it.`,
  );
}
