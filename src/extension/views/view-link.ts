/**
 * Keeps one webview in step with a profile: the whole trace when the page says it is ready, then frames while a run
 * lasts, gathered to some ten messages a second. The page may be thrown away and made anew at any time (VS Code does
 * so when a view is hidden); it then says ready again and gets everything again.
 */
import * as vscode from 'vscode';
import type { FromView, ToView } from '../../wire/view-messages.ts';
import { checkFromView } from '../../wire/view-messages.ts';
import type { Profile } from '../profile.ts';
import type { SqlTab } from '../sql/sql-tab.ts';
import { joined } from '../profile.ts';

const GATHER_MS = 100;

/** Where a view's profile comes from. */
export interface ProfileSource {
  readonly current: Profile | null;
  readonly onDidReplace: vscode.Event<void>;
  /** The run to compare with; a source of one file alone has none. */
  readonly baseline?: Profile | null;
  readonly onDidChange?: vscode.Event<void>;
}

export interface LinkOptions {
  readonly source: ProfileSource;
  /** What the page asks of the editor, other than being fed. */
  readonly act: (
    request: Exclude<FromView, { type: 'ready' | 'select' | 'notes' | 'sql' | 'sql-run' }>,
    profile: Profile | null,
    baseline: Profile | null,
  ) => void;
  /** Files of the profile that are no longer as they were measured. */
  readonly staleFiles: (profile: Profile) => readonly string[];
  readonly onDidChangeStale: vscode.Event<void>;
  /** The page has tabs, and shows the one that is asked for. */
  readonly takesTabs?: boolean;
  readonly onTitle?: (title: string) => void;
  /** Makes what answers the page's SQL; pages without a tab for it have none. */
  readonly sql?: (send: (message: ToView) => void) => SqlTab;
  /** The page has been sent its profile: what may wait for the picture starts now. */
  readonly onShown?: () => void;
}

export function linkWebview(webview: vscode.Webview, options: LinkOptions): vscode.Disposable {
  const link = new ViewLink(webview, options);
  return vscode.Disposable.from(
    link,
    webview.onDidReceiveMessage((message) => link.receive(message)),
    options.source.onDidReplace(() => link.start()),
    options.onDidChangeStale(() => link.sendStale()),
    options.source.onDidChange?.(() => link.sendBaseline()) ?? { dispose: () => undefined },
  );
}

class ViewLink implements vscode.Disposable {
  readonly #webview: vscode.Webview;
  readonly #options: LinkOptions;
  #ready = false;
  #gathered: Uint8Array[] = [];
  #timer: NodeJS.Timeout | null = null;
  #watch: vscode.Disposable | null = null;
  readonly #sql: SqlTab | null;
  /** The baseline the page has; its bytes are sent once. */
  #baseline: Profile | null = null;

  constructor(webview: vscode.Webview, options: LinkOptions) {
    this.#webview = webview;
    this.#options = options;
    this.#sql = options.sql?.((message) => this.#send(message)) ?? null;
  }

  receive(message: unknown): void {
    const request = checkFromView(message);
    if (!request) return;
    if (request.type === 'ready') {
      this.#ready = true;
      this.#baseline = null;
      this.start();
      this.#options.onShown?.();
    } else if (request.type === 'select') this.#profile?.select(request.selection, this);
    else if (request.type === 'notes') this.#profile?.note(request.notes, this);
    else if (request.type === 'sql' || request.type === 'sql-run') this.#sql?.receive(request);
    else this.#options.act(request, this.#profile, this.#options.source.baseline ?? null);
  }

  /** Sends the profile from its start. */
  start(): void {
    this.#drop();
    const profile = this.#profile;
    this.#options.onTitle?.(profile?.title ?? '');
    if (!this.#ready) return;
    if (!profile) return this.#send({ type: 'empty' });
    this.#send({ type: 'trace', bytes: profile.bytes, title: profile.title, live: profile.live });
    this.#send({ type: 'suggestions', suggestions: profile.suggestions });
    this.#send({ type: 'notes', notes: profile.notes, editable: true });
    this.#sql?.show(profile);
    if (profile.selection) this.#send({ type: 'select', selection: profile.selection });
    this.#showAsked();
    this.sendStale();
    this.sendBaseline();
    this.#watch = vscode.Disposable.from(
      profile.onDidGrow((frames) => this.#gather(frames)),
      profile.onDidFinish(() => {
        this.#flush();
        this.#send({ type: 'finished' });
        this.#sql?.show(profile);
      }),
      profile.onDidSelect(({ selection, by }) => {
        if (by !== this) this.#send({ type: 'select', selection });
      }),
      profile.onDidAdvise(() => this.#send({ type: 'suggestions', suggestions: profile.suggestions })),
      profile.onDidNote(({ by }) => {
        if (by !== this) this.#send({ type: 'notes', notes: profile.notes, editable: true });
      }),
      profile.onDidShow(() => this.#showAsked()),
      profile.onDidProve((proving) => this.#send({ type: 'proving', ...proving })),
    );
  }

  sendStale(): void {
    const profile = this.#profile;
    if (profile && this.#ready) this.#send({ type: 'stale', files: this.#options.staleFiles(profile) });
  }

  /** Only pages with tabs compare. A run is not compared with itself. */
  sendBaseline(): void {
    const { source, takesTabs } = this.#options;
    const baseline = source.baseline === source.current ? null : (source.baseline ?? null);
    if (!this.#ready || !takesTabs || baseline === this.#baseline) return;
    this.#baseline = baseline;
    this.#send({ type: 'baseline', bytes: baseline?.bytes ?? null, title: baseline?.title ?? '' });
  }

  dispose(): void {
    this.#ready = false;
    this.#drop();
    this.#sql?.dispose();
  }

  get #profile(): Profile | null {
    return this.#options.source.current;
  }

  #showAsked(): void {
    const view = this.#options.takesTabs ? this.#profile?.takeAsked() : null;
    if (view) this.#send({ type: 'show', view });
  }

  #send(message: ToView): void {
    void this.#webview.postMessage(message);
  }

  #gather(frames: Uint8Array): void {
    this.#gathered.push(frames);
    this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS);
  }

  #flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#gathered.length === 0) return;
    this.#send({ type: 'frames', bytes: joined(this.#gathered) });
    this.#gathered = [];
  }

  #drop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#gathered = [];
    this.#watch?.dispose();
    this.#watch = null;
  }
}
