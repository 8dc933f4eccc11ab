/** The texts that ran, beside the trace that is kept of them: scripts change before anybody commits them. */
import * as vscode from 'vscode';
import type { Trace } from '../../trace/model.ts';
import { sourceHash } from '../source-hash.ts';

/** Larger files are not written by hand. */
const MOST_CHARACTERS = 1e6;

export function sourcesFile(traceFile: vscode.Uri): vscode.Uri {
  return traceFile.with({ path: `${traceFile.path.replace(/\.kscope$/, '')}.sources.json` });
}

/** What was edited since it ran is left out: its text is gone. */
export async function keepSources({ meta }: Trace, traceFile: vscode.Uri): Promise<void> {
  const texts: Record<string, string> = {};
  for (const [file, hash] of Object.entries(meta.sources)) {
    const text = await textOnDisk(vscode.Uri.file(file));
    if (text !== null && text.length <= MOST_CHARACTERS && sourceHash(text) === hash) texts[hash] = text;
  }
  await vscode.workspace.fs.writeFile(
    sourcesFile(traceFile),
    new TextEncoder().encode(JSON.stringify(texts)),
  );
}

export async function keptSource(traceFile: vscode.Uri, hash: string): Promise<string | null> {
  const text = await textOnDisk(sourcesFile(traceFile));
  try {
    const kept = (text === null ? {} : JSON.parse(text)) as Record<string, unknown>;
    const found = Object.hasOwn(kept, hash) ? kept[hash] : null;
    return typeof found === 'string' && sourceHash(found) === hash ? found : null;
  } catch {
    return null;
  }
}

export async function textOnDisk(uri: vscode.Uri): Promise<string | null> {
  try {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return null;
  }
}
