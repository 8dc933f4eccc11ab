/** The last run is kept in the workspace's storage, so that its lines and picture are there after a reload. */
import * as vscode from 'vscode';
import { adviseOn } from './advice/advise.ts';
import { readTraceFile } from '../trace/codec.ts';
import { Profile } from './profile.ts';
import type { Profiles } from './profiles.ts';

/** Larger ones are saved by hand: reading them back would slow every start. */
const MOST_BYTES = 64e6;
const FILE = 'last-run.kscope';

export class KeptRun implements vscode.Disposable {
  readonly #folder: vscode.Uri | undefined;
  readonly #profiles: Profiles;
  readonly #subscription: vscode.Disposable;
  #kept: Profile | null = null;

  /** `folder`: undefined in a window without a workspace, where nothing is kept. */
  constructor(folder: vscode.Uri | undefined, profiles: Profiles) {
    this.#folder = folder;
    this.#profiles = profiles;
    this.#subscription = profiles.onDidChange(() => void this.#follow());
  }

  /** Shows the run of the last session, unless something is shown already. */
  async restore(): Promise<void> {
    if (!this.#folder) return;
    try {
      const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(this.#folder, FILE));
      const read = readTraceFile(bytes);
      if (!read.ok || this.#profiles.current) return;
      const trace = read.value;
      const script = vscode.Uri.file(trace.meta.script);
      const profile = new Profile({
        title: titleOf(trace.meta),
        script,
        start: bytes,
        trace: () => trace,
        live: false,
      });
      this.#kept = profile;
      this.#profiles.show(profile);
      adviseOn(profile);
    } catch {
      // Nothing was kept: the usual first start.
    }
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #follow(): Promise<void> {
    const { current } = this.#profiles;
    if (!this.#folder || current === this.#kept || current?.live) return;
    const wasKept = this.#kept !== null;
    this.#kept = current;
    const file = vscode.Uri.joinPath(this.#folder, FILE);
    try {
      if (!current) {
        if (wasKept) await vscode.workspace.fs.delete(file);
      } else if (current.trace.meta.origin === 'run' && current.bytes.length <= MOST_BYTES) {
        await vscode.workspace.fs.createDirectory(this.#folder);
        await vscode.workspace.fs.writeFile(file, current.bytes);
      }
    } catch {
      // A full or read-only disk costs the person the picture after the next reload, and nothing now.
    }
  }
}

/** `train.ts 14:02`, as a run is titled while it lasts. */
export function titleOf({
  script,
  startedAt,
}: {
  readonly script: string;
  readonly startedAt: string;
}): string {
  const name = script.slice(Math.max(script.lastIndexOf('/'), script.lastIndexOf('\\')) + 1);
  const time = new Date(startedAt);
  return Number.isNaN(time.getTime()) ? name : `${name} ${time.toTimeString().slice(0, 5)}`;
}
