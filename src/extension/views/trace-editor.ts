/** The read-only editor of trace files. The trace it shows also becomes the current profile, so its lines get figures. */
import * as vscode from 'vscode';
import { formatImportError, importTrace } from '../../import/index.ts';
import { isTraceFile, writeTraceFile } from '../../trace/codec.ts';
import { Profile } from '../profile.ts';
import type { Profiles } from '../profiles.ts';
import { dressWebview } from './page.ts';
import type { LinkOptions } from './view-link.ts';
import { linkWebview } from './view-link.ts';

/** Larger files are not read into the editor; the command line opens them. */
const MOST_BYTES = 1 << 30;

class TraceDocument implements vscode.CustomDocument {
  readonly uri: vscode.Uri;
  readonly profile: Profile;

  constructor(uri: vscode.Uri, profile: Profile) {
    this.uri = uri;
    this.profile = profile;
  }

  dispose(): void {
    // The profile stays with the editor's lines until another takes its place; it is disposed there.
  }
}

export class TraceEditor implements vscode.CustomReadonlyEditorProvider<TraceDocument> {
  readonly #extension: vscode.Uri;
  readonly #profiles: Profiles;
  readonly #link: LinkOptions;

  constructor(extension: vscode.Uri, profiles: Profiles, link: LinkOptions) {
    this.#extension = extension;
    this.#profiles = profiles;
    this.#link = link;
  }

  async openCustomDocument(uri: vscode.Uri): Promise<TraceDocument> {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > MOST_BYTES)
      throw new Error(
        `${uri.path} has ${Math.round(size / 1e6)} MB; the editor opens traces up to ${Math.round(MOST_BYTES / 1e6)} MB`,
      );
    const profile = profileOfFile(uri, await vscode.workspace.fs.readFile(uri));
    this.#profiles.show(profile);
    return new TraceDocument(uri, profile);
  }

  resolveCustomEditor(document: TraceDocument, panel: vscode.WebviewPanel): void {
    const never = new vscode.EventEmitter<void>();
    const source = { current: document.profile, onDidReplace: never.event };
    const link = linkWebview(panel.webview, { ...this.#link, source });
    panel.onDidDispose(() => {
      link.dispose();
      never.dispose();
    });
    dressWebview(panel.webview, this.#extension, 'editor');
  }
}

/** Our own files are shown as they are; foreign ones through an importer. Throws one line where there is no trace. */
export function profileOfFile(uri: vscode.Uri, bytes: Uint8Array): Profile {
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  const read = importTrace(bytes, { fileName: name });
  if (!read.ok) throw new Error(`${name}: ${formatImportError(read.error)}`);
  const trace = read.value;
  return new Profile({
    title: name,
    script: trace.meta.script ? vscode.Uri.file(trace.meta.script) : null,
    start: isTraceFile(bytes) ? bytes : writeTraceFile(trace),
    trace: () => trace,
    live: false,
  });
}
