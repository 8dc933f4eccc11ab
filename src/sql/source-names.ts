/** What traces are called in the column `source`. */
import path from 'node:path';

/** Names of files without their endings; as much of the folders before them as it takes to tell them apart. */
export function uniqueNames(files: readonly string[]): string[] {
  const parts = files.map((file) =>
    path
      .resolve(file)
      .replace(/(\.pt)?(\.trace)?(\.json|\.kscope|\.raw|\.pickle)?(\.gz)?$/, '')
      .split(path.sep),
  );
  const most = Math.max(...parts.map((part) => part.length));
  for (let depth = 1; depth < most; depth++) {
    const names = parts.map((part) => part.slice(-depth).join('-'));
    if (new Set(names).size === names.length) return names;
  }
  return parts.map((part, i) => `${i}-${part.at(-1)}`);
}
