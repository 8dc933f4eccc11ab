/** The ledger of proofs in Kernelscope's cache folder: one JSON line a proof, appended. */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from './drivers.ts';
import type { LedgerEntry } from '../suggest/ledger.ts';
import { ledgerEntry, readLedger } from '../suggest/ledger.ts';
import type { Suggestion } from '../suggest/suggestion.ts';
import type { Trace } from '../trace/model.ts';

const file = (): string => path.join(cacheFolder(), 'ledger.jsonl');

/** A ledger that cannot be written costs nothing but itself. */
export function recordProof(suggestion: Suggestion, trace: Trace): void {
  const entry = ledgerEntry(suggestion, {
    script: trace.meta.script,
    adapter: trace.meta.adapter?.name ?? 'unknown',
    provedAt: new Date().toISOString(),
  });
  if (!entry) return;
  try {
    mkdirSync(cacheFolder(), { recursive: true });
    appendFileSync(file(), `${JSON.stringify(entry)}\n`);
  } catch {
    // Read-only home folders exist; the proof stands without its record.
  }
}

export function storedProofs(): LedgerEntry[] {
  try {
    return readLedger(readFileSync(file(), 'utf8'));
  } catch {
    return [];
  }
}
