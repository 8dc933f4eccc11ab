/** The extension: makes the parts, tells VS Code about them, and nothing else. */
import * as vscode from 'vscode';
import { Advice } from './advice/advice.ts';
import { Dismissals } from './advice/dismissals.ts';
import { InsertBatchSize } from './advice/insert-batch-size.ts';
import { Problems } from './advice/problems.ts';
import { QuickFixes } from './advice/quick-fixes.ts';
import { registerCommands } from './commands.ts';
import { EDITORS, OUTPUT_NAME, VIEWS } from './ids.ts';
import { RunHistory } from './history/run-history.ts';
import { SOURCE_SCHEME, SourceVersions } from './history/source-versions.ts';
import { RunsView } from './history/runs-view.ts';
import { LayersView } from './layers/layers-view.ts';
import { Heat } from './lines/heat.ts';
import { LineHover } from './lines/hover.ts';
import { LensProvider } from './lines/lens-provider.ts';
import { MeasuredLines } from './lines/measured-lines.ts';
import { Profiles } from './profiles.ts';
import { Runner } from './running/runner.ts';
import { SCRIPT_LANGUAGES, watchTrainingScripts } from './scripts.ts';
import { SqlTab, sqlPlace } from './sql/sql-tab.ts';
import { StatusBar } from './status-bar.ts';
import { PerfTests } from './tests/perf-tests.ts';
import { registerLanguageTools } from './tools/language-tools.ts';
import { watchRankFolders } from './traces/rank-folders.ts';
import { LargeView } from './views/large-view.ts';
import { TimelineView } from './views/timeline-view.ts';
import { TraceEditor } from './views/trace-editor.ts';
import type { LinkOptions } from './views/view-link.ts';
import { actFor } from './views/view-actions.ts';
import { WHAT_IF_SCHEME, WhatIfPages } from './what-if.ts';
import { useTranslations } from './words.ts';

export function activate(context: vscode.ExtensionContext): void {
  useTranslations((message, ...values) => vscode.l10n.t(message, ...values), vscode.l10n.bundle ?? {});
  const { extensionUri, subscriptions } = context;
  const output = vscode.window.createOutputChannel(OUTPUT_NAME);
  const profiles = new Profiles();
  const lines = new MeasuredLines(profiles);
  const dismissals = new Dismissals(context.workspaceState);
  const advice = new Advice(profiles, lines, dismissals);
  const runner = new Runner(extensionUri, profiles, output);
  const history = new RunHistory(context.workspaceState, context.storageUri, profiles, dismissals);
  const versions = new SourceVersions(history);
  const link: LinkOptions = {
    source: profiles,
    act: actFor(lines, versions),
    staleFiles: () => lines.staleFiles(),
    onDidChangeStale: lines.onDidChangeStale,
  };
  const database = sqlPlace(context, runner.programs);
  const withSql: LinkOptions = { ...link, sql: (send) => new SqlTab(database, send) };
  const large = new LargeView(extensionUri, withSql);
  const traceEditor = new TraceEditor(extensionUri, runner.programs, profiles, dismissals, withSql);
  const layers = new LayersView(profiles, context.workspaceState);
  const runs = new RunsView(history, profiles);
  const whatIf = new WhatIfPages();
  const parts = { extensionUri, output, profiles, lines, advice, runner, large, history, layers, whatIf };
  const scripts = SCRIPT_LANGUAGES.map((language) => ({ language }));

  subscriptions.push(
    output,
    profiles,
    lines,
    advice,
    runner,
    history,
    layers,
    runs,
    new StatusBar(profiles, runner),
    new PerfTests(runner),
    new Heat(lines),
    new Problems(profiles, advice),
    watchTrainingScripts(),
    vscode.languages.registerCodeLensProvider(scripts, new LensProvider(lines, advice)),
    vscode.languages.registerHoverProvider(scripts, new LineHover(profiles, lines, history)),
    vscode.languages.registerCodeActionsProvider(scripts, new QuickFixes(advice), {
      providedCodeActionKinds: QuickFixes.kinds,
    }),
    vscode.languages.registerCodeActionsProvider(scripts, new InsertBatchSize(), {
      providedCodeActionKinds: InsertBatchSize.kinds,
    }),
    vscode.window.registerTreeDataProvider(VIEWS.runs, runs),
    vscode.window.registerWebviewViewProvider(VIEWS.timeline, new TimelineView(extensionUri, link)),
    vscode.window.registerWebviewPanelSerializer(EDITORS.large, large),
    ...[EDITORS.trace, EDITORS.anyTrace].map((editor) =>
      vscode.window.registerCustomEditorProvider(editor, traceEditor, {
        supportsMultipleEditorsPerDocument: true,
      }),
    ),
    vscode.workspace.registerTextDocumentContentProvider(SOURCE_SCHEME, versions),
    whatIf,
    vscode.workspace.registerTextDocumentContentProvider(WHAT_IF_SCHEME, whatIf),
    watchRankFolders(),
    ...registerCommands(parts),
    ...registerLanguageTools(parts),
  );
  void history.restore();
}
