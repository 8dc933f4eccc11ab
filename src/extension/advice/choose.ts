/** Picks one of the current suggestions, where a command was called without one. */
import * as vscode from 'vscode';
import { gainText } from '../lines/lens-text.ts';
import type { Advice } from './advice.ts';
import { t, translated } from '../words.ts';

export async function chooseSuggestion(advice: Advice, title: string): Promise<string | undefined> {
  const items = advice.all.map((suggestion) => ({
    label: translated(suggestion.title),
    description: gainText(suggestion),
    detail: suggestion.at
      ? t('{0}, line {1}', vscode.workspace.asRelativePath(suggestion.at.file), suggestion.at.line)
      : '',
    id: suggestion.id,
  }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(t('There is no suggestion for this profile.'));
    return undefined;
  }
  return (await vscode.window.showQuickPick(items, { title, matchOnDetail: true }))?.id;
}
