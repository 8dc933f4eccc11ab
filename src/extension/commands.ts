/** Every command and what it does. One record a list in ids.ts, so that a missing handler does not compile. */
import * as vscode from 'vscode';
import type { Advice } from './advice/advice.ts';
import { applied, applyConfirmed, applySuggestion } from './advice/apply.ts';
import { chooseSuggestion } from './advice/choose.ts';
import { askReason, restoreDismissed } from './advice/dismissals.ts';
import { explain } from './advice/explain.ts';
import { proveSuggestion } from './advice/prove.ts';
import { showDoctor } from './doctor.ts';
import { exportReport, saveTrace } from './exports.ts';
import { clearRuns, compareRun, showRun } from './history/runs-view.ts';
import type { CommandId, InnerCommandId } from './ids.ts';
import { COMMANDS, INNER_COMMANDS } from './ids.ts';
import type { Profile } from './profile.ts';
import type { Profiles } from './profiles.ts';
import { compareTraces, openRanks, openTrace } from './traces/open-trace.ts';
import type { Parts } from './parts.ts';
import { installSoftwareDriver } from './running/install-driver.ts';
import { measureOnCpu } from './running/measure-on-cpu.ts';
import { profileCommand } from './running/profile-command.ts';
import { TimelineView } from './views/timeline-view.ts';
import { goToMeasured } from './views/view-actions.ts';
import { t, translated } from './words.ts';

type Handler = (...args: readonly unknown[]) => unknown;

export function registerCommands(parts: Parts): vscode.Disposable[] {
  const { profiles, advice, runner, output, large, lines, layers, extensionUri } = parts;
  const current =
    (work: (profile: Profile) => unknown): Handler =>
    () =>
      profiles.current ? work(profiles.current) : noProfile();
  const suggestion =
    (title: string, work: (id: string, more: unknown) => unknown): Handler =>
    async (id, more) => {
      const chosen = typeof id === 'string' ? id : await chooseSuggestion(advice, title);
      if (chosen !== undefined) await work(chosen, more);
    };

  const commands: Record<CommandId, Handler> = {
    [COMMANDS.profile]: (script) => profileCommand(parts, script, 'steps'),
    [COMMANDS.profileUntilStopped]: (script) => profileCommand(parts, script, 'untilStopped'),
    [COMMANDS.stop]: () => runner.stop(),
    [COMMANDS.openTrace]: (uri) => openTrace(uri),
    [COMMANDS.openRanks]: (uri) => openRanks(uri),
    [COMMANDS.compareTraces]: (uri, selected) => compareTraces(parts, uri, selected),
    [COMMANDS.saveTrace]: current((profile) => saveTrace(profile)),
    [COMMANDS.showTimeline]: () => TimelineView.reveal(true),
    [COMMANDS.openLarge]: current(() => large.show()),
    [COMMANDS.showOutput]: () => output.show(true),
    [COMMANDS.pinBaseline]: current((profile) => pinBaseline(profiles, profile)),
    [COMMANDS.measureOnCpu]: current((profile) => measureOnCpu(parts, profile)),
    [COMMANDS.clear]: () => profiles.clear(),
    [COMMANDS.doctor]: () => showDoctor(parts),
    [COMMANDS.prove]: suggestion(t('Prove Suggestion'), (id) => proveSuggestion(parts, id)),
    [COMMANDS.apply]: suggestion(t('Apply Suggestion'), (id, batch) =>
      applySuggestion(parts, id, typeof batch === 'number' ? batch : undefined),
    ),
    [COMMANDS.dismiss]: suggestion(t('Dismiss Suggestion'), (id) => dismissSuggestion(advice, id)),
    [COMMANDS.restoreDismissed]: () => restore(advice),
    [COMMANDS.applyConfirmed]: () => applyConfirmed(parts),
    [COMMANDS.layersByTime]: () => layers.sortBy('time'),
    [COMMANDS.layersByModel]: () => layers.sortBy('model'),
    [COMMANDS.compareRun]: (run) => compareRun(parts, run),
    [COMMANDS.clearRuns]: () => clearRuns(parts),
    [COMMANDS.whatIf]: current((profile) => parts.whatIf.show(profile)),
    [COMMANDS.exportReport]: current((profile) => exportReport(profile, extensionUri)),
  };
  const inner: Record<InnerCommandId, Handler> = {
    [INNER_COMMANDS.selectLayers]: (layers) => selectLayers(profiles, layers),
    [INNER_COMMANDS.applied]: (id) => applied(parts, String(id)),
    [INNER_COMMANDS.showRun]: (id) => showRun(parts, id),
    [INNER_COMMANDS.explain]: (id) => explain(parts, String(id)),
    [INNER_COMMANDS.installDriver]: () => installSoftwareDriver(output),
    [INNER_COMMANDS.goTo]: (file, line, column) =>
      goToMeasured(lines, String(file), Number(line), Number(column)),
  };
  return Object.entries({ ...commands, ...inner }).map(([id, handler]) =>
    vscode.commands.registerCommand(id, handler),
  );
}

/** A lens or a hover selects in every view; the timeline comes to the front. */
async function selectLayers(profiles: Profiles, layers: unknown): Promise<void> {
  const layer = Array.isArray(layers) && typeof layers[0] === 'number' ? layers[0] : null;
  profiles.current?.select(layer === null ? null : { kind: 'layer', layer }, null);
  await TimelineView.reveal();
}

async function dismissSuggestion(advice: Advice, id: string): Promise<void> {
  const suggestion = advice.find(id);
  const reason = suggestion && (await askReason(translated(suggestion.title)));
  if (suggestion && reason !== undefined) advice.dismiss(suggestion, reason);
}

async function restore(advice: Advice): Promise<void> {
  if (await restoreDismissed(advice.dismissals)) advice.again();
}

function pinBaseline(profiles: Profiles, { title }: Profile): void {
  profiles.pinBaseline();
  const text = t('Baseline: {0}. The next profiles are compared with it, line by line.', title);
  void vscode.window.setStatusBarMessage(`$(pin) ${text}`, 6000);
}

function noProfile(): void {
  void vscode.window.showInformationMessage(
    t('There is no profile yet: run "Kernelscope: Profile Training Script", or open a trace.'),
  );
}
