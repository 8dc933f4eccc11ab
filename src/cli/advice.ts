/** Suggestions for a trace, from the source the trace was made from when it is at hand. */
import { existsSync } from 'node:fs';
import { sourceFinder } from '../edit/index.ts';
import { storedProofs } from '../run/ledger-file.ts';
import { withCalibration } from '../suggest/ledger.ts';
import { suggestionsFor } from '../suggest/rules/index.ts';
import { NO_SOURCE } from '../suggest/source-finder.ts';
import type { Suggestion } from '../suggest/suggestion.ts';
import type { Trace } from '../trace/model.ts';
import { workspaceOf, workspaceReader } from './files.ts';

export function adviceFor(trace: Trace): Suggestion[] {
  const { script } = trace.meta;
  const source =
    script !== '' && existsSync(script)
      ? sourceFinder(workspaceReader(workspaceOf(script)), script)
      : NO_SOURCE;
  return withCalibration(suggestionsFor(trace, source), storedProofs(), trace.meta.adapter?.name ?? '');
}
