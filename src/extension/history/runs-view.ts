/** The list of the last runs: a click shows one again, the button beside it compares the shown run with it. */
import * as vscode from 'vscode';
import { formatBytes, formatNs } from '../../base/format.ts';
import { adviseOn } from '../advice/advise.ts';
import type { Parts } from '../parts.ts';
import { INNER_COMMANDS } from '../ids.ts';
import type { Profiles } from '../profiles.ts';
import { t } from '../words.ts';
import { titleOf } from './run-history.ts';
import type { RunHistory } from './run-history.ts';
import type { RunRecord } from './run-record.ts';

export class RunsView implements vscode.TreeDataProvider<RunRecord>, vscode.Disposable {
  readonly #history: RunHistory;
  readonly #profiles: Profiles;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(history: RunHistory, profiles: Profiles) {
    this.#history = history;
    this.#profiles = profiles;
    const tell = (): void => this.#changed.fire();
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      history.onDidChange(tell),
      profiles.onDidReplace(tell),
    );
  }

  getChildren(run?: RunRecord): RunRecord[] {
    return run ? [] : [...this.#history.records];
  }

  getTreeItem(run: RunRecord): vscode.TreeItem {
    const item = new vscode.TreeItem(titleOf({ script: run.script, startedAt: run.at }));
    const isShown = this.#profiles.current?.trace.meta.startedAt === run.at;
    item.id = run.id;
    item.description = [t('{0} a step', formatNs(run.stepNs)), run.commit].filter(Boolean).join(' · ');
    item.tooltip = tooltip(run);
    item.iconPath = new vscode.ThemeIcon(isShown ? 'circle-filled' : 'history');
    if (this.#history.hasTrace(run.id)) {
      item.contextValue = isShown ? 'shown' : 'kept';
      item.command = { title: t('Show'), command: INNER_COMMANDS.showRun, arguments: [run.id] };
    }
    return item;
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}

/** Shows a kept run in the place of the current one. */
export async function showRun({ history, profiles, advice }: Parts, id: unknown): Promise<void> {
  const profile = await history.read(String(id));
  if (!profile) return tellGone();
  profiles.show(profile);
  adviseOn(profile, advice.dismissals);
}

/** Compares the shown run with the kept one. */
export async function compareRun({ history, profiles, large }: Parts, run: unknown): Promise<void> {
  const before = await history.read((run as RunRecord).id);
  const after = profiles.current;
  if (!before) return tellGone();
  if (!after) return profiles.show(before);
  profiles.compare(before, after);
  large.show();
  after.show('compare');
}

/** What is forgotten cannot be had back, so it is asked first. */
export async function clearRuns({ history }: Parts): Promise<void> {
  const forget = t('Forget');
  const detail = t('Their figures and the traces kept of them are deleted. Saved trace files stay.');
  const question = t('Forget all runs of this workspace?');
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, forget);
  if (answer === forget) await history.clear();
}

function tellGone(): void {
  void vscode.window.showInformationMessage(
    t('The trace of this run is not kept any more; its figures stay in the list.'),
  );
}

function tooltip(run: RunRecord): string {
  return [
    run.script,
    new Date(run.at).toLocaleString(),
    t('{0} a step ({1} .. {2})', formatNs(run.stepNs), formatNs(run.lowNs), formatNs(run.highNs)),
    run.samplesPerSecond === null ? '' : t('{0} samples/s', Math.round(run.samplesPerSecond)),
    t('peak {0}', formatBytes(run.peakBytes)),
    run.commit ? t('commit {0}', run.commit) : '',
    run.adapter,
  ]
    .filter(Boolean)
    .join('\n');
}
