/** Runs a script for a command: adapter, progress, the script's own output. */
import path from 'node:path';
import { formatNs } from '../base/format.ts';
import { chooseAdapter } from '../run/adapter-choice.ts';
import type { AdapterChoice } from '../run/adapter-choice.ts';
import { profileScript } from '../run/profile.ts';
import type { TurnHolder } from '../run/measuring-turn.ts';
import type { Progress } from '../run/profile.ts';
import { createTrials } from '../run/trials.ts';
import type { Edit, Trials } from '../suggest/suggestion.ts';
import type { VerifyOptions } from '../suggest/verify.ts';
import type { Trace } from '../trace/model.ts';
import type { WindowSpec } from '../wire/run-messages.ts';
import { CliError, EXIT } from './command.ts';
import { PROGRAMS } from './files.ts';
import { StatusLine, say } from './terminal.ts';

export async function adapterOrError(): Promise<AdapterChoice> {
  const choice = await chooseAdapter({ programs: PROGRAMS });
  if (!choice.ok)
    throw new CliError(`${choice.error.message}\nTo get one: ${choice.error.command}`, EXIT.noAdapter);
  return choice.value;
}

export interface RunOptions {
  readonly script: string;
  readonly args: readonly string[];
  readonly steps: number | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly window?: WindowSpec | null;
  /** Where the script's own stdout goes: stdout must stay clean when it carries a report. */
  readonly scriptOutput: 'stdout' | 'stderr';
  /** The trace file, written while the run goes on: what a run that is killed leaves. */
  readonly traceFile?: string | undefined;
  /** Times no kernel: only steps, as trials do. */
  readonly untimed?: boolean;
  readonly edits?: readonly Edit[];
}

/** The trace of a run, whatever its end. Throws only where nothing could be run. */
export async function runScript(options: RunOptions, signal: AbortSignal): Promise<Trace> {
  const adapter = await adapterOrError();
  const line = new StatusLine();
  line.update(`starting on ${adapter.name}`);
  const { trace, noAdapter } = await profileScript(
    {
      script: options.script,
      args: options.args,
      steps: options.steps ?? null,
      timeoutMs: options.timeoutSeconds === undefined ? null : options.timeoutSeconds * 1000,
      window: options.window ?? null,
      cwd: process.cwd(),
      adapter,
      programs: PROGRAMS,
      edits: options.edits ?? [],
      ...(options.untimed ? { mode: 'off' as const } : {}),
      ...(options.traceFile === undefined ? {} : { traceFile: options.traceFile }),
    },
    {
      onProgress: (progress) => line.update(progressText(progress)),
      onWaiting: (holder) => line.around(() => sayWaiting(holder)),
      onMemoryWarning: (text) => line.around(() => say(text)),
      onOutput: (stream, text) =>
        line.around(() => void process[stream === 'stdout' ? options.scriptOutput : 'stderr'].write(text)),
    },
    signal,
  );
  line.clear();
  if (noAdapter)
    throw new CliError('the script found no GPU adapter\nTo see why: kernelscope doctor', EXIT.noAdapter);
  if (signal.aborted) say('stopped; the report covers what ran');
  return trace;
}

/** Trials of a script: untimed runs of so many steps, one at a time. `budgetSeconds`: time for a whole proof. */
export async function trialsOf(
  script: string,
  args: readonly string[],
  steps: number,
  budgetSeconds = Infinity,
): Promise<Trials> {
  const adapter = await adapterOrError();
  return createTrials(
    { script, args, steps, budgetSeconds, cwd: process.cwd(), adapter, programs: PROGRAMS },
    { onWaiting: sayWaiting },
  );
}

/** Options of a proof that starts now. */
export function proofLimits(limits: {
  readonly budgetSeconds: number;
  readonly noiseFloor: number | undefined;
}): Pick<VerifyOptions, 'isSpent' | 'noiseFloor'> {
  const until = Date.now() + limits.budgetSeconds * 1000;
  return {
    isSpent: () => Date.now() > until,
    ...(limits.noiseFloor === undefined ? {} : { noiseFloor: limits.noiseFloor }),
  };
}

function sayWaiting({ pid, what }: TurnHolder): void {
  say(
    `waiting: ${path.basename(what)} is measured by process ${pid}, and two at once would measure each other`,
  );
}

function progressText({ step, loss, stepMs }: Progress): string {
  const parts = [`step ${step}`];
  if (loss !== null) parts.push(`loss ${loss.toPrecision(4)}`);
  if (stepMs !== null) parts.push(`${formatNs(stepMs * 1e6)} a step`);
  return parts.join(' · ');
}
