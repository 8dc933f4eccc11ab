/**
 * Tools for language models in the editor: profile a script, explain a trace, prove a suggestion. They go through the same
 * runner as a person's commands, so that what a model measured is on the screen, and never two measurements run at once.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import { modelText, report } from '../../export/index.ts';
import { suggestionText } from '../../export/text.ts';
import { runProof } from '../advice/prove.ts';
import { adviseOn } from '../advice/advise.ts';
import type { Parts } from '../parts.ts';
import { TOOLS } from '../ids.ts';
import type { Profile } from '../profile.ts';
import { runProfile } from '../running/profile-command.ts';
import { cannotRun } from '../script-choice.ts';
import { readSettings } from '../settings.ts';
import { readProfile } from '../traces/read-profile.ts';
import { t } from '../words.ts';

interface ProfileInput {
  readonly script: string;
  readonly steps?: number;
}

interface ExplainInput {
  readonly trace?: string;
}

interface VerifyInput {
  readonly suggestion: string;
}

export function registerLanguageTools(parts: Parts): vscode.Disposable[] {
  return [
    vscode.lm.registerTool<ProfileInput>(TOOLS.profile, {
      prepareInvocation: ({ input }) =>
        asked(t('Profiling {0}', input.script), t('Run {0} and time its kernels?', input.script)),
      invoke: async ({ input }, token) => answer(await profile(parts, input, token)),
    }),
    vscode.lm.registerTool<ExplainInput>(TOOLS.explain, {
      prepareInvocation: () => ({ invocationMessage: t('Reading the trace') }),
      invoke: async ({ input }, token) => answer(await explain(parts, input, token)),
    }),
    vscode.lm.registerTool<VerifyInput>(TOOLS.verify, {
      prepareInvocation: ({ input }) => {
        const title = parts.advice.find(input.suggestion)?.title ?? input.suggestion;
        return asked(
          t('Proving: {0}', title),
          t('Run the script with and without this change, in turn? Files are not changed. {0}', title),
        );
      },
      invoke: async ({ input }, token) => answer(await verify(parts, input, token)),
    }),
  ];
}

async function profile(parts: Parts, input: ProfileInput, token: vscode.CancellationToken): Promise<string> {
  const script = await workspaceFile(input.script);
  const reason = cannotRun(script);
  if (reason) throw new Error(reason);
  if (parts.runner.activity) throw new Error(t('Kernelscope is measuring already. Stop it first, or wait.'));
  const stop = token.onCancellationRequested(() => parts.runner.stop());
  try {
    const steps =
      Number.isInteger(input.steps) && input.steps! > 0 ? input.steps! : readSettings(script).steps;
    const made = await runProfile(parts, script, steps);
    if (!made) throw new Error(t('{0} did not run; the editor says why.', input.script));
    return explained(made);
  } finally {
    stop.dispose();
  }
}

/** A file by its path; without one, the profile that is shown. */
async function explain(
  { profiles, runner, advice }: Parts,
  { trace }: ExplainInput,
  token: vscode.CancellationToken,
): Promise<string> {
  if (!trace) {
    if (!profiles.current)
      throw new Error(t('There is no profile yet: profile a script first, or name a trace file.'));
    return explained(profiles.current);
  }
  const stop = new AbortController();
  token.onCancellationRequested(() => stop.abort());
  const read = await readProfile(await workspaceFile(trace), runner.programs, stop.signal);
  if (!read.ok) throw new Error(read.error);
  adviseOn(read.value, advice.dismissals);
  return explained(read.value);
}

async function verify(
  parts: Parts,
  { suggestion }: VerifyInput,
  token: vscode.CancellationToken,
): Promise<string> {
  const stop = token.onCancellationRequested(() => parts.runner.stop());
  try {
    const proved = await runProof(parts, suggestion);
    if (typeof proved === 'string')
      throw new Error(
        `${proved} ${t('Suggestions: {0}', parts.advice.all.map(({ id }) => id).join(', ') || '-')}`,
      );
    if (!proved) throw new Error(t('The proof was stopped.'));
    const [item] = report(parts.profiles.current!.trace, [proved]).suggestions;
    return item ? suggestionText(item, { base: baseOf(parts.profiles.current!) }) : '';
  } finally {
    stop.dispose();
  }
}

function explained(made: Profile): string {
  return modelText(report(made.trace, made.suggestions), baseOf(made));
}

/** Paths are shown as a person of this workspace knows them. */
function baseOf({ script }: Profile): string {
  const folder = script && vscode.workspace.getWorkspaceFolder(script);
  return folder?.uri.fsPath ?? vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '/';
}

/** A path as a model gives it: absolute, or from one of the workspace's folders. */
async function workspaceFile(given: string): Promise<vscode.Uri> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const candidates = path.isAbsolute(given)
    ? [vscode.Uri.file(given)]
    : folders.map(({ uri }) => vscode.Uri.joinPath(uri, given));
  for (const uri of candidates) {
    const found = await vscode.workspace.fs.stat(uri).then(
      () => true,
      () => false,
    );
    if (found) return uri;
  }
  throw new Error(t('There is no file {0} in this workspace.', given));
}

function asked(invocationMessage: string, message: string): vscode.PreparedToolInvocation {
  return { invocationMessage, confirmationMessages: { title: 'Kernelscope', message } };
}

function answer(text: string): vscode.LanguageModelToolResult {
  return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
}
