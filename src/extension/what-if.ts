/** What the shown run would take on other GPUs, as a page in VS Code's Markdown preview. */
import * as vscode from 'vscode';
import type { GpuPrice } from '../analysis/gpu-prices.ts';
import { pricesByName } from '../analysis/gpu-prices.ts';
import { whatIf } from '../analysis/what-if.ts';
import type { WhatIfAnswer } from '../analysis/what-if.ts';
import { whichGpu } from '../analysis/which-gpu.ts';
import { markdownTable, whatIfRows } from '../export/index.ts';
import { SECTION, SETTINGS } from './ids.ts';
import type { Profile } from './profile.ts';
import { readSettings } from './settings.ts';
import { t } from './words.ts';

export const WHAT_IF_SCHEME = 'kernelscope-what-if';

/** Pages by their address. They are gone with the window: the command makes them anew. */
export class WhatIfPages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #pages = new Map<string, string>();

  provideTextDocumentContent({ path }: vscode.Uri): string {
    return this.#pages.get(path) ?? t('Run "Kernelscope: What If on Another GPU" again to see this page.');
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async show({ title, trace, script }: Profile): Promise<void> {
    const { prices, refused } = pricesByName(readSettings(script ?? undefined).gpuPrices);
    const answer = whatIf(trace, prices);
    if (typeof answer === 'string')
      return void vscode.window.showInformationMessage(
        t('This run cannot be carried to another GPU: {0}.', answer),
      );
    const uri = vscode.Uri.from({ scheme: WHAT_IF_SCHEME, path: `/${t('{0} on other GPUs', title)}.md` });
    this.#pages.set(uri.path, pageOf(title, answer, prices, refused));
    // A page that is open shows the prices of now.
    this.#changed.fire(uri);
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  }
}

const SETTING = `\`${SECTION}.${SETTINGS.gpuPrices}\``;

function pageOf(
  title: string,
  answer: WhatIfAnswer,
  prices: readonly GpuPrice[],
  refused: readonly string[],
): string {
  const { titles, rows } = whatIfRows(answer.gpus);
  return [
    `# ${t('{0} on other GPUs', title)}`,
    t('Estimated: the measured distance of each kernel from the roofline is carried over.'),
    ...whichGpu(answer, answer.gpus, prices),
    markdownTable(titles, rows),
    ...answer.cautions,
    prices.length > 0
      ? t('Prices of one GPU an hour as given by the setting {0}.', SETTING)
      : t(
          'With prices of yours, by the setting {0}, the page says which GPU gives most samples for the money, and whether one is worth it.',
          SETTING,
        ),
    ...(refused.length > 0
      ? [t('No price above 0, and so left out of the setting {0}: {1}.', SETTING, refused.join(', '))]
      : []),
  ].join('\n\n');
}
