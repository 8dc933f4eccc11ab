/** What every part of the page is handed. */
import type { FromView, Selection } from '../src/wire/view-messages.ts';
import type { SourceLocation } from '../src/trace/model.ts';
import type { TimeAxis } from './axis.ts';
import type { Tooltip } from './parts/tooltip.ts';
import type { Store } from './state.ts';
import type { Theme } from './theme.ts';

export type LayoutName = 'panel' | 'editor';

export interface App {
  readonly layout: LayoutName;
  readonly store: Store;
  readonly axis: TimeAxis;
  readonly tooltip: Tooltip;
  /** The theme now; read it when drawing. */
  theme(): Theme;
  send(message: FromView): void;
  /** Selects everywhere: all views, and the shell. */
  select(selection: Selection | null): void;
  open(location: SourceLocation): void;
  /** Says something to screen readers. */
  announce(text: string): void;
}

/** A view fills its element when shown; it may be asked to redraw at any time while shown. */
export interface View {
  readonly element: HTMLElement;
  /** Controls that stand beside the legend while the view is shown. */
  readonly tools?: HTMLElement;
  /** Something changed that the view may depend on. Called only while it is visible, and when it becomes so. */
  refresh(): void;
  /** Colors changed. */
  repaint(): void;
}
