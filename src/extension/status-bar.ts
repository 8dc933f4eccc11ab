/** One item in the status bar: what runs now, or what the last profile came to. Quiet where nothing trains. */
import * as vscode from 'vscode';
import { stepStats } from '../analysis/steps.ts';
import { formatNs, formatShare } from '../base/format.ts';
import type { Trace } from '../trace/model.ts';
import { COMMANDS } from './ids.ts';
import type { Profiles } from './profiles.ts';
import type { Activity, Runner } from './running/runner.ts';
import { isTrainingScript } from './scripts.ts';

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
    if (activity) this.#say(`$(loading~spin) ${activityText(activity)}`, 'Stop', COMMANDS.stop);
    else if (trace) this.#say(...resultText(trace), COMMANDS.showTimeline);
    else if (this.#trains)
      this.#say('$(graph) Kernelscope', 'Profile this training script', COMMANDS.profile);
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
  if (activity.kind === 'proving') return activity.text;
  const { step, steps, loss } = activity;
  if (step === null) return 'starting';
  const of = steps === null ? `step ${step}` : `step ${step} of ${steps}`;
  return loss === null ? of : `${of}, loss ${loss.toPrecision(3)}`;
}

const ENDINGS = {
  failed: '$(error) Script failed',
  crashed: '$(error) Script crashed',
  timeout: '$(clock) Time limit reached',
} as const;

function resultText(trace: Trace): [string, string] {
  const { status, adapter } = trace.meta;
  const { durationNs, gpuBusyShare } = stepStats(trace);
  const figures = [
    ...(durationNs.median > 0 ? [`${formatNs(durationNs.median)} a step`] : []),
    ...(Number.isFinite(gpuBusyShare) ? [`GPU ${formatShare(gpuBusyShare)}`] : []),
  ].join(', ');
  const ending = status in ENDINGS ? ENDINGS[status as keyof typeof ENDINGS] : null;
  const text = ending ?? `$(graph) ${figures || 'Kernelscope'}`;
  const device = adapter
    ? `${adapter.name}${adapter.software ? ' (software adapter: ratios hold on this machine only)' : ''}`
    : '';
  return [text, [ending ? figures : '', device, 'Show the timeline'].filter(Boolean).join('\n')];
}
