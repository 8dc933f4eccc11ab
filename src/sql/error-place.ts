/** Where in a query DuckDB's message points: it repeats the line and puts a caret below the place. */
import type { SqlPlace } from '../wire/sql-messages.ts';

/** Null where the message names no place. Long lines are shown in part, between dots; the part is looked for in the query. */
export function placeIn(message: string, query: string): SqlPlace | null {
  const found = /^(LINE (\d+): )(.*)\n( *)\^/m.exec(message);
  if (!found) return null;
  const [, prefix = '', number = '', shown = '', indent = ''] = found;
  const line = Number(number);
  const inShown = indent.length - prefix.length;
  const text = query.split('\n')[line - 1];
  if (text === undefined || inShown < 0) return null;
  const startsCut = shown.startsWith('...');
  const part = shown.slice(startsCut ? 3 : 0).replace(/\.\.\.$/, '');
  const offset = text.indexOf(part);
  if (offset < 0) return { line, column: 1 };
  const column = startsCut ? offset + inShown - 3 : inShown;
  return { line, column: Math.min(text.length, Math.max(0, column)) + 1 };
}
