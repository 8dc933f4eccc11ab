/** Profile Training Script, from the choice of the script to what is said when it ended. */
import path from 'node:path';
import * as vscode from 'vscode';
import { adviseOn } from '../advice/advise.ts';
import type { Parts } from '../parts.ts';
import { COMMANDS, INNER_COMMANDS, SECTION, SETTINGS } from '../ids.ts';
import type { Profile } from '../profile.ts';
import { cannotRun, chooseScript, saveScripts } from '../script-choice.ts';
import { readSettings } from '../settings.ts';
import { TimelineView } from '../views/timeline-view.ts';
import { NoAdapterError } from './adapter.ts';
import type { RunOutcome } from './runner.ts';
import { t } from '../words.ts';

export async function profileCommand(
  parts: Parts,
  called: unknown,
  until: 'steps' | 'untilStopped',
): Promise<void> {
  const { runner } = parts;
  if (runner.activity)
    return void vscode.window.showInformationMessage(
      t('Kernelscope is measuring already. Stop it first, or wait.'),
    );
  const script = await chooseScript(called);
  if (!script) return;
  const reason = cannotRun(script);
  if (reason) return void vscode.window.showWarningMessage(reason);
  await runProfile(parts, script, until === 'steps' ? readSettings(script).steps : null);
}

/** Saves, runs, shows, advises. Null where nothing ran; why was said. */
export async function runProfile(
  { runner, advice }: Pick<Parts, 'runner' | 'advice'>,
  script: vscode.Uri,
  steps: number | null,
): Promise<Profile | null> {
  if (!(await saveScripts())) return null;
  await TimelineView.reveal();
  try {
    const outcome = await runner.profile(script, steps);
    if (!outcome) return null;
    tellEnd(outcome, path.basename(script.fsPath));
    adviseOn(outcome.profile, advice.dismissals);
    return outcome.profile;
  } catch (error) {
    await tellFailure(error);
    return null;
  }
}

function mending(): Readonly<Record<string, string>> {
  return { [t('Install Software Driver')]: INNER_COMMANDS.installDriver, [t('Doctor')]: COMMANDS.doctor };
}

/** Only what the picture does not say by itself: success is silent. */
function tellEnd({ profile, noAdapter }: RunOutcome, name: string): void {
  const { status, error } = profile.trace.meta;
  const recorded =
    profile.trace.tables.dispatches.length > 0 ? ` ${t('What was recorded until then is shown.')}` : '';
  if (noAdapter) void offer(t('No GPU adapter was found, not even a software one.'), mending());
  else if (status === 'ok' || status === 'stopped') {
    if (profile.trace.tables.dispatches.length === 0)
      void offer(t('{0} ran to its end without a GPU dispatch, so there is nothing to show.', name), {
        [t('Show Output')]: COMMANDS.showOutput,
      });
  } else if (status === 'timeout')
    void vscode.window.showWarningMessage(
      `${t('{0} was stopped at the time limit (kernelscope.timeLimit).', name)}${recorded}`,
    );
  else
    tellScriptError(
      `${name}: ${error?.message ?? t('the script failed')}.${recorded}`,
      error?.file,
      error?.line,
      error?.column,
    );
}

function tellScriptError(text: string, file?: string, line?: number, column?: number): void {
  const place = file && line ? [file, line, column ?? 1] : null;
  const output = t('Show Output');
  const actions = [...(place ? [t('Go to Line {0}', line!)] : []), output];
  void vscode.window.showErrorMessage(text, ...actions).then((answer) => {
    if (answer === output) return vscode.commands.executeCommand(COMMANDS.showOutput);
    return answer && place ? vscode.commands.executeCommand(INNER_COMMANDS.goTo, ...place) : undefined;
  });
}

/** Why nothing was run, with what mends it. */
export async function tellFailure(error: unknown): Promise<void> {
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof NoAdapterError && error.isChosen) await offerSetting(text);
  else await offer(text, error instanceof NoAdapterError ? mending() : { [t('Doctor')]: COMMANDS.doctor });
}

async function offerSetting(text: string): Promise<void> {
  const open = t('Open Setting');
  if ((await vscode.window.showErrorMessage(text, open)) === open)
    await vscode.commands.executeCommand('workbench.action.openSettings', `${SECTION}.${SETTINGS.driver}`);
}

async function offer(text: string, actions: Readonly<Record<string, string>>): Promise<void> {
  const answer = await vscode.window.showErrorMessage(text, ...Object.keys(actions));
  const command = answer && actions[answer];
  if (command) await vscode.commands.executeCommand(command);
}
