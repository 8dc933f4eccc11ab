/** The read-only editor of trace files. The trace it shows also becomes the current profile, so its lines get figures. */
import * as vscode from 'vscode';
import type { Result } from '../../base/result.ts';
import { err, ok } from '../../base/result.ts';
import { formatImportError, importTrace } from '../../import/index.ts';
import { isTraceFile, writeTraceFile } from '../../trace/codec.ts';
import { Profile } from '../profile.ts';
import type { Profiles } from '../profiles.ts';
import { dressWebview, dressWithMessage } from './page.ts';
import type { LinkOptions } from './view-link.ts';
import { linkWebview } from './view-link.ts';

/** Larger files are not read into the editor; the command line opens them. */
const MOST_BYTES = 1 << 30;

class TraceDocument implements vscode.CustomDocument {
  readonly uri: vscode.Uri;
  readonly content: Result<Profile, string>;

  constructor(uri: vscode.Uri, content: Result<Profile, string>) {
    this.uri = uri;
    this.content = content;
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

  /** A file that is no trace opens too: its editor says why. An error thrown here would be shown without its words. */
  async openCustomDocument(uri: vscode.Uri): Promise<TraceDocument> {
    const content = await readProfile(uri);
    if (content.ok) this.#profiles.show(content.value);
    return new TraceDocument(uri, content);
  }

  resolveCustomEditor(document: TraceDocument, panel: vscode.WebviewPanel): void {
    if (!document.content.ok) return dressWithMessage(panel.webview, document.content.error);
    const never = new vscode.EventEmitter<void>();
    const source = { current: document.content.value, onDidReplace: never.event };
    const link = linkWebview(panel.webview, { ...this.#link, source });
    panel.onDidDispose(() => {
      link.dispose();
      never.dispose();
    });
    dressWebview(panel.webview, this.#extension, 'editor');
  }
}

/** Our own files are shown as they are; foreign ones through an importer. An error is one line. */
async function readProfile(uri: vscode.Uri): Promise<Result<Profile, string>> {
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  const { size } = await vscode.workspace.fs.stat(uri);
  const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
  if (size > MOST_BYTES)
    return err(`${name} has ${megabytes(size)}; the editor opens traces up to ${megabytes(MOST_BYTES)}`);
  const bytes = await vscode.workspace.fs.readFile(uri);
  const read = importTrace(bytes, { fileName: name });
  if (!read.ok) return err(`${name}: ${formatImportError(read.error)}`);
  const trace = read.value;
  const script = trace.meta.script ? vscode.Uri.file(trace.meta.script) : null;
  const start = isTraceFile(bytes) ? bytes : writeTraceFile(trace);
  return ok(new Profile({ title: name, script, start, trace: () => trace, live: false }));
}
