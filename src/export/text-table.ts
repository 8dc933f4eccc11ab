/** Columns of text, aligned. */

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Longer cells are cut in the middle with an ellipsis. */
  readonly width?: number;
}

/** Keeps both ends of a name: its package and its variant tell apart. */
export function shortened(text: string, width: number): string {
  const letters = Array.from(text);
  if (letters.length <= width) return text;
  const head = Math.ceil((width - 1) / 2);
  return `${letters.slice(0, head).join('')}…${letters.slice(letters.length - (width - 1 - head)).join('')}`;
}

/** Lines of a table with a header and no rules; two spaces between columns. */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const cut = (row: readonly string[]): string[] =>
    row.map((cell, c) => (columns[c]?.width === undefined ? cell : shortened(cell, columns[c].width)));
  const cells = [columns.map((column) => column.title), ...rows.map(cut)];
  const length = (text: string): number => Array.from(text).length;
  const widths = columns.map((_, c) => Math.max(...cells.map((row) => length(row[c] ?? ''))));
  return cells.map((row) =>
    row
      .map((cell, c) => {
        const space = ' '.repeat((widths[c] as number) - length(cell));
        return columns[c]?.align === 'right' ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd(),
  );
}
