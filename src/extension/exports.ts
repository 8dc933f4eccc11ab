/** Writing the current profile to files: the trace as it is, or a report. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { EXPORTERS, htmlReport } from '../export/index.ts';
import { saveNotes } from './notes-file.ts';
import type { Profile } from './profile.ts';
import { t } from './words.ts';

export async function saveTrace(profile: Profile): Promise<void> {
  const target = await ask(profile, t('Save Trace'), { [t('Kernelscope trace')]: ['kscope'] }, 'kscope');
  if (!target) return;
  await vscode.workspace.fs.writeFile(target, profile.bytes);
  await saveNotes(profile, target);
}

/** The kind of report follows from the ending of the name that is chosen. */
export async function exportReport(profile: Profile, extension: vscode.Uri): Promise<void> {
  const others = EXPORTERS.filter(({ id }) => id !== 'trace');
  const filters = {
    [t('HTML report')]: ['html'],
    ...Object.fromEntries(others.map((each) => [each.title, [each.extension.slice(1)]])),
  };
  const target = await ask(profile, t('Export Report'), filters, 'html');
  if (!target) return;
  const exporter = others.find((each) => target.path.endsWith(each.extension));
  const content = exporter
    ? exporter.write(profile.trace, profile.suggestions)
    : await html(profile, extension);
  await vscode.workspace.fs.writeFile(
    target,
    typeof content === 'string' ? new TextEncoder().encode(content) : content,
  );
  const open = t('Open');
  const answer = await vscode.window.showInformationMessage(
    t('Report written to {0}', vscode.workspace.asRelativePath(target)),
    open,
  );
  if (answer === open)
    await (exporter
      ? vscode.commands.executeCommand('vscode.open', target)
      : vscode.env.openExternal(target));
}

/** What a view drew of itself; the ending that is chosen says whether as PNG or as SVG. */
export async function savePicture(
  profile: Profile,
  { view, svg, png }: { readonly view: string; readonly svg: string; readonly png: string },
): Promise<void> {
  const filters = { [t('Picture (PNG)')]: ['png'], [t('Picture (SVG)')]: ['svg'] };
  const target = await ask(profile, t('Save Picture'), filters, `${view}.png`);
  if (!target) return;
  const content = target.path.endsWith('.svg') ? new TextEncoder().encode(svg) : Buffer.from(png, 'base64');
  try {
    await vscode.workspace.fs.writeFile(target, content);
  } catch (error) {
    return void vscode.window.showErrorMessage(t('The picture was not saved: {0}', (error as Error).message));
  }
  void vscode.window.setStatusBarMessage(
    t('Picture written to {0}', vscode.workspace.asRelativePath(target)),
    6000,
  );
}

async function html(profile: Profile, extension: vscode.Uri): Promise<string> {
  const text = async (name: string) =>
    new TextDecoder().decode(
      await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extension, 'dist', name)),
    );
  return htmlReport({
    title: profile.title,
    trace: profile.bytes,
    suggestions: profile.suggestions,
    notes: profile.notes,
    webviewScript: await text('webview.js'),
    webviewStyle: await text('webview.css'),
    nonce: randomBytes(16).toString('hex'),
  });
}

function ask(
  profile: Profile,
  title: string,
  filters: Record<string, string[]>,
  ending: string,
): Thenable<vscode.Uri | undefined> {
  const folder =
    vscode.workspace.workspaceFolders?.[0]?.uri ??
    (profile.script && vscode.Uri.joinPath(profile.script, '..'));
  const name = `${profile.title.replace(/\.\w+(?=$| )/, '').replaceAll(/[^\w.-]+/g, '-')}.${ending}`;
  return vscode.window.showSaveDialog({
    title,
    filters,
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
  });
}
