/** Code lenses: what measured lines cost, suggestions at theirs, and a way to profile before there is either. */
import * as vscode from 'vscode';
import type { Suggestion } from '../../suggest/suggestion.ts';
import { COMMANDS, INNER_COMMANDS } from '../ids.ts';
import type { Profiles } from '../profiles.ts';
import { isScript } from '../scripts.ts';
import { readSettings } from '../settings.ts';
import { trainingLine } from '../training-imports.ts';
import { gainText, lensText, STALE_TEXT } from './lens-text.ts';
import type { MeasuredLines, PlacedFact } from './measured-lines.ts';

export class LensProvider implements vscode.CodeLensProvider {
  readonly #profiles: Profiles;
  readonly #lines: MeasuredLines;
  readonly onDidChangeCodeLenses: vscode.Event<void>;

  constructor(profiles: Profiles, lines: MeasuredLines) {
    this.#profiles = profiles;
    this.#lines = lines;
    this.onDidChangeCodeLenses = lines.onDidChange;
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
    return (this.#profiles.current?.suggestions ?? []).flatMap((suggestion) => {
      if (suggestion.at?.file !== document.uri.fsPath) return [];
      const place = this.#lines.place(document, suggestion.at.line);
      if (!place) return [];
      // Above the next line is below this one; where that line has figures of its own they would run together.
      const below = place.line + 1 < document.lineCount && !measured.has(place.line + 1);
      return suggestionLenses(suggestion, place.line + (below ? 1 : 0));
    });
  }
}

function factLens({ fact, line, fresh }: PlacedFact, noiseFloor: number): vscode.CodeLens {
  const title = lensText(fact, noiseFloor);
  // A lens without a command is drawn in plain grey: the figures stay, but they are no longer this line's.
  if (!fresh) return lens(line, `${title}   (${STALE_TEXT})`, '', []);
  const layers = fact.kind === 'layers' ? fact.layers.map(({ layer }) => layer) : [];
  return lens(line, title, INNER_COMMANDS.selectLayers, [layers], 'Show in the timeline');
}

function suggestionLenses(suggestion: Suggestion, line: number): vscode.CodeLens[] {
  const { id, title, edit, verdict } = suggestion;
  const why = lens(line, `Suggestion: ${title}, ${gainText(suggestion)}`, INNER_COMMANDS.explain, [id], 'What supports it');
  if (!edit) return [why];
  const apply = lens(line, 'Apply', COMMANDS.apply, [id], `Write ${edit.newText} in place of ${edit.oldText}`);
  if (verdict?.kind === 'refuted') return [why];
  if (verdict) return [why, apply];
  return [why, lens(line, 'Prove', COMMANDS.prove, [id], 'Run the changed script against this one'), apply];
}

function profileLens(document: vscode.TextDocument): vscode.CodeLens[] {
  const line = trainingLine(document.getText());
  if (line === null || !vscode.workspace.isTrusted) return [];
  return [lens(line, '$(graph) Profile', COMMANDS.profile, [document.uri], 'Run this script and time every kernel of it')];
}

function lens(line: number, title: string, command: string, args: unknown[], tooltip?: string): vscode.CodeLens {
  return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), { title, command, arguments: args, ...(tooltip ? { tooltip } : {}) });
}
