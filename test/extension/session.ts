/** One VS Code with the packaged extension, and what a failed test leaves behind. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { HostOptions } from '../vscode-host/host.ts';
import { openWindow, startHost } from '../vscode-host/host.ts';
import { lens, openFile, openWorkbench, runCommand } from '../vscode-host/ui.ts';

const RESULTS = path.join(process.cwd(), 'test-results', 'extension');
const VSIX = path.join(process.cwd(), 'kernelscope.vsix');
export const WORKSPACE = path.join(process.cwd(), 'test', 'extension', 'workspace');

export interface Session {
  readonly page: Page;
  /** Text of a file of the workspace as it is on disk. */
  read(name: string): string;
  path(name: string): string;
  /** Keeps a picture of the window as a test artifact. */
  shot(name: string): Promise<void>;
  /** Runs a step; where it fails, the window and the logs are kept. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** `more`: packages to install besides the extension. */
export async function startSession({
  more = [],
  ...options
}: Partial<HostOptions> & { readonly more?: readonly string[] } = {}): Promise<Session> {
  mkdirSync(RESULTS, { recursive: true });
  const host = await startHost({ workspace: WORKSPACE, vsix: [packagedExtension(), ...more], ...options });
  const window = await openWindow();
  const { page } = window;
  const shot = async (name: string): Promise<void> => {
    await page.screenshot({ path: path.join(RESULTS, `${name}.png`) });
  };
  const keep = async (name: string): Promise<void> => {
    await shot(`failed-${name}`).catch(() => undefined);
    const logs = Object.entries(host.logs()).filter(([file]) => /exthost\.log|Kernelscope/.test(file));
    const text = logs.map(([file, content]) => `== ${file}\n${content.slice(-8000)}`).join('\n');
    const asked = await page
      .locator('.quick-input-widget:visible, .notification-toast, .monaco-dialog-box')
      .allInnerTexts()
      .catch(() => []);
    writeFileSync(
      path.join(RESULTS, `failed-${name}.log`),
      `== at ${new Date().toISOString()}, load ${os
        .loadavg()
        .map((load) => load.toFixed(1))
        .join(
          ' ',
        )}\n== on screen\n${asked.join('\n')}\n${text}\n== console\n${window.console.slice(-60).join('\n')}\n`,
    );
  };
  const session: Session = {
    page,
    read: (name) => readFileSync(path.join(host.workspace, name), 'utf8'),
    path: (name) => path.join(host.workspace, name),
    shot,
    async step(name, work) {
      try {
        return await work();
      } catch (error) {
        await keep(name.replaceAll(/\W+/g, '-'));
        throw error;
      }
    },
    async close() {
      await window.close();
      await host.stop();
    },
  };
  try {
    await session.step('workbench', () => openWorkbench(page, host.url));
  } catch (error) {
    await session.close();
    throw error;
  }
  return session;
}

/** Profiles train.ts, as most tests begin, and waits for its lenses. */
export async function firstProfile(session: Session, limitMs = 90_000): Promise<void> {
  await session.step('first-profile', async () => {
    await openFile(session.page, 'train.ts');
    await runCommand(session.page, 'Kernelscope: Profile Training Script');
    await lens(session.page, 'of step').waitFor({ timeout: limitMs });
  });
}

/** kernelscope.vsix, packed again where dist/ is newer: these tests are of what people install. */
function packagedExtension(): string {
  const built = newest(path.join(process.cwd(), 'dist'));
  if (existsSync(VSIX) && statSync(VSIX).mtimeMs > built) return VSIX;
  const packed = spawnSync(process.execPath, ['.ci/package.mjs', '--no-build'], { encoding: 'utf8' });
  if (packed.status !== 0) throw new Error(`the extension does not pack: ${packed.stdout}${packed.stderr}`);
  return VSIX;
}

function newest(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(cjs|mjs|js|css|d\.ts)$/.test(name),
  );
  return Math.max(0, ...names.map((name) => statSync(path.join(folder, name)).mtimeMs));
}
