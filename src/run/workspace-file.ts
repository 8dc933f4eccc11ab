/** Reads source files of a workspace and nothing else: what is read here may be edited by a suggestion. */
import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';

function realPath(file: string): string | null {
  try {
    return realpathSync(file);
  } catch {
    return null;
  }
}

/**
 * Text of a file that lies in one of the folders, links followed; null for files elsewhere, of installed packages, or
 * that cannot be read.
 */
export function readWorkspaceFile(folders: readonly string[], file: string): string | null {
  const real = realPath(file);
  if (real === null || real.split(path.sep).includes('node_modules')) return null;
  const inside = folders.some((folder) => {
    const root = realPath(folder);
    if (root === null) return false;
    const below = path.relative(root, real);
    return below !== '..' && !below.startsWith(`..${path.sep}`) && !path.isAbsolute(below);
  });
  if (!inside) return null;
  try {
    return readFileSync(real, 'utf8');
  } catch {
    return null;
  }
}
