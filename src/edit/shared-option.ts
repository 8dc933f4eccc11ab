/** A text option that many calls take from one literal, such as `const layout = 'nchw'` given to every convolution. */
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { FoundValue } from '../suggest/source-finder.ts';
import { findOption, literalEdit, placeOf } from './find-option.ts';
import type { FoundLiteral } from './find-value.ts';
import type { SourceReader } from './source-files.ts';
import { SourceFiles } from './source-files.ts';

/** Calls in the script itself and in the workspace files it imports directly. */
export function findSharedOption(
  reader: SourceReader,
  script: string,
  option: string,
  callees: readonly string[],
): Result<FoundValue<string>, string> {
  const files = new SourceFiles(reader);
  const source = files.open(script);
  if (!source) return err(`${script} cannot be read or does not parse`);
  const calls = callees.map((name) => ({ callee: new RegExp(`^${name}$`), where: 'property' as const }));
  const sites = [source, ...files.importsOf(source)].flatMap((file) =>
    findOption(files, file, option, calls),
  );
  const given = sites.filter((site) => site.given);
  if (given.length === 0) return err(`no call gives ${option}`);
  if (given.length < sites.length)
    return err(`${sites.length - given.length} of ${sites.length} calls do not give ${option}`);
  const literals = new Map<string, FoundLiteral>();
  for (const site of given) {
    if (site.refusals[0] !== undefined) return err(site.refusals[0]);
    for (const literal of site.literals)
      literals.set(`${literal.source.file}:${literal.node.start}`, literal);
  }
  const [literal, ...others] = [...literals.values()];
  if (!literal || others.length > 0)
    return err(`${option} is written in ${literals.size} places; one edit does not change them all`);
  if (typeof literal.value !== 'string') return err(`${option} is not a text`);
  return ok({
    value: literal.value,
    at: placeOf(literal.source, literal.node),
    via: literal.via,
    edit: (value) => literalEdit(literal, value),
  });
}
