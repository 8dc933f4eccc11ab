/** What every importer owes for every file: no throw, an error with its place, or a trace that our own file accepts. */
import assert from 'node:assert/strict';
import { importTrace } from '../../src/import/index.ts';
import { readTraceFile, writeTraceFile } from '../../src/trace/codec.ts';

/** Longest a small file may take, even on a machine that does much else: a hang is a bug too. */
const MAX_MS = 30_000;

export function checkImport(bytes: Uint8Array): 'trace' | 'error' {
  const start = performance.now();
  const read = importTrace(bytes);
  const ms = performance.now() - start;
  assert.ok(ms < MAX_MS, `took ${ms.toFixed(0)} ms for ${bytes.length} bytes`);
  if (!read.ok) {
    assert.ok(
      read.error.at >= 0 && Number.isFinite(read.error.at),
      `error without a place: ${JSON.stringify(read.error)}`,
    );
    assert.match(read.error.message, /^[^\n]+$/, 'an error is one line');
    return 'error';
  }
  const { notes } = read.value.meta;
  const again = readTraceFile(writeTraceFile(read.value));
  assert.ok(again.ok, 'the trace does not survive its own file');
  assert.deepEqual(again.value.meta.notes, notes, 'our own file finds fault with the trace');
  return 'trace';
}
