/**
 * The last runs of this workspace: their figures in VS Code's workspace state, and the traces of the newest beside it, so that
 * lines and picture are there after a reload and any two can be compared.
 */
import * as vscode from 'vscode';
import { adviseOn } from '../advice/advise.ts';
import type { Dismissals } from '../advice/dismissals.ts';
import { readTraceFile } from '../../trace/codec.ts';
import { keepNotes, notesFile, saveNotes } from '../notes-file.ts';
import { Profile } from '../profile.ts';
import type { Profiles } from '../profiles.ts';
import { commitOf } from './git.ts';
import { keepSources, keptSource, sourcesFile } from './kept-sources.ts';
import type { RunRecord } from './run-record.ts';
import { runRecord, withRun } from './run-record.ts';

const RECORDS = 'runs';
const SHOWN = 'shownRun';
const MOST_RECORDS = 60;
const MOST_TRACES = 12;
/** Larger traces are saved by hand: keeping them would slow every start and fill the disk. */
const MOST_BYTES = 64e6;

export class RunHistory implements vscode.Disposable {
  readonly #memory: vscode.Memento;
  readonly #folder: vscode.Uri | undefined;
  readonly #profiles: Profiles;
  readonly #dismissals: Dismissals;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;
  readonly onDidChange = this.#changed.event;
  /** Records whose trace is in the folder. */
  #kept = new Set<string>();
  #followed: Profile | null = null;

  /** `folder`: undefined in a window without a workspace, where only figures are kept. */
  constructor(
    memory: vscode.Memento,
    folder: vscode.Uri | undefined,
    profiles: Profiles,
    dismissals: Dismissals,
  ) {
    this.#memory = memory;
    this.#folder = folder && vscode.Uri.joinPath(folder, 'runs');
    this.#profiles = profiles;
    this.#dismissals = dismissals;
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      profiles.onDidChange(() => void this.#follow()),
    );
  }

  /** Newest first. */
  get records(): readonly RunRecord[] {
    return this.#memory.get<RunRecord[]>(RECORDS, []);
  }

  hasTrace(id: string): boolean {
    return this.#kept.has(id);
  }

  /** Shows the run that was shown when the window was left, unless something is shown already. */
  async restore(): Promise<void> {
    await this.#list();
    const shown = this.#memory.get<string | null>(SHOWN, null);
    const profile = shown === null ? null : await this.read(shown);
    if (!profile || this.#profiles.current) return;
    this.#followed = profile;
    this.#profiles.show(profile);
    adviseOn(profile, this.#dismissals);
    this.#changed.fire();
  }

  /** The kept run as a profile of its own; null when its trace is gone. */
  async read(id: string): Promise<Profile | null> {
    if (!this.#folder || !this.#kept.has(id)) return null;
    try {
      const bytes = await vscode.workspace.fs.readFile(this.#file(id));
      const read = readTraceFile(bytes);
      if (!read.ok) return null;
      const trace = read.value;
      const script = vscode.Uri.file(trace.meta.script);
      const profile = new Profile({
        title: titleOf(trace.meta),
        script,
        start: bytes,
        trace: () => trace,
        live: false,
      });
      await keepNotes(profile, this.#file(id));
      return profile;
    } catch {
      return null;
    }
  }

  /** The text with this hash, where one of the kept runs ran it. */
  async sourceText(hash: string): Promise<string | null> {
    for (const id of this.#kept) {
      const text = await keptSource(this.#file(id), hash);
      if (text !== null) return text;
    }
    return null;
  }

  /** Forgets all runs and deletes their traces. */
  async clear(): Promise<void> {
    await this.#memory.update(RECORDS, undefined);
    await this.#prune([]);
    this.#changed.fire();
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #file(id: string): vscode.Uri {
    return vscode.Uri.joinPath(this.#folder!, `${id}.kscope`);
  }

  async #list(): Promise<void> {
    try {
      const entries = this.#folder ? await vscode.workspace.fs.readDirectory(this.#folder) : [];
      const traces = entries.map(([name]) => name).filter((name) => name.endsWith('.kscope'));
      this.#kept = new Set(traces.map((name) => name.replace(/\.kscope$/, '')));
    } catch {
      // Nothing was kept yet: the usual first start.
    }
  }

  async #follow(): Promise<void> {
    const { current } = this.#profiles;
    if (current === this.#followed || current?.live) return;
    this.#followed = current;
    if (!current) return void this.#memory.update(SHOWN, null);
    if (!current.ranHere) return;
    const { trace } = current;
    const record = runRecord(trace, current.script && (await commitOf(current.script)));
    if (record) await this.#memory.update(RECORDS, withRun(this.records, record, MOST_RECORDS));
    await this.#keep(record?.id ?? trace.meta.startedAt.replaceAll(/\D/g, ''), current);
    this.#changed.fire();
  }

  async #keep(id: string, profile: Profile): Promise<void> {
    if (!this.#folder || profile.bytes.length > MOST_BYTES) return;
    try {
      await vscode.workspace.fs.createDirectory(this.#folder);
      await vscode.workspace.fs.writeFile(this.#file(id), profile.bytes);
      await keepSources(profile.trace, this.#file(id));
      await saveNotes(profile, this.#file(id));
      this.#kept.add(id);
      await this.#memory.update(SHOWN, id);
      await this.#prune([...this.#kept].sort().slice(-MOST_TRACES));
    } catch {
      // A full or read-only disk costs the person the picture after the next reload, and nothing now.
    }
  }

  async #prune(stay: readonly string[]): Promise<void> {
    for (const id of this.#kept) {
      if (stay.includes(id)) continue;
      this.#kept.delete(id);
      for (const file of [this.#file(id), notesFile(this.#file(id)), sourcesFile(this.#file(id))])
        await vscode.workspace.fs.delete(file).then(undefined, () => undefined);
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
