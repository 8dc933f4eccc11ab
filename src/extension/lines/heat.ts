/** A bar after each measured line, as wide as the line's share of the step: the costly line is seen before it is read. */
import * as vscode from 'vscode';
import { formatShare } from '../../base/format.ts';
import { readSettings } from '../settings.ts';
import type { MeasuredLines, PlacedFact } from './measured-lines.ts';
import { t } from '../words.ts';

const FULL_WIDTH_CH = 24;

export class Heat implements vscode.Disposable {
  readonly #lines: MeasuredLines;
  readonly #bar = vscode.window.createTextEditorDecorationType({
    overviewRulerLane: vscode.OverviewRulerLane.Right,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedOpen,
  });
  readonly #subscriptions: vscode.Disposable;

  constructor(lines: MeasuredLines) {
    this.#lines = lines;
    const all = (): void => vscode.window.visibleTextEditors.forEach((editor) => this.#draw(editor));
    this.#subscriptions = vscode.Disposable.from(
      this.#bar,
      lines.onDidChange(all),
      lines.onDidChangeStale(all),
      vscode.window.onDidChangeVisibleTextEditors(all),
      vscode.workspace.onDidChangeConfiguration(
        (change) => change.affectsConfiguration('kernelscope.heat') && all(),
      ),
    );
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #draw(editor: vscode.TextEditor): void {
    const shown = readSettings(editor.document.uri).heat ? this.#lines.inDocument(editor.document) : [];
    editor.setDecorations(
      this.#bar,
      shown.flatMap((placed) => bar(editor.document, placed)),
    );
  }
}

function bar(document: vscode.TextDocument, { fact, line, fresh }: PlacedFact): vscode.DecorationOptions[] {
  if (fact.kind !== 'layers' || !fresh) return [];
  const color = new vscode.ThemeColor('kernelscope.heat');
  const width = `${Math.max(0.3, Math.min(1, fact.share) * FULL_WIDTH_CH).toFixed(1)}ch`;
  const end = document.lineAt(line).range.end;
  return [
    {
      range: new vscode.Range(end, end),
      renderOptions: {
        after: {
          contentText: '',
          width,
          height: '0.55em',
          margin: '0 0 0 3ch',
          backgroundColor: color,
          textDecoration: 'none; display: inline-block; border-radius: 2px',
        },
      },
      hoverMessage: t('{0} of the GPU time of a step', formatShare(fact.share)),
    },
  ];
}
