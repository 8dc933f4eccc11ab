/** Reads a `*.perf.ts` file without running it: each `perf.test(name, { ... })` with literal options is a test. */
import type { PerfLimits } from '../analysis/perf-limits.ts';
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { Node, ObjectExpression } from './syntax.ts';
import { dottedName, keyName, parseSource, unwrapped, walk } from './syntax.ts';

export interface PerfTest {
  readonly name: string;
  /** Relative to the file of the test, like `baseline`. */
  readonly script: string;
  readonly args: readonly string[];
  readonly steps: number;
  readonly limits: PerfLimits;
  readonly baseline: string | null;
  /** 1-based line of the call. */
  readonly line: number;
}

export interface PerfProblem {
  readonly line: number;
  readonly message: string;
}

export interface PerfFile {
  readonly tests: readonly PerfTest[];
  /** Tests that cannot be read, in one sentence each. */
  readonly problems: readonly PerfProblem[];
}

export const PERF_FILE = /\.perf\.[cm]?[jt]s$/;

const DEFAULT_STEPS = 60;
const NUMBERS = ['maxStepMs', 'minSamplesPerSecond', 'maxPeakMB', 'maxSlowdown'] as const;
const KNOWN: readonly string[] = ['script', 'args', 'steps', 'baseline', ...NUMBERS];

export function readPerfFile(file: string, text: string): Result<PerfFile, string> {
  const parsed = parseSource(file, text);
  if (!parsed.ok) return parsed;
  const tests: PerfTest[] = [];
  const problems: PerfProblem[] = [];
  walk(parsed.value.root, (node) => {
    if (node.type !== 'CallExpression') return;
    const call = node as unknown as { callee: Node; arguments: Node[] };
    if (dottedName(call.callee) !== 'perf.test') return;
    const line = node.loc?.start.line ?? 1;
    const read = readTest(call.arguments, line);
    if (!read.ok) problems.push({ line, message: read.error });
    else if (tests.some(({ name }) => name === read.value.name))
      problems.push({ line, message: `there is a test '${read.value.name}' above` });
    else tests.push(read.value);
  });
  return ok({ tests, problems });
}

function readTest([first, second]: readonly Node[], line: number): Result<PerfTest, string> {
  const name = first && literal(first);
  if (typeof name !== 'string' || name === '') return err('the name of a test must be a text');
  const object = second && unwrapped(second);
  if (object?.type !== 'ObjectExpression') return err(`'${name}' has no options`);
  const read = options(object as ObjectExpression);
  if (!read.ok) return err(`'${name}': ${read.error}`);
  const { script, args = [], steps = DEFAULT_STEPS, baseline = null, ...rest } = read.value;
  if (typeof script !== 'string') return err(`'${name}' names no script`);
  if (!Array.isArray(args)) return err(`'${name}': args must be a list of texts`);
  if (typeof steps !== 'number' || !Number.isInteger(steps) || steps < 5)
    return err(`'${name}': steps must be a whole number of at least 5`);
  if (baseline !== null && typeof baseline !== 'string') return err(`'${name}': baseline must be a path`);
  for (const key of NUMBERS)
    if (key in rest && !(typeof rest[key] === 'number' && rest[key] > 0))
      return err(`'${name}': ${key} must be a number above zero`);
  const limits = rest as PerfLimits;
  const hasLimit = Object.keys(rest).some((key) => key !== 'maxSlowdown') || baseline !== null;
  if (!hasLimit) return err(`'${name}' has neither a limit nor a baseline`);
  return ok({ name, script, args, steps, limits, baseline, line });
}

type Value = string | number | string[];

function options(object: ObjectExpression): Result<Record<string, Value>, string> {
  const values: Record<string, Value> = {};
  for (const property of object.properties as readonly Node[]) {
    const { key, computed, value } = property as unknown as { key: Node; computed: boolean; value: Node };
    const name = property.type === 'ObjectProperty' ? keyName({ key, computed }) : null;
    if (name === null || !KNOWN.includes(name))
      return err(`no option '${name ?? '...'}'; there are ${KNOWN.join(', ')}`);
    const read = literal(value);
    if (read === null) return err(`${name} must be a literal: the file is read, not run`);
    values[name] = read;
  }
  return ok(values);
}

function literal(node: Node): Value | null {
  const at = unwrapped(node) as unknown as { type: string; value: string | number; elements: (Node | null)[]; expressions: Node[]; quasis: { value: { cooked: string } }[] }; // prettier-ignore
  if (at.type === 'StringLiteral' || at.type === 'NumericLiteral') return at.value;
  if (at.type === 'TemplateLiteral' && at.expressions.length === 0) return at.quasis[0]!.value.cooked;
  if (at.type !== 'ArrayExpression') return null;
  const items = at.elements.map((each) => each && literal(each));
  return items.every((item): item is string => typeof item === 'string') ? items : null;
}
