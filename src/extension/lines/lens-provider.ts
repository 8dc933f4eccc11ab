/** Code lenses: what measured lines cost, suggestions at theirs, and a way to profile before there is either. */
import * as vscode from 'vscode';
import type { Advice, PlacedSuggestion } from '../advice/advice.ts';
import { COMMANDS, INNER_COMMANDS } from '../ids.ts';
import { isScript, isTrainingScript } from '../scripts.ts';
import { readSettings } from '../settings.ts';
import { trainingLine } from '../training-imports.ts';
import { gainText, lensText, staleText } from './lens-text.ts';
import type { MeasuredLines, PlacedFact } from './measured-lines.ts';
import { t, translated } from '../words.ts';

export class LensProvider implements vscode.CodeLensProvider {
  readonly #advice: Advice;
  readonly #lines: MeasuredLines;
  readonly onDidChangeCodeLenses: vscode.Event<void>;

  constructor(lines: MeasuredLines, advice: Advice) {
    this.#lines = lines;
    this.#advice = advice;
    this.onDidChangeCodeLenses = advice.onDidChange;
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const settings = readSettings(document.uri);
    if (!settings.codeLenses || !isScript(document)) return [];
    const facts = this.#lines.inDocument(document);
    const lenses = facts.map((placed) => factLens(placed, settings.noiseFloor));
    lenses.push(...this.#suggestionLenses(document, new Set(facts.map(({ line }) => line))));
    return lenses.length > 0 ? lenses : profileLens(document);
  }

  #suggestionLenses(document: vscode.TextDocument, measured: ReadonlySet<number>): vscode.CodeLens[] {
    // Advice that no click can follow stays in its tab: above a line it would only be in the way.
    const followed = this.#advice.placedIn(document).filter(({ suggestion }) => suggestion.edit);
    return followed.flatMap((placed) => {
      const { line } = placed.range.start;
      // Above the next line is below this one; where that line has figures of its own they would run together.
      const below = line + 1 < document.lineCount && !measured.has(line + 1);
      return suggestionLenses(placed, line + (below ? 1 : 0));
    });
  }
}

function factLens({ fact, line, fresh }: PlacedFact, noiseFloor: number): vscode.CodeLens {
  const title = lensText(fact, noiseFloor);
  // A lens without a command is drawn in plain grey: the figures stay, but they are no longer this line's.
  if (!fresh) return lens(line, `${title}\u00a0\u00a0\u00a0(${staleText()})`, '', []);
  const layers = fact.kind === 'layers' ? fact.layers.map(({ layer }) => layer) : [];
  return lens(line, title, INNER_COMMANDS.selectLayers, [layers], t('Show in the timeline'));
}

function suggestionLenses({ suggestion, state }: PlacedSuggestion, line: number): vscode.CodeLens[] {
  const { id, edit, verdict } = suggestion;
  const title = translated(suggestion.title);
  const gain = gainText(suggestion);
  const why = (text: string) => lens(line, text, INNER_COMMANDS.explain, [id], t('What supports it'));
  if (state === 'applied')
    return [why(t('Applied: {0}, {1}', title, gain)), lens(line, t('Profile again'), COMMANDS.profile, [])];
  const first = why(t('Suggestion: {0}, {1}', title, gain));
  if (!edit || verdict?.kind === 'refuted') return [first];
  const apply = lens(
    line,
    t('Apply'),
    COMMANDS.apply,
    [id],
    t('Write {0} in place of {1}', edit.newText, edit.oldText),
  );
  return verdict
    ? [first, apply]
    : [
        first,
        lens(line, t('Prove'), COMMANDS.prove, [id], t('Run the changed script against this one, in turn')),
        apply,
      ];
}

function profileLens(document: vscode.TextDocument): vscode.CodeLens[] {
  const line = trainingLine(document.getText());
  if (line === null || !vscode.workspace.isTrusted || !isTrainingScript(document)) return [];
  return [
    lens(
      line,
      `$(graph)\u00a0${t('Profile')}`,
      COMMANDS.profile,
      [document.uri],
      t('Run this script and time every kernel of it'),
    ),
  ];
}

function lens(
  line: number,
  title: string,
  command: string,
  args: unknown[],
  tooltip?: string,
): vscode.CodeLens {
  return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
    title,
    command,
    arguments: args,
    ...(tooltip ? { tooltip } : {}),
  });
}
