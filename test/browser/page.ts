/** The built webview in a headless Chromium, with a stand-in for its shell: messages go in, and what it sends is kept. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { writeTraceFile } from '../../src/trace/codec.ts';
import type { Trace } from '../../src/trace/model.ts';
import type { FromView, ToView } from '../../src/wire/view-messages.ts';

export type ThemeName = 'dark' | 'light' | 'hc' | 'hc-light';
export const THEMES: readonly ThemeName[] = ['dark', 'light', 'hc', 'hc-light'];

const THEME_CLASS: Readonly<Record<ThemeName, string>> = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  hc: 'vscode-high-contrast',
  'hc-light': 'vscode-high-contrast-light',
};

export const RESULTS = path.resolve('test-results/webview');
const SIZE = { editor: { width: 1280, height: 820 }, panel: { width: 1280, height: 232 } } as const;

export interface Host {
  open(options?: {
    layout?: 'panel' | 'editor';
    theme?: ThemeName;
    size?: { width: number; height: number };
    /** Device pixels a CSS pixel: 2 with half the size is the editor at 200 %. */
    scale?: number;
    words?: Readonly<Record<string, string>>;
    /** What earlier pages have kept; a page without it may keep nothing. */
    stored?: Readonly<Record<string, string>>;
  }): Promise<Shown>;
  close(): Promise<void>;
}

export interface Shown {
  readonly page: Page;
  post(message: ToView): Promise<void>;
  show(trace: Trace, title?: string): Promise<void>;
  sent(): Promise<FromView[]>;
  /** Until what was asked for is drawn: without motion, two frames. */
  drawn(): Promise<void>;
  shot(name: string): Promise<void>;
}

/** `font`: the one font of all text, so that pictures of different machines can be compared. */
export async function startHost({ font }: { readonly font?: string } = {}): Promise<Host> {
  execFileSync(process.execPath, ['build.mjs', 'webview', 'style'], { stdio: 'inherit' });
  mkdirSync(RESULTS, { recursive: true });
  const script = readFileSync('dist/webview.js', 'utf8');
  const family = font ? `body[data-theme] { --vscode-font-family: '${font}'; --vscode-editor-font-family: 'DejaVu Sans Mono'; }` : ''; // prettier-ignore
  const style =
    readFileSync('dist/webview.css', 'utf8') + readFileSync('webview/dev-themes.css', 'utf8') + family;
  const browser: Browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    headless: true,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--force-color-profile=srgb'],
  });
  return {
    async open({
      layout = 'editor',
      theme = 'dark',
      size = SIZE[layout],
      scale = 1,
      words = {},
      stored,
    } = {}) {
      const page = await browser.newPage({
        viewport: size,
        deviceScaleFactor: scale,
        reducedMotion: 'reduce',
      });
      page.on('pageerror', (error) => console.error(`page error: ${error.stack ?? error.message}`));
      if (stored) {
        // Only a page with an address may keep something.
        await page.route('http://kernelscope.test/', (route) =>
          route.fulfill({ contentType: 'text/html', body: '' }),
        );
        await page.goto('http://kernelscope.test/');
        await page.evaluate((entries) => Object.assign(localStorage, entries), stored);
      }
      await page.setContent(
        `<!doctype html><html lang="en"><head><title>Kernelscope</title><style>${style}</style></head><body class="${THEME_CLASS[theme]}" data-theme="${theme}" data-layout="${layout}"><script type="application/json" id="kernelscope-words">${JSON.stringify(words)}</script></body></html>`,
      );
      await page.evaluate(() => {
        const log: unknown[] = [];
        Object.assign(window, { sentMessages: log });
        addEventListener('kernelscope', (event) => log.push((event as CustomEvent).detail));
      });
      await page.addScriptTag({ content: script });
      const drawn = () =>
        page.evaluate(
          () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
        );
      const post = async (message: ToView) => {
        const { bytes, ...rest } = message as ToView & { bytes?: Uint8Array };
        const base64 = bytes ? Buffer.from(bytes).toString('base64') : null;
        await page.evaluate(
          ([plain, encoded]) => {
            const data =
              encoded === null
                ? plain
                : {
                    ...(plain as object),
                    bytes: Uint8Array.from(atob(encoded as string), (letter) => letter.charCodeAt(0)),
                  };
            dispatchEvent(new MessageEvent('message', { data }));
          },
          [rest, base64] as const,
        );
        await drawn();
      };
      return {
        page,
        post,
        drawn,
        show: (trace, title = 'mnist-cnn.ts 14:02') =>
          post({ type: 'trace', bytes: writeTraceFile(trace), title, live: false }),
        sent: () => page.evaluate(() => (window as unknown as { sentMessages: FromView[] }).sentMessages),
        async shot(name) {
          await drawn();
          await page.screenshot({ path: path.join(RESULTS, `${name}.png`) });
        },
      };
    },
    close: () => browser.close(),
  };
}
