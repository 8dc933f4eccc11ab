/** Driving the workbench as a person does. Each function waits for what it needs; none sleeps a fixed time. */
import type { Frame, Locator, Page } from 'playwright-core';

/** Opens the host's window and waits until its folder is shown. */
export async function openWorkbench(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: 60_000 });
}

/**
 * Runs a command by its full title. The palette lists what is registered while it is typed into and never refreshes,
 * and an extension's commands come seconds after the window: so it is opened again until the row is there.
 */
export async function runCommand(page: Page, title: string, limitMs = 60_000): Promise<void> {
  await pick(page, 'F1', `>${title}`, title, limitMs);
}

/** Opens a file of the workspace and waits for its tab. */
export async function openFile(page: Page, name: string, limitMs = 60_000): Promise<void> {
  await pick(page, 'Control+P', name, name, limitMs);
  await page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
}

/**
 * Selects rows of the explorer and takes an entry of their menu. Entries come with the extension, and a menu that has just
 * opened takes no click.
 */
export async function explorerMenu(page: Page, names: readonly string[], entry: string): Promise<void> {
  const row = (name: string): Locator =>
    page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).first();
  const [first, ...others] = names;
  await entryOf(page, row(others.at(-1) ?? first!), entry, async () => {
    if (others.length > 0) await row(first!).click();
    for (const other of others) await row(other).click({ modifiers: ['Control'] });
  });
}

/** Takes an entry of a row's menu. `before` makes the selection that it is opened on. */
export async function entryOf(
  page: Page,
  row: Locator,
  entry: string,
  before?: () => Promise<void>,
): Promise<void> {
  const found = page.locator('.context-view .action-label', { hasText: entry }).first();
  for (let attempt = 0; attempt < 10; attempt++) {
    await before?.();
    await row.click({ button: 'right' });
    const shown = await becomes('visible', found, 2000);
    // A menu takes no click in the first tenth of a second, so that the one that opened it does not choose an entry.
    if (shown) {
      await page.waitForTimeout(300);
      await found.click();
    }
    if (shown && (await becomes('hidden', found, 2000))) return;
    await page.keyboard.press('Escape');
  }
  throw new Error(`no entry "${entry}" in the menu of ${String(row)}`);
}

/** Types into the quick input that is open, and takes the row whose label begins so. */
export async function choose(page: Page, label: string): Promise<void> {
  await page.locator(`.quick-input-list .monaco-list-row[aria-label^="${label}"]`).first().click();
}

/** Changes the theme as a person does, and waits until the workbench has it. */
export async function useTheme(page: Page, label: string, workbenchClass: string): Promise<void> {
  await runCommand(page, 'Preferences: Color Theme');
  const input = page.locator('.quick-input-widget:visible input[type=text]').first();
  await input.fill(label);
  await choose(page, label);
  await page.locator(`.monaco-workbench.${workbenchClass}`).waitFor();
  await input.waitFor({ state: 'hidden' });
}

/** Takes the path that VS Code's own save dialog (a quick input here) proposes, and says which. */
export async function acceptPath(page: Page, ending: string): Promise<string> {
  const input = await fileDialog(page, (path) => path.endsWith(ending));
  const path = await input.inputValue();
  await page.locator('.quick-input-widget:visible a.monaco-button').first().click();
  await input.waitFor({ state: 'hidden' });
  return path;
}

/**
 * Opens a file by VS Code's own dialog. It looks folders up while one types and sometimes only takes over a clicked row
 * into its text: then its button opens it.
 */
export async function openPath(page: Page, file: string): Promise<void> {
  const input = await fileDialog(page, (path) => path.startsWith('/'));
  const name = file.slice(file.lastIndexOf('/') + 1);
  const row = page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: name }).first();
  const button = page.locator('.quick-input-widget:visible a.monaco-button').first();
  for (let attempt = 0; attempt < 5; attempt++) {
    await input.fill(file);
    for (const target of [row, button]) {
      await target.click({ timeout: 3000 }).catch(() => undefined);
      if (await becomes('hidden', input, 2000)) return;
    }
  }
  throw new Error(`the file dialog does not take ${file}`);
}

async function fileDialog(page: Page, ready: (path: string) => boolean): Promise<Locator> {
  const input = page.locator('.quick-input-widget:visible input[type=text]').first();
  const until = Date.now() + 20_000;
  while (!ready(await input.inputValue())) {
    if (Date.now() > until) throw new Error(`the file dialog shows ${await input.inputValue()}`);
    await page.waitForTimeout(100);
  }
  return input;
}

/**
 * Opens the quick input, types, and takes the row whose label begins so. A view that takes the focus while it loads closes the
 * input at any of these moments; then all of it is done again.
 */
