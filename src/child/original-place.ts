/** From a line of transformed code to the line its author wrote, by the source map at the code's end. */
import { TraceMap, originalPositionFor } from '@jridgewell/trace-mapping';

const INLINE = /\/\/# sourceMappingURL=data:application\/json;base64,([\w+/=]+)\s*$/;

export function originalPosition(
  code: string,
  line: number,
  column: number,
): { readonly line: number; readonly column: number } {
  const encoded = INLINE.exec(code)?.[1];
  if (encoded === undefined) return { line, column };
  const map = new TraceMap(Buffer.from(encoded, 'base64').toString('utf8'));
  const found = originalPositionFor(map, { line, column: column - 1 });
  return found.line === null ? { line, column } : { line: found.line, column: found.column + 1 };
}
