/** The selection as seen by views that show only one kind of thing. */
import type { State } from './state.ts';

/** The kernel that is selected, itself or through one of its dispatches. */
export function selectedKernel({ selection, trace }: State): number | null {
  if (selection?.kind === 'kernel') return selection.kernel;
  if (selection?.kind !== 'dispatch' || !trace) return null;
  const { dispatches, launches } = trace.tables;
  return launches.kernel[dispatches.launch[selection.dispatch] as number] ?? null;
}

/** The layer that is selected, itself or through one of its dispatches. */
export function selectedLayer({ selection, trace }: State): number | null {
  if (selection?.kind === 'layer') return selection.layer;
  if (selection?.kind !== 'dispatch' || !trace) return null;
  const { dispatches, launches } = trace.tables;
  const layer = launches.layer[dispatches.launch[selection.dispatch] as number] ?? -1;
  return layer < 0 ? null : layer;
}
