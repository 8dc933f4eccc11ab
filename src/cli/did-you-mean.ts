/** What a mistyped word was meant to be: of commands, options and files. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import leven from 'leven';

/** One letter in three may be wrong: beyond that a guess is a distraction. */
const LETTERS_A_MISTAKE = 3;

/** ` Did you mean X?` where a candidate is near enough to the word, else nothing. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const nearest = nearestTo(word, candidates);
  return nearest === null ? '' : ` Did you mean ${nearest}?`;
}

/** The candidate with the fewest letters wrong, or one that the word begins; null where none is near. */
export function nearestTo(word: string, candidates: readonly string[]): string | null {
  const typed = word.toLowerCase();
  let best: string | null = null;
  let least = Math.max(1, Math.floor(typed.length / LETTERS_A_MISTAKE)) + 1;
  for (const candidate of candidates) {
    const meant = candidate.toLowerCase();
    const wrong = typed.length >= 3 && meant.startsWith(typed) ? 1 : leven(typed, meant);
    if (wrong >= least) continue;
    least = wrong;
    best = candidate;
  }
  return best;
}

/**
 * ` Did you mean FILE?` for a file that is not there: one with nearly that name in its folder, in the folder of examples beside
 * that one, or in that below the present one.
 */
export function didYouMeanFile(given: string, isWanted: (name: string) => boolean): string {
  const { dir, base } = path.parse(given);
  const folders = [dir || '.', path.join(path.dirname(dir), 'examples'), 'examples'];
  for (const folder of folders) {
    if (!existsSync(folder)) continue;
    const names = readdirSync(folder).filter(isWanted);
    const nearest = nearestTo(base, names);
    if (nearest !== null) return ` Did you mean ${path.join(folder, nearest)}?`;
  }
  return '';
}
