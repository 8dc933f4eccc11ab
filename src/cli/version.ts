import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PROGRAMS } from './files.ts';

/** As package.json beside the built programs says. */
export function version(): string {
  try {
    const facts = JSON.parse(readFileSync(path.join(PROGRAMS, '../package.json'), 'utf8')) as {
      version?: string;
    };
    return facts.version ?? 'unknown';
  } catch {
    return 'unknown';
  }
}
