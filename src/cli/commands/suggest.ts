import { report, textReport } from '../../export/index.ts';
import { RULES } from '../../suggest/rules/index.ts';
import type { Suggestion } from '../../suggest/suggestion.ts';
import { PROOF_BUDGET_SECONDS, proveSuggestion } from '../../suggest/prove.ts';
import type { Trace } from '../../trace/model.ts';
import { adviceFor } from '../advice.ts';
import { applySuggestion } from '../apply.ts';
import type { Command } from '../command.ts';
import {
  CliError,
  EXIT,
  countOption,
  parseCommand,
  secondsOption,
  shareOption,
  splitScriptArguments,
} from '../command.ts';
import { recordProof } from '../../run/ledger-file.ts';
import { isScript, readTrace, scriptPath, writeOutput } from '../files.ts';
import { proofLimits, runScript, trialsOf } from '../run-script.ts';
import { writePage } from '../outputs.ts';
import { StatusLine, print, say } from '../terminal.ts';
import { suggestionText } from '../../export/text.ts';

const TRIAL_STEPS = 40;

export const suggest: Command = {
  name: 'suggest',
  summary: 'say what to change; prove it by running the changed script; apply it',
  usage: `kernelscope suggest <script|trace> [options] [-- script arguments]

  --verify            run the changed script against the script as it is, alternating
  --apply             write the confirmed change into the source (implies --verify)
  --rule ID           only this rule
  --steps N           training steps of a trial (${TRIAL_STEPS})
  --budget SECONDS    time for the proof of one suggestion (${PROOF_BUDGET_SECONDS})
  --noise-floor SHARE a gain below this is no gain (2%)
  --json FILE|-       write the report with the suggestions as JSON; - is stdout
  --html FILE         write it as one self-contained page, with the verdicts`,
  async run({ argv, signal }) {
    const { own, script } = splitScriptArguments(argv);
    const options = {
      verify: { type: 'boolean' },
      apply: { type: 'boolean' },
      rule: { type: 'string' },
      steps: { type: 'string' },
      budget: { type: 'string' },
      'noise-floor': { type: 'string' },
      json: { type: 'string' },
      html: { type: 'string' },
    } as const;
    const { values, positionals } = parseCommand(own, options, {
      least: 1,
      most: 1,
      what: 'one script or trace',
    });
    const given = positionals[0] as string;
    if (values.rule !== undefined && !RULES.some(({ id }) => id === values.rule))
      throw new CliError(
        `there is no rule '${values.rule}'; there are ${RULES.map(({ id }) => id).join(', ')}`,
      );
    const steps = countOption('steps', values.steps) ?? TRIAL_STEPS;
    const scriptOutput = 'stderr' as const;
    const trace = isScript(given)
      ? await runScript(
          { script: scriptPath(given), args: script, steps, timeoutSeconds: undefined, scriptOutput },
          signal,
        )
      : readTrace(given);
    const { status } = trace.meta;
    const failed = status === 'failed' || status === 'crashed';
    if (failed || trace.tables.dispatches.length === 0) {
      print(textReport(report(trace), { base: process.cwd() }));
      return failed ? EXIT.scriptFailed : EXIT.done;
    }
    let suggestions = adviceFor(trace).filter((s) => values.rule === undefined || s.rule === values.rule);
    const proving = (values.verify === true || values.apply === true) && !signal.aborted;
    const limits = {
      steps,
      budgetSeconds: secondsOption('budget', values.budget) ?? PROOF_BUDGET_SECONDS,
      noiseFloor: shareOption('noise-floor', values['noise-floor']),
    };
    if (proving) suggestions = await proved(suggestions, trace, script, limits, signal);
    if (values.json !== undefined)
      writeOutput(values.json, `${JSON.stringify(report(trace, suggestions), null, 2)}\n`);
    if (values.html !== undefined) writePage(values.html, trace, suggestions);
    if (values.json !== '-') {
      const text = report(trace, suggestions).suggestions.map((s) =>
        suggestionText(s, { base: process.cwd() }),
      );
      print(text.length > 0 ? text.join('\n\n') : 'Nothing to suggest: no rule found a cause it is sure of.');
    }
    if (values.apply === true)
      for (const s of suggestions) if (s.verdict?.kind === 'confirmed') say(applySuggestion(s));
    return EXIT.done;
  },
};

interface Limits {
  readonly steps: number;
  readonly budgetSeconds: number;
  readonly noiseFloor: number | undefined;
}

/** Proves each suggestion that is an edit, one after the other. */
async function proved(
  suggestions: readonly Suggestion[],
  trace: Trace,
  args: readonly string[],
  limits: Limits,
  signal: AbortSignal,
): Promise<Suggestion[]> {
  const line = new StatusLine();
  const trials = await trialsOf(trace.meta.script, args, limits.steps, limits.budgetSeconds);
  const done: Suggestion[] = [];
  for (const suggestion of suggestions) {
    if (!suggestion.edit || signal.aborted) {
      done.push(suggestion);
      continue;
    }
    const onProgress = (p: { trial: number; maxTrials: number; text: string }): void =>
      line.update(`proving "${suggestion.title}": trial ${p.trial} (at most ${p.maxTrials}), ${p.text}`);
    try {
      const proven = await proveSuggestion(suggestion, trials, {
        signal,
        onProgress,
        ...proofLimits(limits),
      });
      recordProof(proven, trace);
      done.push(proven);
    } catch (error) {
      line.clear();
      if (signal.aborted) {
        say('stopped before the proof was done');
        done.push(suggestion);
      } else throw new CliError((error as Error).message, EXIT.scriptFailed);
    }
  }
  line.clear();
  const confirmed = done.filter((s) => s.verdict?.kind === 'confirmed').length;
  const tried = done.filter((s) => s.verdict !== null).length;
  if (tried > 0) say(`${confirmed} of ${tried} confirmed`);
  return done;
}
