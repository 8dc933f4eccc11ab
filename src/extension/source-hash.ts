/** The hash under which a trace remembers a source file (`meta.sources`). */
import { createHash } from 'node:crypto';

export function sourceHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
