/** What a view may ask of the editor. */
import * as vscode from 'vscode';
import type { SourceVersions } from '../history/source-versions.ts';
import { COMMANDS } from '../ids.ts';
import { savePicture } from '../exports.ts';
import type { MeasuredLines } from '../lines/measured-lines.ts';
import type { LinkOptions } from './view-link.ts';
import { t } from '../words.ts';

const OF_VIEW = {
  profile: COMMANDS.profile,
  stop: COMMANDS.stop,
  openLarge: COMMANDS.openLarge,
  pinBaseline: COMMANDS.pinBaseline,
  openTrace: COMMANDS.openTrace,
  measureOnCpu: COMMANDS.measureOnCpu,
} as const;

export function actFor(lines: MeasuredLines, versions: SourceVersions): LinkOptions['act'] {
  return (request, profile, baseline) => {
    switch (request.type) {
      case 'open':
        void goToMeasured(lines, request.file, request.line, request.column);
        break;
      case 'prove':
        void vscode.commands.executeCommand(COMMANDS.prove, request.suggestion);
        break;
      case 'apply':
        void vscode.commands.executeCommand(COMMANDS.apply, request.suggestion, request.batch);
        break;
      case 'sourceChange':
        if (profile && baseline) void versions.showChange(baseline, profile, request.file);
        break;
      case 'picture':
        if (profile) void savePicture(profile, request);
        break;
      case 'command':
        // "Profile" in a view means the script whose picture it shows.
        void vscode.commands.executeCommand(
          OF_VIEW[request.command],
          ...(request.command === 'profile' && profile?.script ? [profile.script] : []),
        );
        break;
      default:
        request satisfies never;
    }
  };
}

/** Opens a measured place where it stands now. A trace may name any file: only one that exists is opened, and only shown. */
export async function goToMeasured(
  lines: MeasuredLines,
  file: string,
  line: number,
  column: number,
): Promise<void> {
  let document: vscode.TextDocument;
  try {
    document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
  } catch {
    void vscode.window.showWarningMessage(
      t('{0} is not on this machine, so line {1} cannot be shown.', file, line),
    );
    return;
  }
  const now = lines.place(document, line)?.line ?? line - 1;
  const at = document.validatePosition(new vscode.Position(now, Math.max(0, column - 1)));
  const open = vscode.window.visibleTextEditors.find((each) => each.document === document);
  const viewColumn = open?.viewColumn ?? vscode.ViewColumn.Active;
  const editor = await vscode.window.showTextDocument(document, {
    selection: new vscode.Range(at, at),
    viewColumn,
  });
  editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
