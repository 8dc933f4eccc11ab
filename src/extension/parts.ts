/** The parts of the extension that commands and tools work on. */
import type * as vscode from 'vscode';
import type { Advice } from './advice/advice.ts';
import type { RunHistory } from './history/run-history.ts';
import type { LayersView } from './layers/layers-view.ts';
import type { MeasuredLines } from './lines/measured-lines.ts';
import type { Profiles } from './profiles.ts';
import type { Runner } from './running/runner.ts';
import type { WhatIfPages } from './what-if.ts';
import type { LargeView } from './views/large-view.ts';

export interface Parts {
  readonly extensionUri: vscode.Uri;
  readonly output: vscode.OutputChannel;
  readonly profiles: Profiles;
  readonly lines: MeasuredLines;
  readonly advice: Advice;
  readonly runner: Runner;
  readonly large: LargeView;
  readonly history: RunHistory;
  readonly layers: LayersView;
  readonly whatIf: WhatIfPages;
}
