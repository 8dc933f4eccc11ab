/** Runs scripts for the editor, one at a time: a profile, or the trials of a proof. Never two measurements at once. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { TurnHolder } from '../../run/measuring-turn.ts';
import type { AdapterChoice } from '../../run/adapter-choice.ts';
import type { Progress } from '../../run/profile.ts';
import { profileScript } from '../../run/profile.ts';
import { TraceBuilder } from '../../trace/builder.ts';
import { fileHeader } from '../../trace/codec.ts';
import type { Trace } from '../../trace/model.ts';
import { CONTEXT } from '../ids.ts';
import { Profile } from '../profile.ts';
import type { Profiles } from '../profiles.ts';
import { titleOf } from '../history/run-history.ts';
import { readSettings } from '../settings.ts';
import { adapterFor, softwareAdapter } from './adapter.ts';
import { t } from '../words.ts';

/** What runs now, for the status bar. */
export type Activity =
  | {
      readonly kind: 'profile';
      readonly step: number | null;
      readonly steps: number | null;
      readonly loss: number | null;
    }
  /** Trials of a proof, a performance test, or the wait for another process's measurement. */
  | { readonly kind: 'work'; readonly text: string };

export interface RunOutcome {
  readonly profile: Profile;
  readonly noAdapter: boolean;
}

export class Runner implements vscode.Disposable {
  readonly programs: string;
  readonly #extension: vscode.Uri;
  readonly #profiles: Profiles;
  readonly #output: vscode.OutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  #activity: Activity | null = null;
  #stop: AbortController | null = null;

  constructor(extension: vscode.Uri, profiles: Profiles, output: vscode.OutputChannel) {
    this.#extension = extension;
    this.#profiles = profiles;
    this.#output = output;
    this.programs = path.join(this.#extension.fsPath, 'dist');
  }

  get activity(): Activity | null {
    return this.#activity;
  }

  /** Ends what runs; what was recorded stays. */
  stop(): void {
    this.#stop?.abort();
  }

  /** Profiles a script and shows its picture while it grows, on the best adapter or on the CPU. Null when something runs already. */
  async profile(
    script: vscode.Uri,
    steps: number | null,
    on: 'best' | 'cpu' = 'best',
  ): Promise<RunOutcome | null> {
    return this.exclusively({ kind: 'profile', step: null, steps, loss: null }, (signal) =>
      this.#profile(script, steps, on, signal),
    );
  }

  /** Holds the machine for one measurement: nothing else of ours runs until `work` ends. */
  async exclusively<T>(activity: Activity, work: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    if (this.#stop) return null;
    this.#stop = new AbortController();
    this.show(activity);
    void vscode.commands.executeCommand('setContext', CONTEXT.running, true);
    try {
      return await work(this.#stop.signal);
    } finally {
      this.#stop = null;
      this.show(null);
      void vscode.commands.executeCommand('setContext', CONTEXT.running, false);
    }
  }

  show(activity: Activity | null): void {
    this.#activity = activity;
    this.#changed.fire();
  }

  dispose(): void {
    this.stop();
    this.#changed.dispose();
  }

  async #profile(
    script: vscode.Uri,
    steps: number | null,
    on: 'best' | 'cpu',
    signal: AbortSignal,
  ): Promise<RunOutcome> {
    const settings = readSettings(script);
    const name = path.basename(script.fsPath);
    this.#output.clear();
    this.#output.appendLine(`> ${script.fsPath}`);
    return this.#withProgress(name, steps, signal, async (onProgress, onWaiting) => {
      // Before a picture is begun: where there is no adapter, the one that is shown stays.
      const adapter = await this.#adapter(settings.driver, on);
      let trace: Trace = new TraceBuilder().build();
      const title = titleOf({ script: script.fsPath, startedAt: new Date().toISOString() });
      const profile = new Profile({ title, script, start: fileHeader(), trace: () => trace, live: true });
      this.#profiles.show(profile);
      try {
        const result = await profileScript(
          {
            script: script.fsPath,
            mode: settings.mode,
            steps,
            timeoutMs: steps === null ? null : settings.timeLimitSeconds * 1000,
            adapter,
            programs: this.programs,
            ...folderOf(script),
          },
          {
            onFrames: (bytes) => profile.grow(bytes),
            onProgress,
            onOutput: (_stream, text) => this.#output.append(text),
            onWaiting: (holder) => this.#tellWaiting(waitingText(holder), onWaiting),
            onMemoryWarning: (text) => void vscode.window.showWarningMessage(`${name}: ${text}`),
          },
          signal,
        );
        trace = result.trace;
        this.#output.appendLine(`> ${trace.meta.status}, ${trace.tables.steps.length} steps`);
        return { profile, noAdapter: result.noAdapter };
      } finally {
        profile.finish();
      }
    });
  }

  async #adapter(driver: string, on: 'best' | 'cpu'): Promise<AdapterChoice> {
    const adapter =
      on === 'cpu' ? await softwareAdapter(this.programs) : await adapterFor(this.programs, driver);
    this.#output.appendLine(`> ${adapter.name}`);
    return adapter;
  }

  /** Another window, or a terminal, measures: the person sees why nothing happens yet. */
  #tellWaiting(text: string, report: (text: string) => void): void {
    this.#output.appendLine(text);
    this.show({ kind: 'work', text: t('waiting for another measurement') });
    report(text);
  }

  #withProgress<T>(
    name: string,
    steps: number | null,
    signal: AbortSignal,
    work: (onProgress: (progress: Progress) => void, onWaiting: (text: string) => void) => Promise<T>,
  ): Promise<T> {
    const location = vscode.ProgressLocation.Notification;
    return Promise.resolve(
      vscode.window.withProgress(
        { location, title: t('Profiling {0}', name), cancellable: true },
        (report, token) => {
          const cancelled = token.onCancellationRequested(() => this.stop());
          let last = 0;
          const onProgress = ({ step, loss }: Progress): void => {
            if (signal.aborted) return;
            this.show({ kind: 'profile', step, steps, loss });
            const message = stepText(step, steps, loss);
            report.report({
              message,
              ...(steps === null ? {} : { increment: (100 * (step - last)) / steps }),
            });
            last = step;
          };
          return work(onProgress, (message) => report.report({ message })).finally(() => cancelled.dispose());
        },
      ),
    );
  }
}

/** Why nothing happens yet: another window, or a terminal, measures. */
export function waitingText({ pid, what }: TurnHolder): string {
  return t(
    'waiting: {0} is measured by process {1}, and two at once would measure each other',
    path.basename(what),
    pid,
  );
}

/** `step 3 of 40, loss 0.41` */
export function stepText(step: number, steps: number | null, loss: number | null): string {
  const of = steps === null ? t('step {0}', step) : t('step {0} of {1}', step, steps);
  return loss === null ? of : t('{0}, loss {1}', of, loss.toPrecision(3));
}

/** A script runs in its workspace folder, as it would from a terminal there. */
export function folderOf(script: vscode.Uri): { cwd?: string } {
  const folder = vscode.workspace.getWorkspaceFolder(script);
  return folder ? { cwd: folder.uri.fsPath } : {};
}
