/**
 * The SQL tab's other side: the tables of the profile that is shown, and of further traces a person adds, in a database process of
 * the tab's own. It starts when the tab is first looked at and ends with its page.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import { SqlSession } from '../../sql/session.ts';
import type { SqlStatus } from '../../wire/sql-messages.ts';
import type { FromView, ToView } from '../../wire/view-messages.ts';
import type { Profile } from '../profile.ts';
import { readSettings } from '../settings.ts';
import { t } from '../words.ts';
import { installDuckDb, installCommand, prepareFolder } from './install-duckdb.ts';

/** What all SQL tabs share. */
export interface SqlPlace {
  readonly programs: string;
  /** Where DuckDB is installed on request: its node_modules lie here. */
  readonly packages: string;
  /** Version of DuckDB's package that this extension was tested with. */
  readonly version: string;
  readonly memory: vscode.Memento;
}

const HISTORY = 'kernelscope.queries';
const MOST_REMEMBERED = 50;

export function sqlPlace(context: vscode.ExtensionContext, programs: string): SqlPlace {
  const manifest = context.extension.packageJSON as { optionalDependencies?: Record<string, string> };
  return {
    programs,
    packages: context.globalStorageUri.fsPath,
    version: manifest.optionalDependencies?.['@duckdb/node-api'] ?? 'latest',
    memory: context.globalState,
  };
}

export class SqlTab implements vscode.Disposable {
  readonly #place: SqlPlace;
  readonly #send: (message: ToView) => void;
  #profile: Profile | null = null;
  #wasLive = false;
  #session: SqlSession | null = null;
  #others: readonly string[] = [];
  #status: SqlStatus = { phase: 'closed' };

  constructor(place: SqlPlace, send: (message: ToView) => void) {
    this.#place = place;
    this.#send = send;
  }

  /** The page shows this profile, perhaps not for the first time: then its database goes on. */
  show(profile: Profile): void {
    const same = profile === this.#profile && profile.live === this.#wasLive;
    this.#profile = profile;
    this.#wasLive = profile.live;
    if (!same) {
      this.#end();
      this.#others = [];
      this.#status = { phase: profile.live ? 'live' : 'closed' };
    }
    this.#tell(this.#status);
  }

  receive(request: Extract<FromView, { type: 'sql' | 'sql-run' }>): void {
    if (request.type === 'sql-run') void this.#run(request.run, request.text);
    else if (request.ask === 'cancel') this.#session?.cancel();
    else if (request.ask === 'install') void this.#install();
    else if (request.ask === 'add') void this.#add();
    else void this.#open();
  }

  dispose(): void {
    this.#end();
  }

  async #open(): Promise<void> {
    const profile = this.#profile;
    if (!profile || profile.live || this.#status.phase === 'opening') return;
    this.#end();
    this.#tell({ phase: 'opening' });
    const { programs, packages } = this.#place;
    const session = new SqlSession({
      programs,
      packages,
      trace: profile.bytes,
      title: profile.title,
      others: this.#others,
    });
    this.#session = session;
    const opened = await session.opened;
    if (this.#session !== session) return;
    if (opened.type !== 'opened') this.#end();
    if (opened.type === 'missing') return this.#missing(false, null);
    if (opened.type === 'failed') {
      // What could not be read is not asked for again.
      this.#others = [];
      return this.#tell({ phase: 'failed', message: opened.message });
    }
    const { tables, sources } = opened;
    this.#tell({ phase: 'open', tables, sources, limitSeconds: readSettings().queryLimitSeconds });
  }

  async #run(run: number, text: string): Promise<void> {
    await this.#remember(text);
    // A process that ended between two queries.
    if (this.#session?.over) await this.#open();
    const session = this.#session;
    if (!session) return this.#send({ type: 'sql-outcome', run, outcome: { kind: 'error', message: t('The tables are not read.'), place: null } }); // prettier-ignore
    const outcome = await session.run(text, readSettings().queryLimitSeconds);
    this.#send({ type: 'sql-outcome', run, outcome });
    // A query that did not end, or broke the database, took its process with it: the next one finds the tables read again.
    if (session.over && session === this.#session) await this.#open();
  }

  async #remember(text: string): Promise<void> {
    const before = this.#history().filter((each) => each !== text);
    await this.#place.memory.update(HISTORY, [text, ...before].slice(0, MOST_REMEMBERED));
    this.#tell(this.#status);
  }

  #history(): string[] {
    const kept = this.#place.memory.get<unknown>(HISTORY);
    return Array.isArray(kept) ? kept.filter((each): each is string => typeof each === 'string') : [];
  }

  async #install(): Promise<void> {
    const { packages, version } = this.#place;
    this.#missing(true, null);
    const installed = await installDuckDb(packages, version);
    if (!installed.ok) return this.#missing(false, installed.error);
    this.#status = { phase: 'closed' };
    await this.#open();
    // What the package brings for other systems is of no use here; without a word the button would seem to do nothing.
    if (this.#is('missing'))
      this.#missing(false, t('It was installed, but cannot be loaded on {0}.', `${process.platform}-${process.arch}`)); // prettier-ignore
  }

  #is(phase: SqlStatus['phase']): boolean {
    return this.#status.phase === phase;
  }

  async #add(): Promise<void> {
    const chosen = await vscode.window.showOpenDialog({
      title: t('Query further traces too'),
      openLabel: t('Add'),
      canSelectMany: true,
      canSelectFiles: true,
      // Only macOS shows files and folders in one dialog; elsewhere the files of a folder of Parquet stand for it.
      canSelectFolders: process.platform === 'darwin',
    });
    if (!chosen) return;
    const added = chosen.filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => folderOf(fsPath));
    this.#others = [...new Set([...this.#others, ...added])];
    await this.#open();
  }

  #missing(installing: boolean, problem: string | null): void {
    const { packages, version } = this.#place;
    // The command is for a folder that is there. Where it cannot be made, the button says why.
    prepareFolder(packages);
    this.#tell({ phase: 'missing', command: installCommand(packages, version), installing, problem });
  }

  #tell(status: SqlStatus): void {
    this.#status = status;
    this.#send({ type: 'sql', status, history: this.#history() });
  }

  #end(): void {
    this.#session?.dispose();
    this.#session = null;
  }
}

/** A file `folder/dispatches/run.parquet` stands for its folder. */
function folderOf(file: string): string {
  return file.endsWith('.parquet') ? path.dirname(path.dirname(file)) : file;
}
