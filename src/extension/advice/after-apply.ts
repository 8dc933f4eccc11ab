/** After a suggestion was applied: profiles the script again, and offers to take the edit back where the gain is not there. */
import * as vscode from 'vscode';
import { appliedGain } from '../../suggest/after-apply.ts';
import type { Suggestion } from '../../suggest/suggestion.ts';
import type { Parts } from '../parts.ts';
import { intervalText } from '../lines/lens-text.ts';
import { runProfile } from '../running/profile-command.ts';
import { cannotRun } from '../script-choice.ts';
import { readSettings } from '../settings.ts';
import { t, translated } from '../words.ts';

/** An edit as it was written. */
export interface Applied {
  readonly suggestion: Suggestion;
  readonly uri: vscode.Uri;
  readonly start: vscode.Position;
}

const SAID_MS = 10_000;

export async function seeGain(parts: Parts, applied: readonly Applied[]): Promise<void> {
  const before = parts.profiles.current;
  if (!before?.script || before.live || parts.runner.activity || cannotRun(before.script)) return;
  const { profileAfterApply, noiseFloor, steps } = readSettings(before.script);
  if (!profileAfterApply) return;
  const { trace } = before;
  const profile = await runProfile(parts, before.script, steps);
  if (profile?.trace.meta.status !== 'ok') return;
  const gain = appliedGain(trace, profile.trace, noiseFloor);
  if (!gain) return;
  const titles = applied.map(({ suggestion }) => translated(suggestion.title)).join(', ');
  const figures = intervalText(gain);
  if (gain.kind === 'confirmed')
    return void vscode.window.setStatusBarMessage(
      `$(check) ${t('{0}: {1} in this run', titles, figures)}`,
      SAID_MS,
    );
  // What was proved in alternating trials is not doubted for one noisy run.
  const proved = applied.every(({ suggestion }) => suggestion.verdict?.kind === 'confirmed');
  if (gain.kind === 'inconclusive' && proved)
    return void vscode.window.setStatusBarMessage(
      `$(check) ${t('{0}: {1} in this run, within its noise', titles, figures)}`,
      SAID_MS,
    );
  const revert = t('Revert');
  const text = t('The gain did not appear. {0}: {1} against the run before.', titles, figures);
  if ((await vscode.window.showWarningMessage(text, revert, t('Keep'))) === revert) await takeBack(applied);
}

/** One step of undo again; where the text has changed meanwhile, nothing is written. */
async function takeBack(applied: readonly Applied[]): Promise<void> {
  const change = new vscode.WorkspaceEdit();
  for (const { suggestion, uri, start } of applied) {
    const { oldText, newText } = suggestion.edit!;
    const document = await vscode.workspace.openTextDocument(uri);
    const end = document.positionAt(document.offsetAt(start) + newText.length);
    const range = new vscode.Range(start, end);
    if (document.getText(range) !== newText)
      return void vscode.window.showWarningMessage(
        t(
          "{0} has changed since: '{1}' is not where it was written, so nothing was taken back.",
          vscode.workspace.asRelativePath(uri),
          newText,
        ),
      );
    change.replace(uri, range, oldText);
  }
  await vscode.workspace.applyEdit(change);
}