async function pick(page: Page, key: string, text: string, label: string, limitMs: number): Promise<void> {
  const input = page.locator('.quick-input-widget:visible input[type=text]').first();
  const row = page.locator(`.quick-input-list .monaco-list-row[aria-label^="${label}"]`).first();
  const until = Date.now() + limitMs;
  for (;;) {
    // A key pressed before the workbench listens is lost.
    await page.keyboard.press(key);
    if (
      (await becomes('visible', input, 2000)) &&
      (await happens(input.fill(text, { timeout: 1000 }))) &&
      (await becomes('visible', row, 1500)) &&
      (await happens(row.click({ timeout: 1000 })))
    )
      return;
    if (Date.now() > until) throw new Error(`no row "${label}" in the quick input after ${limitMs} ms`);
    await page.keyboard.press('Escape');
    await becomes('hidden', input, 2000);
  }
}

/** Opens the quick fixes at the cursor. Lenses that are drawn anew at that moment close the menu: then once more. */
export async function quickFixes(page: Page, expected: RegExp): Promise<Locator> {
  const rows = page.locator('.action-widget .monaco-list-row');
  for (let attempt = 0; attempt < 8; attempt++) {
    await page.keyboard.press('Control+.');
    if (await becomes('visible', rows.filter({ hasText: expected }).first(), 3000)) return rows;
    await page.keyboard.press('Escape');
  }
  throw new Error(`no quick fix ${String(expected)}`);
}

/** The code lenses on screen. */
export function lenses(page: Page, text?: string | RegExp): Locator {
  const all = page.locator('.codelens-decoration a, .codelens-decoration > span:not(:has(a))');
  return text === undefined ? all : all.filter({ hasText: text });
}

export function lens(page: Page, text: string | RegExp): Locator {
  return lenses(page, text).first();
}

export function toast(page: Page, text: string | RegExp): Locator {
  return page.locator('.notifications-toasts.visible .notification-toast', { hasText: text });
}

export function statusItem(page: Page, text: string | RegExp): Locator {
  return page.locator('.statusbar-item', { hasText: text });
}

/** The page of the extension inside a webview, in the panel area or in an editor tab: waits for the one that shows the text. */
export async function webview(
  page: Page,
  place: 'panel' | 'editor',
  limitMs = 60_000,
  text = '',
): Promise<Frame> {
  const until = Date.now() + limitMs;
  for (;;) {
    for (const frame of page.frames()) if (await shows(frame, place, text)) return frame;
    if (Date.now() > until)
      throw new Error(`no webview of the extension in the ${place} after ${limitMs} ms`);
    await page.waitForTimeout(100);
  }
}

/** Frames come and go while VS Code builds them; one that is gone shows nothing. */
function shows(frame: Frame, place: string, text: string): Promise<boolean> {
  return frame
    .evaluate(
      ([layout, words]) =>
        document.body?.dataset['layout'] === layout && document.body.innerText.includes(words!),
      [place, text],
    )
    .catch(() => false);
}

/** Rests the pointer on a word until its hover says what is expected: a language server's first answer takes a while. */
export async function hover(page: Page, word: string, expected: RegExp, limitMs = 60_000): Promise<void> {
  const target = page.locator('.view-line span span', { hasText: new RegExp(`^\\s*${word}\\s*$`) }).first();
  const box = page.locator('.monaco-hover:visible', { hasText: expected });
  const until = Date.now() + limitMs;
  for (;;) {
    await target.hover();
    if (await becomes('visible', box, 2500)) break;
    if (Date.now() > until) throw new Error(`no hover ${String(expected)} on "${word}" after ${limitMs} ms`);
    await page.mouse.move(5, 5);
  }
}

/** Saves the active editor and waits until it is on disk. */
export async function saveFile(page: Page): Promise<void> {
  await page.keyboard.press('Control+S');
  await page.locator('.tab.active:not(.dirty)').first().waitFor();
}

/** Typing makes several steps of undo: takes back one after another until it is as wanted. */
export async function undoUntil(page: Page, wanted: () => Promise<boolean>, most = 12): Promise<void> {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Control+Z');
    const settled = Date.now() + 1500;
    while (Date.now() < settled) {
      if (await wanted()) return;
      await page.waitForTimeout(100);
    }
  }
  throw new Error(`still not as wanted after ${most} times undo`);
}

/** Clicks, and clicks again while what the click leads to does not show. */
export async function clickUntil(target: Locator, shown: Locator, most = 5): Promise<void> {
  for (let i = 1; ; i++) {
    await target.click();
    try {
      return await shown.first().waitFor({ timeout: 4000 });
    } catch (error) {
      if (i === most) throw error;
    }
  }
}

/** Waits until something holds that no locator can wait for. */
export async function untilTrue(page: Page, holds: () => Promise<boolean>, limitMs = 60_000): Promise<void> {
  const until = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > until) throw new Error(`did not come true in ${limitMs} ms`);
    await page.waitForTimeout(100);
  }
}

/** Whether it comes (or goes) in time: for what is tried again. */
function becomes(state: 'visible' | 'hidden', target: Locator, timeout: number): Promise<boolean> {
  return happens(target.waitFor({ state, timeout }));
}

/** Whether it succeeds: for what is tried again. */
function happens(act: Promise<void>): Promise<boolean> {
  return act.then(
    () => true,
    () => false,
  );
}
