/** Which profile the editor shows, and which one it is compared with. */
import * as vscode from 'vscode';
import { CONTEXT } from './ids.ts';
import type { Profile } from './profile.ts';

export class Profiles implements vscode.Disposable {
  #current: Profile | null = null;
  #baseline: Profile | null = null;
  #watch: vscode.Disposable | null = null;
  readonly #replaced = new vscode.EventEmitter<void>();
  readonly #changed = new vscode.EventEmitter<void>();
  /** Another profile is shown, or none. */
  readonly onDidReplace = this.#replaced.event;
  /** What lenses and marks show may differ: a profile was replaced or finished, its advice or the baseline changed. */
  readonly onDidChange = this.#changed.event;

  get current(): Profile | null {
    return this.#current;
  }

  get baseline(): Profile | null {
    return this.#baseline;
  }

  show(profile: Profile): void {
    this.#set(profile);
  }

  clear(): void {
    this.#baseline?.dispose();
    this.#baseline = null;
    this.#set(null);
  }

  /** Shows one profile against another. */
  compare(before: Profile, after: Profile): void {
    if (this.#baseline !== this.#current) this.#baseline?.dispose();
    this.#baseline = before;
    this.#set(after);
  }

  /** Shows the baseline again, with what is shown now as the baseline. */
  swap(): void {
    const before = this.#baseline;
    if (!before || !this.#current) return;
    this.#baseline = this.#current;
    this.#set(before);
  }

  pinBaseline(): void {
    if (this.#baseline !== this.#current) this.#baseline?.dispose();
    this.#baseline = this.#current;
    this.#changed.fire();
  }

  dispose(): void {
    this.#watch?.dispose();
    if (this.#baseline !== this.#current) this.#baseline?.dispose();
    this.#current?.dispose();
    this.#replaced.dispose();
    this.#changed.dispose();
  }

  #set(profile: Profile | null): void {
    const before = this.#current;
    this.#watch?.dispose();
    this.#current = profile;
    this.#watch = profile
      ? vscode.Disposable.from(
          profile.onDidFinish(() => this.#changed.fire()),
          profile.onDidAdvise(() => this.#tell()),
        )
      : null;
    this.#replaced.fire();
    this.#tell();
    if (before && before !== profile && before !== this.#baseline) before.dispose();
  }

  #tell(): void {
    void vscode.commands.executeCommand('setContext', CONTEXT.hasProfile, this.#current !== null);
    void vscode.commands.executeCommand(
      'setContext',
      CONTEXT.hasSuggestions,
      (this.#current?.suggestions.length ?? 0) > 0,
    );
    this.#changed.fire();
  }
}
