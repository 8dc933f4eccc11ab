/** Proves a suggestion by trials in the background: progress in a notification and in the views, cancel in both. */
import * as vscode from 'vscode';
import { proveSuggestion as proven } from '../../suggest/prove.ts';
import type { Edit, Suggestion } from '../../suggest/suggestion.ts';
import { recordProof } from '../../run/ledger-file.ts';
import { createTrials } from '../../run/trials.ts';
import type { Parts } from '../parts.ts';
import { COMMANDS } from '../ids.ts';
import { gainText } from '../lines/lens-text.ts';
import type { Profile } from '../profile.ts';
import { adapterFor } from '../running/adapter.ts';
import { folderOf, waitingText } from '../running/runner.ts';
import { cannotRun, saveScripts } from '../script-choice.ts';
import { readSettings } from '../settings.ts';
import { t, translated } from '../words.ts';
import type { Advice } from './advice.ts';
import { changedText } from './apply.ts';

/** Steps of one trial, of which the first are warm-up. */
const TRIAL_STEPS = 30;

export async function proveSuggestion(
  parts: Pick<Parts, 'advice' | 'profiles' | 'runner'>,
  id: string,
): Promise<void> {
  const proved = await runProof(parts, id);
  if (typeof proved === 'string') void vscode.window.showWarningMessage(proved);
  else if (proved) await tellVerdict(proved);
}

/** The suggestion with its verdict; a reason why it cannot be tried; null where the person stopped it. */
export async function runProof(
  parts: Pick<Parts, 'advice' | 'profiles' | 'runner'>,
  id: string,
): Promise<Suggestion | string | null> {
  const { advice, profiles, runner } = parts;
  const profile = profiles.current;
  const suggestion = advice.find(id);
  if (!profile?.script || !suggestion) return t('There is no such suggestion for the profile that is shown.');
  const reason =
    cannotRun(profile.script) ??
    (runner.activity ? t('Kernelscope is measuring already. Stop it first, or wait.') : null) ??
    (suggestion.edit ? null : t('This suggestion has no single edit that could be tried.'));
  if (reason) return reason;
  if (!(await saveScripts())) return null;
  const standing = await editAsItStands(advice, suggestion);
  if (!standing) return changedText(suggestion);
  let failure: string | null = null;
  const location = vscode.ProgressLocation.Notification;
  const proved = await runner.exclusively({ kind: 'work', text: t('proving') }, async (signal) =>
    vscode.window.withProgress(
      { location, title: t('Proving: {0}', translated(suggestion.title)), cancellable: true },
      async (report, token) => {
        token.onCancellationRequested(() => runner.stop());
        try {
          return await prove(
            parts,
            profile,
            { ...suggestion, edit: standing },
            signal,
            (message, increment) => report.report({ message, increment }),
          );
        } catch (error) {
          if (!signal.aborted)
            failure = t('The proof ended early: {0}', error instanceof Error ? error.message : String(error));
          return null;
        } finally {
          profile.tellProving({ suggestion: id, text: null, share: 0 });
        }
      },
    ),
  );
  if (!proved) return failure;
  // The proof may have measured a better value; the place stays the one the profile knows.
  const edit = suggestion.edit && {
    ...suggestion.edit,
    newText: proved.edit?.newText ?? suggestion.edit.newText,
  };
  const told = { ...proved, at: suggestion.at, edit };
  advice.update(told);
  recordProof(told, profile.trace);
  return told;
}

/** `increment`: percent of the whole. */
type Report = (message: string, increment: number) => void;

async function prove(
  { runner }: Pick<Parts, 'runner'>,
  profile: Profile,
  suggestion: Suggestion,
  signal: AbortSignal,
  report: Report,
): Promise<Suggestion> {
  const script = profile.script!;
  const settings = readSettings(script);
  const until = Date.now() + settings.trialBudgetSeconds * 1000;
  let last = 0;
  const trials = createTrials(
    {
      script: script.fsPath,
      steps: TRIAL_STEPS,
      budgetSeconds: settings.trialBudgetSeconds,
      timeoutMs: settings.timeLimitSeconds * 1000,
      adapter: await adapterFor(runner.programs, settings.driver),
      programs: runner.programs,
      ...folderOf(script),
    },
    { onWaiting: (holder) => report(waitingText(holder), 0) },
  );
  return proven(suggestion, trials, {
    noiseFloor: settings.noiseFloor,
    signal,
    isSpent: () => Date.now() > until,
    onProgress: ({ trial, maxTrials, text }) => {
      const share = (trial - 1) / maxTrials;
      const message = t('trial {0} of at most {1}, {2}', trial, maxTrials, text);
      report(message, 100 * (share - last));
      last = share;
      runner.show({ kind: 'work', text: t('proving, trial {0}', trial) });
      profile.tellProving({
        suggestion: suggestion.id,
        text: message,
        share,
      });
    },
  });
}

/** The edit at its place in the file of this moment: what was written since the profile moved it. Null when it is gone. */
async function editAsItStands(advice: Advice, { id, edit }: Suggestion): Promise<Edit | null> {
  if (!edit) return null;
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(edit.file));
  const placed = advice
    .placedIn(document)
    .find(({ suggestion, state }) => suggestion.id === id && state === 'open');
  return placed
    ? { ...edit, start: document.offsetAt(placed.range.start), end: document.offsetAt(placed.range.end) }
    : null;
}

async function tellVerdict(suggestion: Suggestion): Promise<void> {
  const { title, verdict, id } = suggestion;
  const text = `${translated(title)}: ${verdict?.kind === 'confirmed' ? `${t('confirmed')}, ` : ''}${gainText(suggestion)}${verdict?.reason && verdict.speedup > 0 ? `, ${translated(verdict.reason)}` : ''}`;
  if (verdict?.kind !== 'confirmed') return void vscode.window.showInformationMessage(text);
  const apply = t('Apply');
  if ((await vscode.window.showInformationMessage(text, apply)) === apply)
    await vscode.commands.executeCommand(COMMANDS.apply, id);
}
