/** Performance tests (`*.perf.ts`) in the Test Explorer: found by reading the files, run one after the other. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { PerfTest } from '../../edit/index.ts';
import { PERF_FILE, readPerfFile } from '../../edit/index.ts';
import type { PerfOutcome } from '../../run/perf-run.ts';
import { runPerf } from '../../run/perf-run.ts';
import { writeTraceFile } from '../../trace/codec.ts';
import { PERF_TESTS } from '../ids.ts';
import { adapterFor } from '../running/adapter.ts';
import type { Runner } from '../running/runner.ts';
import { folderOf } from '../running/runner.ts';
import { cannotRun, saveScripts } from '../script-choice.ts';
import { readSettings } from '../settings.ts';
import { t } from '../words.ts';

const PATTERN = '**/*.perf.{ts,mts,cts,js,mjs,cjs}';
const LEFT_OUT = '**/{node_modules,.git}/**';

export class PerfTests implements vscode.Disposable {
  readonly #runner: Runner;
  readonly #controller = vscode.tests.createTestController(PERF_TESTS, 'Kernelscope');
  readonly #tests = new WeakMap<vscode.TestItem, PerfTest>();
  readonly #subscriptions: vscode.Disposable;

  constructor(runner: Runner) {
    this.#runner = runner;
    const controller = this.#controller;
    controller.resolveHandler = async (item) => {
      if (!item) await this.#findFiles();
    };
    controller.refreshHandler = () => this.#findFiles();
    const run = vscode.TestRunProfileKind.Run;
    controller.createRunProfile(t('Run'), run, (request, token) => this.#run(request, token, false), true);
    controller.createRunProfile(t('Record Baselines'), run, (request, token) =>
      this.#run(request, token, true),
    );
    const watcher = vscode.workspace.createFileSystemWatcher(PATTERN);
    this.#subscriptions = vscode.Disposable.from(
      controller,
      watcher,
      watcher.onDidCreate((uri) => void this.#readFile(uri)),
      watcher.onDidChange((uri) => void this.#readFile(uri)),
      watcher.onDidDelete((uri) => controller.items.delete(String(uri))),
      vscode.workspace.onDidOpenTextDocument((document) => this.#readDocument(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#readDocument(document)),
    );
    void this.#findFiles();
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  async #findFiles(): Promise<void> {
    const files = await vscode.workspace.findFiles(PATTERN, LEFT_OUT);
    await Promise.all(files.map((uri) => this.#readFile(uri)));
  }

  async #readFile(uri: vscode.Uri): Promise<void> {
    try {
      this.#readText(uri, new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)));
    } catch {
      this.#controller.items.delete(String(uri));
    }
  }

  #readDocument(document: vscode.TextDocument): void {
    if (PERF_FILE.test(document.uri.path) && document.uri.scheme === 'file')
      this.#readText(document.uri, document.getText());
  }

  #readText(uri: vscode.Uri, text: string): void {
    const id = String(uri);
    const file =
      this.#controller.items.get(id) ??
      this.#controller.createTestItem(id, path.posix.basename(uri.path), uri);
    const read = readPerfFile(uri.fsPath, text);
    // While a file is being typed it often does not parse: its tests stay as they were.
    if (!read.ok) return;
    const { tests, problems } = read.value;
    file.error = problems.map(({ line, message }) => t('line {0}: {1}', line, message)).join('\n') || undefined; // prettier-ignore
    file.children.replace(
      tests.map((test) => {
        const item = this.#controller.createTestItem(`${id}#${test.name}`, test.name, uri);
        item.range = new vscode.Range(test.line - 1, 0, test.line - 1, 0);
        this.#tests.set(item, test);
        return item;
      }),
    );
    if (tests.length + problems.length > 0) this.#controller.items.add(file);
    else this.#controller.items.delete(id);
  }

  async #run(
    request: vscode.TestRunRequest,
    token: vscode.CancellationToken,
    record: boolean,
  ): Promise<void> {
    const run = this.#controller.createTestRun(request);
    const stop = token.onCancellationRequested(() => this.#runner.stop());
    const wanted = this.#wanted(request);
    for (const item of wanted) run.enqueued(item);
    try {
      await saveScripts();
      for (const item of wanted) {
        if (token.isCancellationRequested) run.skipped(item);
        else await this.#runOne(run, item, record);
      }
    } finally {
      stop.dispose();
      run.end();
    }
  }

  #wanted({ include, exclude }: vscode.TestRunRequest): vscode.TestItem[] {
    const leaves = (item: vscode.TestItem): vscode.TestItem[] =>
      this.#tests.has(item) ? [item] : [...item.children].flatMap(([, child]) => leaves(child));
    const roots = include ?? [...this.#controller.items].map(([, item]) => item);
    return [...new Set(roots.flatMap(leaves))].filter((item) => !exclude?.includes(item));
  }

  async #runOne(run: vscode.TestRun, item: vscode.TestItem, record: boolean): Promise<void> {
    const test = this.#tests.get(item)!;
    const say = (text: string): void => run.appendOutput(text.replaceAll(/\r?\n/g, '\r\n'), undefined, item);
    const folder = vscode.Uri.joinPath(item.uri!, '..');
    const script = vscode.Uri.joinPath(folder, test.script);
    const reason = cannotRun(script);
    if (reason) return run.errored(item, new vscode.TestMessage(reason));
    run.started(item);
    const began = Date.now();
    const activity = { kind: 'work', text: t('test {0}', test.name) } as const;
    try {
      const baseline = test.baseline === null ? null : vscode.Uri.joinPath(folder, test.baseline);
      const settings = readSettings(script);
      const outcome = await this.#runner.exclusively(activity, async (signal) =>
        runPerf(
          {
            script: script.fsPath,
            args: test.args,
            steps: test.steps,
            limits: test.limits,
            baseline: record ? null : (baseline?.fsPath ?? null),
            timeoutMs: settings.timeLimitSeconds * 1000,
            adapter: await adapterFor(this.#runner.programs, settings.driver),
            programs: this.#runner.programs,
            ...folderOf(script),
          },
          { onOutput: (_stream, text) => say(text) },
          signal,
        ),
      );
      if (!outcome)
        return run.errored(
          item,
          new vscode.TestMessage(t('Kernelscope is measuring already. Stop it first, or wait.')),
        );
      if (record && baseline && outcome.error === null) {
        await vscode.workspace.fs.writeFile(baseline, writeTraceFile(outcome.trace));
        say(`${t('Baseline recorded: {0}', vscode.workspace.asRelativePath(baseline))}\n`);
      }
      for (const { measured, limit } of outcome.checks) say(`${test.name}: ${measured}; ${limit}\n`);
      if (outcome.passed) run.passed(item, Date.now() - began);
      else if (outcome.trace.meta.status === 'stopped') run.skipped(item);
      else run.failed(item, messages(outcome, item), Date.now() - began);
    } catch (error) {
      run.errored(item, new vscode.TestMessage(error instanceof Error ? error.message : String(error)));
    }
  }
}

function messages({ error, checks, grown, runs }: PerfOutcome, item: vscode.TestItem): vscode.TestMessage[] {
  if (error) {
    const message = new vscode.TestMessage(error.message);
    const position = new vscode.Position(Math.max(0, (error.line ?? 1) - 1), 0);
    message.location = error.file
      ? new vscode.Location(vscode.Uri.file(error.file), position)
      : new vscode.Location(item.uri!, item.range!);
    return [message];
  }
  return checks
    .filter(({ verdict }) => verdict === 'failed')
    .map(({ what, limit, measured }) => {
      const why = what === 'baseline' && grown.length > 0 ? `\n${grown.join('\n')}` : '';
      const text = `${measured}; ${limit}${runs > 1 ? `\n${t('the best of {0} runs', runs)}` : ''}${why}`;
      const message = new vscode.TestMessage(text);
      message.expectedOutput = limit;
      message.actualOutput = measured;
      message.location = new vscode.Location(item.uri!, item.range!);
      return message;
    });
}
