/** What the shown run would take on other GPUs, as a page in VS Code's Markdown preview. */
import * as vscode from 'vscode';
import { whatIf } from '../analysis/what-if.ts';
import type { WhatIfAnswer } from '../analysis/what-if.ts';
import { whichGpu } from '../analysis/which-gpu.ts';
import { markdownTable, whatIfRows } from '../export/index.ts';
import type { Profile } from './profile.ts';
import { t } from './words.ts';

export const WHAT_IF_SCHEME = 'kernelscope-what-if';

/** Pages by their address. They are gone with the window: the command makes them anew. */
export class WhatIfPages implements vscode.TextDocumentContentProvider {
  readonly #pages = new Map<string, string>();

  provideTextDocumentContent({ path }: vscode.Uri): string {
    return this.#pages.get(path) ?? t('Run "Kernelscope: What If on Another GPU" again to see this page.');
  }

  async show({ title, trace }: Profile): Promise<void> {
    const answer = whatIf(trace);
    if (typeof answer === 'string')
      return void vscode.window.showInformationMessage(
        t('This run cannot be carried to another GPU: {0}.', answer),
      );
    const uri = vscode.Uri.from({ scheme: WHAT_IF_SCHEME, path: `/${t('{0} on other GPUs', title)}.md` });
    this.#pages.set(uri.path, pageOf(title, answer));
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  }
}

function pageOf(title: string, answer: WhatIfAnswer): string {
  const { titles, rows } = whatIfRows(answer.gpus);
  return [
    `# ${t('{0} on other GPUs', title)}`,
    t('Estimated: the measured distance of each kernel from the roofline is carried over.'),
    ...whichGpu(answer, answer.gpus, []),
    markdownTable(titles, rows),
    ...answer.cautions,
    t('With prices of yours: kernelscope what-if <trace> --price H100=2.5'),
  ].join('\n\n');
}
