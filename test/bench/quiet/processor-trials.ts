/**
 * Trials whose steps are processor time instead of wall time, for a machine that others use too: on a software adapter the two are
 * the same but for the waiting. Of no use where a step waits (for data, for a readback): waiting takes no processor.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TrialOptions } from '../../../src/run/trials.ts';
import { createTrials } from '../../../src/run/trials.ts';
import type { Trials } from '../../../src/suggest/suggestion.ts';
import { mean } from '../../../src/base/stats.ts';

const PRELOAD = pathToFileURL(path.join(process.cwd(), 'test/bench/quiet/count-processor.mjs')).href;

export function processorTrials(options: TrialOptions): Trials {
  const trials = createTrials(options);
  const file = path.join(tmpdir(), `count-processor-${process.pid}.json`);
  return {
    ...trials,
    async run(edit, signal) {
      rmSync(file, { force: true });
      process.env['COUNT_PROCESSOR'] = file;
      process.env['NODE_OPTIONS'] = `--import=${PRELOAD}`;
      try {
        // The steps are processor time already: what share of the processors they had says no more.
        const { processor: _, ...result } = await trials.run(edit, signal);
        if (!existsSync(file)) throw new Error('the run told no steps to count');
        const steps = JSON.parse(readFileSync(file, 'utf8')) as number[];
        // The last steps are the steady ones, however many the trial left out as warm-up. Only their mean says what a step costs: a
        // script that submits ahead pays for several steps in the one that waits for a result.
        const steady = steps.slice(-result.stepMs.length);
        return { ...result, stepMs: steady.map(() => mean(steady)) };
      } finally {
        delete process.env['COUNT_PROCESSOR'];
        delete process.env['NODE_OPTIONS'];
        rmSync(file, { force: true });
      }
    },
  };
}
