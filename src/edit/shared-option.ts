/** An option that calls take from one literal, such as `const layout = 'nchw'` given to every convolution. */
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { FoundValue } from '../suggest/source-finder.ts';
import type { OptionSite } from './find-option.ts';
import { findOption, literalEdit, placeOf } from './find-option.ts';
import type { FoundLiteral } from './find-value.ts';
import type { SourceReader } from './source-files.ts';
import { SourceFiles } from './source-files.ts';

function sitesOf(
  reader: SourceReader,
  script: string,
  option: string,
  callees: readonly string[],
): Result<OptionSite[], string> {
  const files = new SourceFiles(reader);
  if (!files.reach(script)) return err(`${script} cannot be read or does not parse`);
  const calls = callees.map((name) => ({ callee: new RegExp(`^${name}$`), where: 'property' as const }));
  const sites = files.reached.flatMap((file) => findOption(files, file, option, calls));
  return sites.some((site) => site.given) ? ok(sites) : err(`no call gives ${option}`);
}

/** The one literal behind all the calls that give the option. */
function oneLiteral(sites: readonly OptionSite[], option: string): Result<FoundLiteral, string> {
  const literals = new Map<string, FoundLiteral>();
  for (const site of sites.filter(({ given }) => given)) {
    if (site.refusals[0] !== undefined) return err(site.refusals[0]);
    for (const literal of site.literals)
      literals.set(`${literal.source.file}:${literal.node.start}`, literal);
  }
  const [literal, ...others] = [...literals.values()];
  return literal && others.length === 0
    ? ok(literal)
    : err(`${option} is written in ${literals.size} places; one edit does not change them all`);
}

/** A text that every call of these names gives, in the script and in the workspace files it imports. */
export function findSharedOption(
  reader: SourceReader,
  script: string,
  option: string,
  callees: readonly string[],
): Result<FoundValue<string>, string> {
  const sites = sitesOf(reader, script, option, callees);
  if (!sites.ok) return sites;
  const without = sites.value.filter(({ given }) => !given).length;
  if (without > 0) return err(`${without} of ${sites.value.length} calls do not give ${option}`);
  const literal = oneLiteral(sites.value, option);
  if (!literal.ok) return literal;
  const { value, source, node, via } = literal.value;
  if (typeof value !== 'string') return err(`${option} is not a text`);
  return ok({ value, at: placeOf(source, node), via, edit: (next) => literalEdit(literal.value, next) });
}

/** A number that those calls give which give it at all. */
export function findNumberOption(
  reader: SourceReader,
  script: string,
  option: string,
  callees: readonly string[],
): Result<FoundValue<number>, string> {
  const sites = sitesOf(reader, script, option, callees);
  if (!sites.ok) return sites;
  const literal = oneLiteral(sites.value, option);
  if (!literal.ok) return literal;
  const { value, source, node, via } = literal.value;
  if (typeof value !== 'number') return err(`${option} is not a number`);
  return ok({ value, at: placeOf(source, node), via, edit: (next) => literalEdit(literal.value, next) });
}
