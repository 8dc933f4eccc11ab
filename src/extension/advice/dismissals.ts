/** Suggestions a person has dismissed, and why: kept with the workspace, so that the next profile does not bring them back. */
import * as vscode from 'vscode';
import type { Suggestion } from '../../suggest/suggestion.ts';
import { t, translated } from '../words.ts';

const KEY = 'dismissed';

export interface Dismissal {
  readonly script: string;
  readonly id: string;
  readonly title: string;
  readonly reason: string;
  /** ISO date. */
  readonly at: string;
}

export class Dismissals {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  get all(): readonly Dismissal[] {
    return this.#memory.get<Dismissal[]>(KEY, []);
  }

  has(script: string, id: string): boolean {
    return this.all.some((each) => each.script === script && each.id === id);
  }

  add(script: string, { id, title }: Suggestion, reason: string): void {
    const dismissal = { script, id, title, reason, at: new Date().toISOString() };
    void this.#memory.update(KEY, [...this.all, dismissal]);
  }

  restore(restored: readonly Dismissal[]): void {
    const isRestored = ({ script, id }: Dismissal): boolean =>
      restored.some((each) => each.script === script && each.id === id);
    void this.#memory.update(
      KEY,
      this.all.filter((each) => !isRestored(each)),
    );
  }
}

/** Null: not to be remembered. Undefined: the person gave up. */
export async function askReason(title: string): Promise<string | null | undefined> {
  const reasons = [
    { label: t('It changes training in a way I do not want') },
    { label: t('I tried it, and it does not help') },
    { label: t('It does not fit this script') },
  ];
  const other = { label: t('Another reason...') };
  const once = { label: t('Not now'), description: t('it may come back with the next profile') };
  const picked = await vscode.window.showQuickPick([...reasons, other, once], {
    title: t('Dismiss: {0}', title),
    placeHolder: t(
      'Why? It is not suggested again for this script; "Restore Dismissed Suggestions" takes that back',
    ),
  });
  if (picked === once) return null;
  if (picked === other)
    return vscode.window.showInputBox({ title: t('Dismiss: {0}', title), prompt: t('Why?') });
  return picked?.label;
}

/** Lets the person take dismissals back. True when some were. */
export async function restoreDismissed(dismissals: Dismissals): Promise<boolean> {
  const items = dismissals.all.map((dismissal) => ({
    label: translated(dismissal.title),
    description: dismissal.reason,
    detail: `${vscode.workspace.asRelativePath(dismissal.script)}, ${dismissal.at.slice(0, 10)}`,
    dismissal,
  }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(t('No suggestion is dismissed in this workspace.'));
    return false;
  }
  const picked = await vscode.window.showQuickPick(items, {
    title: t('Restore Dismissed Suggestions'),
    canPickMany: true,
  });
  if (!picked?.length) return false;
  dismissals.restore(picked.map(({ dismissal }) => dismissal));
  return true;
}
