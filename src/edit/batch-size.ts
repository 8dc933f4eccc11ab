/** The literal that sets the training batch size. */
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { FoundValue } from '../suggest/source-finder.ts';
import type { OptionCall, OptionSite } from './find-option.ts';
import { findOption, insertOption, literalEdit, placeOf } from './find-option.ts';
import type { FoundLiteral } from './find-value.ts';
import type { SourceReader } from './source-files.ts';
import { findNamedBatch } from './named-batch.ts';
import { SourceFiles } from './source-files.ts';

/** Our DataLoader, TensorFlow.js's `model.fit` and `dataset.batch`, and loaders by the same names. */
const CALLS: readonly OptionCall[] = [
  { callee: /DataLoader$/, where: 'property' },
  { callee: /^dataLoader$/, where: 'property' },
  { callee: /^fit$/, where: 'property' },
  { callee: /^batch$/, where: 0 },
];

interface Candidate {
  readonly literal: FoundLiteral;
  readonly sites: OptionSite[];
}

/** Training rather than evaluation: by the name it is kept under, by shuffling. */
function rank(site: OptionSite): number {
  const name = site.variable ?? '';
  if (/train/i.test(name)) return 3;
  if (/test|val|eval/i.test(name)) return 0;
  const { start, end } = site.call;
  return /\bshuffle\s*:\s*true\b/.test(site.source.text.slice(start ?? 0, end ?? 0)) ? 2 : 1;
}

function candidates(sites: readonly OptionSite[]): Candidate[] {
  const byPlace = new Map<string, Candidate>();
  for (const site of sites)
    for (const literal of site.literals) {
      if (!Number.isInteger(numberOf(literal))) continue;
      const key = `${literal.source.file}:${literal.node.start}`;
      const known = byPlace.get(key);
      if (known) known.sites.push(site);
      else byPlace.set(key, { literal, sites: [site] });
    }
  return [...byPlace.values()];
}

/**
 * Finds the literal for the script's training loader. `observed`: rows of a step as the trace has them; it decides between
 * several loaders. An error is one sentence that says why no single edit is right.
 */
export function findBatchSize(
  reader: SourceReader,
  script: string,
  observed?: number,
): Result<FoundValue<number>, string> {
  const files = new SourceFiles(reader);
  const source = files.reach(script);
  if (!source) return err(`${script} cannot be read or does not parse`);
  const sites = files.reached.flatMap((file) => findOption(files, file, 'batchSize', CALLS));
  if (sites.length === 0) return findNamedBatch(files, observed);
  let found = candidates(sites);
  if (found.length === 0) {
    const reason = sites.flatMap((site) => site.refusals)[0];
    if (reason) return err(`the batch size is not a literal of the source: ${reason}`);
    return insertion(sites, observed);
  }
  if (observed !== undefined && Number.isFinite(observed)) {
    const equal = found.filter((c) => numberOf(c.literal) === observed);
    if (equal.length === 0)
      return err(
        `the run had ${observed} rows a step, but the source says ${found.map((c) => c.literal.value).join(', ')}`,
      );
    found = equal;
  }
  const ranked = found
    .map((c) => ({ c, rank: Math.max(...c.sites.map(rank)) }))
    .sort((a, b) => b.rank - a.rank);
  const [best, second] = ranked as [(typeof ranked)[number], (typeof ranked)[number] | undefined];
  if (second && second.rank === best.rank)
    return err(
      `there are ${found.length} loaders of batch size ${best.c.literal.value}; which one trains is not certain`,
    );
  const { literal } = best.c;
  return ok({
    value: numberOf(literal),
    at: placeOf(literal.source, literal.node),
    via: literal.via,
    edit: (batch) => literalEdit(literal, batch),
  });
}

/** A default for an argument of the command line is a text: `process.env.BATCH ?? '32'`. */
function numberOf(literal: FoundLiteral): number {
  return literal.value === '' ? NaN : Number(literal.value);
}

/** Rows a step where the call says nothing: our DataLoader as PyTorch's, TensorFlow.js's fit. */
const DEFAULTS: readonly (readonly [RegExp, number])[] = [
  [/DataLoader$/i, 1],
  [/fit$/, 32],
];

/** For a script that gives no batch size: the edit writes the option into the one call that trains. */
function insertion(
  sites: readonly OptionSite[],
  observed: number | undefined,
): Result<FoundValue<number>, string> {
  const ranked = [...sites].sort((a, b) => rank(b) - rank(a));
  const [best, second] = ranked as [OptionSite, OptionSite | undefined];
  if (second && rank(second) === rank(best))
    return err(`none of ${sites.length} loaders gives a batchSize; which one trains is not certain`);
  const value = DEFAULTS.find(([callee]) => callee.test(best.callee))?.[1];
  if (value === undefined || (observed !== undefined && observed !== value))
    return err('the script gives no batchSize');
  return ok({
    value,
    at: placeOf(best.source, best.call),
    via: ['the default'],
    edit: (batch) => insertOption(best, `batchSize: ${batch}`),
  });
}
