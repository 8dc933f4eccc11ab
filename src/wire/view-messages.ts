/** Messages between a shell (extension, HTML report, development page) and the webview. Bytes are trace files or frames. */
import { checkNotes } from '../trace/notes.ts';
import type { Note } from '../trace/notes.ts';
import { MOST_SQL_LENGTH } from './sql-messages.ts';
import type { SqlOutcome, SqlStatus } from './sql-messages.ts';
import type { Suggestion } from '../suggest/suggestion.ts';

/** One selection everywhere: lens, panel, large view. */
export type Selection =
  | { readonly kind: 'dispatch'; readonly dispatch: number }
  | { readonly kind: 'kernel'; readonly kernel: number }
  | { readonly kind: 'layer'; readonly layer: number }
  | { readonly kind: 'step'; readonly step: number }
  | { readonly kind: 'buffer'; readonly buffer: number };

export type ViewId =
  | 'overview'
  | 'timeline'
  | 'kernels'
  | 'layers'
  | 'memory'
  | 'occupancy'
  | 'roofline'
  | 'compare'
  | 'advice'
  | 'sql';

export type ToView =
  /** Show this trace from the start; `live` when frames will follow. */
  | { readonly type: 'trace'; readonly bytes: Uint8Array; readonly title: string; readonly live: boolean }
  /** More frames of the live run. */
  | { readonly type: 'frames'; readonly bytes: Uint8Array }
  | { readonly type: 'finished' }
  | { readonly type: 'empty' }
  | { readonly type: 'suggestions'; readonly suggestions: readonly Suggestion[] }
  /** Progress of a proof; null when it ended. */
  | {
      readonly type: 'proving';
      readonly suggestion: string;
      readonly text: string | null;
      readonly share: number;
    }
  | { readonly type: 'select'; readonly selection: Selection | null }
  /** The run to compare with (a trace file), or null when none is pinned any more. */
  | { readonly type: 'baseline'; readonly bytes: Uint8Array | null; readonly title: string }
  /** The notes beside the trace; `editable` where the shell can keep changed ones. */
  | { readonly type: 'notes'; readonly notes: readonly Note[]; readonly editable: boolean }
  /** How the database is; comes only from shells that have one. `history`: queries that were run, newest first. */
  | { readonly type: 'sql'; readonly status: SqlStatus; readonly history: readonly string[] }
  | { readonly type: 'sql-outcome'; readonly run: number; readonly outcome: SqlOutcome }
  | { readonly type: 'show'; readonly view: ViewId }
  | { readonly type: 'stale'; readonly files: readonly string[] };

export type FromView =
  | { readonly type: 'ready' }
  | { readonly type: 'open'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly type: 'select'; readonly selection: Selection | null }
  | { readonly type: 'prove'; readonly suggestion: string }
  /** All notes as they are now. */
  | { readonly type: 'notes'; readonly notes: readonly Note[] }
  /** `batch`: the one chosen on the curve, instead of the one proposed. */
  | { readonly type: 'apply'; readonly suggestion: string; readonly batch?: number }
  /** Show how a file of the run differs from what ran as the baseline; by its path in either. */
  | { readonly type: 'sourceChange'; readonly file: string }
  /** The view as a picture, to be saved: a text of SVG, and a PNG in base64. */
  | { readonly type: 'picture'; readonly view: string; readonly svg: string; readonly png: string }
  /** `add`: ask the person for further traces; `open` reads the tables, again where they are read. */
  | { readonly type: 'sql'; readonly ask: 'open' | 'cancel' | 'install' | 'add' }
  /** `run` comes back with the outcome. */
  | { readonly type: 'sql-run'; readonly run: number; readonly text: string }
  | {
      readonly type: 'command';
      readonly command: 'profile' | 'stop' | 'openLarge' | 'pinBaseline' | 'openTrace' | 'measureOnCpu';
    };

/** Checks a message from the webview: the only page that can send is ours, but a border is a border. */
export function checkFromView(value: unknown): FromView | null {
  if (typeof value !== 'object' || value === null) return null;
  const m = value as Record<string, unknown>;
  const text = (v: unknown) => typeof v === 'string';
  switch (m['type']) {
    case 'ready':
      return { type: 'ready' };
    case 'open':
      return text(m['file']) && Number.isFinite(m['line']) && Number.isFinite(m['column'])
        ? (value as FromView)
        : null;
    case 'select':
      return m['selection'] === null || typeof m['selection'] === 'object' ? (value as FromView) : null;
    case 'prove':
      return text(m['suggestion']) ? (value as FromView) : null;
    case 'notes': {
      const notes = checkNotes(m['notes']);
      return notes.ok ? { type: 'notes', notes: notes.value } : null;
    }
    case 'apply':
      return text(m['suggestion']) && (m['batch'] === undefined || isBatch(m['batch']))
        ? (value as FromView)
        : null;
    case 'sourceChange':
      return text(m['file']) ? (value as FromView) : null;
    case 'picture':
      return text(m['view']) && text(m['svg']) && text(m['png']) ? (value as FromView) : null;
    case 'sql':
      return ['open', 'cancel', 'install', 'add'].includes(m['ask'] as string) ? (value as FromView) : null;
    case 'sql-run':
      return Number.isInteger(m['run']) && text(m['text']) && (m['text'] as string).length <= MOST_SQL_LENGTH
        ? (value as FromView)
        : null;
    case 'command':
      return ['profile', 'stop', 'openLarge', 'pinBaseline', 'openTrace', 'measureOnCpu'].includes(
        m['command'] as string,
      )
        ? (value as FromView)
        : null;
    default:
      return null;
  }
}

/** What may be written into a script as its batch. */
function isBatch(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= 1e9;
}
