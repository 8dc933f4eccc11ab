/** A whole text as JSON, for formats small enough to be one string. */
import type { Result } from '../../base/result.ts';
import { err, ok } from '../../base/result.ts';
import type { ImportError } from '../importer.ts';

export function parseJson(text: Uint8Array): Result<unknown, ImportError> {
  try {
    return ok(JSON.parse(new TextDecoder().decode(text)) as unknown);
  } catch (error) {
    // V8 quotes the place in its message, line breaks and all.
    const { message } = error as Error;
    return err({
      at: Number(/position (\d+)/.exec(message)?.[1] ?? 0),
      message: `not JSON: ${message.replaceAll(/\s+/g, ' ').slice(0, 160)}`,
    });
  }
}
