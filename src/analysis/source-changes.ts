/** Which files of the person's own ran with another text in a second run: told by the hashes that traces remember. */
import type { TraceMeta } from '../trace/model.ts';

export interface SourceChange {
  /** Path from the script's folder, the same in two checkouts. */
  readonly name: string;
  /** Path as each run saw it; null where it did not run. */
  readonly before: string | null;
  readonly after: string | null;
  readonly kind: 'changed' | 'new' | 'gone';
}

export interface SourceChanges {
  readonly changes: readonly SourceChange[];
  /** Files with the same text in both. With no changes and none the same, a trace does not say what ran. */
  readonly same: number;
}

type Sources = Pick<TraceMeta, 'script' | 'sources'>;

/** Only what called into the library is known to a trace: a module that does not may have changed unseen. */
export function sourceChanges(before: Sources, after: Sources): SourceChanges {
  const [was, is] = [byName(before), byName(after)];
  const changes: SourceChange[] = [];
  let same = 0;
  for (const name of new Set([...was.keys(), ...is.keys()])) {
    const [a, b] = [was.get(name) ?? null, is.get(name) ?? null];
    // Without a hash the file could not be read when it ran: nothing is known.
    if (a?.hash === '' || b?.hash === '') continue;
    if (a && b && a.hash === b.hash) same += 1;
    else
      changes.push({
        name,
        before: a && a.file,
        after: b && b.file,
        kind: a && b ? 'changed' : a ? 'gone' : 'new',
      });
  }
  return { changes, same };
}

function byName({ script, sources }: Sources): Map<string, { file: string; hash: string }> {
  const folder = script.slice(0, Math.max(script.lastIndexOf('/'), script.lastIndexOf('\\')) + 1);
  return new Map(
    Object.entries(sources).map(([file, hash]) => {
      const name = folder !== '' && file.startsWith(folder) ? file.slice(folder.length) : file;
      return [name.replaceAll('\\', '/'), { file, hash }];
    }),
  );
}
