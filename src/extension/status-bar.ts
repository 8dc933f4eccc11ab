/** One item in the status bar: what runs now, or what the last profile came to. Quiet where nothing trains. */
import * as vscode from 'vscode';
import { stepStats } from '../analysis/steps.ts';
import { formatNs, formatShare } from '../base/format.ts';
import type { Trace } from '../trace/model.ts';
import { COMMANDS } from './ids.ts';
import type { Profiles } from './profiles.ts';
import type { Activity, Runner } from './running/runner.ts';
import { stepText } from './running/runner.ts';
import { isTrainingScript } from './scripts.ts';
import { t } from './words.ts';

export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem(
    'kernelscope.status',
    vscode.StatusBarAlignment.Left,
    10,
  );
  readonly #profiles: Profiles;
  readonly #runner: Runner;
  readonly #subscriptions: vscode.Disposable;

  constructor(profiles: Profiles, runner: Runner) {
    this.#profiles = profiles;
    this.#runner = runner;
    this.#item.name = 'Kernelscope';
    const draw = (): void => this.#draw();
    this.#subscriptions = vscode.Disposable.from(
      this.#item,
      runner.onDidChange(draw),
      profiles.onDidChange(draw),
      vscode.window.onDidChangeActiveTextEditor(draw),
    );
    draw();
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #draw(): void {
    const { activity } = this.#runner;
    const trace = this.#profiles.current?.trace;
    if (activity) this.#say(`$(loading~spin) ${activityText(activity)}`, t('Stop'), COMMANDS.stop);
    else if (trace) this.#say(...resultText(trace), COMMANDS.showTimeline);
    else if (this.#trains)
      this.#say('$(graph) Kernelscope', t('Profile this training script'), COMMANDS.profile);
    else this.#item.hide();
  }

  get #trains(): boolean {
    const document = vscode.window.activeTextEditor?.document;
    return document !== undefined && vscode.workspace.isTrusted && isTrainingScript(document);
  }

  #say(text: string, tooltip: string, command: string): void {
    this.#item.text = text;
    this.#item.tooltip = tooltip;
    this.#item.command = command;
    this.#item.show();
  }
}

export function activityText(activity: Activity): string {
  if (activity.kind === 'work') return activity.text;
  const { step, steps, loss } = activity;
  return step === null ? t('starting') : stepText(step, steps, loss);
}

const ENDINGS: Readonly<Record<string, () => string>> = {
  failed: () => `$(error) ${t('Script failed')}`,
  crashed: () => `$(error) ${t('Script crashed')}`,
  timeout: () => `$(clock) ${t('Time limit reached')}`,
};

function resultText(trace: Trace): [string, string] {
  const { status, adapter } = trace.meta;
  const { durationNs, gpuBusyShare } = stepStats(trace);
  const figures = [
    ...(durationNs.median > 0 ? [t('{0} a step', formatNs(durationNs.median))] : []),
    ...(Number.isFinite(gpuBusyShare) ? [t('GPU {0}', formatShare(gpuBusyShare))] : []),
  ].join(', ');
  const ending = ENDINGS[status]?.() ?? null;
  const text = ending ?? `$(graph) ${figures || 'Kernelscope'}`;
  const device = adapter
    ? adapter.software
      ? t('{0} (software adapter: ratios hold on this machine only)', adapter.name)
      : adapter.name
    : '';
  return [text, [ending ? figures : '', device, t('Show the timeline')].filter(Boolean).join('\n')];
}
