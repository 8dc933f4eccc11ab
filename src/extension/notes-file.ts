/** Keeps a profile's notes in the file beside its trace. */
import * as vscode from 'vscode';
import { notesFileOf, readNotes, writeNotes } from '../trace/notes.ts';
import type { Profile } from './profile.ts';
import { t } from './words.ts';

export function notesFile(traceFile: vscode.Uri): vscode.Uri {
  return traceFile.with({ path: notesFileOf(traceFile.path) });
}

/** Reads the notes beside a trace file, and writes them there whenever they change. */
export async function keepNotes(profile: Profile, traceFile: vscode.Uri): Promise<void> {
  const file = notesFile(traceFile);
  let text: string | null = null;
  try {
    text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  } catch {
    // No notes yet.
  }
  const read = text === null ? null : readNotes(text);
  if (read && !read.ok) {
    // Writing would lose what somebody put into it by hand.
    void vscode.window.showWarningMessage(
      t(
        '{0}: {1}. Its notes are not shown, and new ones are not kept.',
        vscode.workspace.asRelativePath(file),
        read.error,
      ),
    );
    return;
  }
  if (read && read.value.length > 0) profile.note(read.value, null);
  writeOnChange(profile, file, text !== null);
}

/** Writes the notes of a trace that was just saved to a file. */
export async function saveNotes(profile: Profile, traceFile: vscode.Uri): Promise<void> {
  const file = notesFile(traceFile);
  if (profile.notes.length > 0) await write(profile, file);
  writeOnChange(profile, file, profile.notes.length > 0);
}

function writeOnChange(profile: Profile, file: vscode.Uri, thereIsOne: boolean): void {
  let exists = thereIsOne;
  let writing = Promise.resolve();
  // The listener lives as long as the profile: its emitter is disposed with it.
  profile.onDidNote(() => {
    writing = writing.then(async () => {
      try {
        if (profile.notes.length > 0 || exists) await write(profile, file);
        exists = true;
      } catch (error) {
        void vscode.window.showWarningMessage(
          t(
            'The notes could not be written to {0}: {1}',
            vscode.workspace.asRelativePath(file),
            (error as Error).message,
          ),
        );
      }
    });
  });
}

function write(profile: Profile, file: vscode.Uri): Thenable<void> {
  return vscode.workspace.fs.writeFile(file, new TextEncoder().encode(writeNotes(profile.notes)));
}
