/**
 * The value that an integer expression has in each invocation of a wave: a sum of terms, each a product of numbers that are not
 * known but the same for all lanes (a uniform, a loop's count), times a factor that is known lane by lane. The term '' is the
 * plain number. So `row * p.K + k` of row = lane is 'p.K' times 0, 1, 2, ... plus 'k' times 1: the stride is p.K.
 */

export type Lanes = ReadonlyMap<string, Float64Array>;

const PLAIN = '';
const TIMES = '·';

export function constant(lanes: number, value: number): Lanes {
  return new Map([[PLAIN, new Float64Array(lanes).fill(value)]]);
}

export function perLane(values: Float64Array): Lanes {
  return new Map([[PLAIN, values]]);
}

export function symbol(lanes: number, name: string): Lanes {
  return new Map([[name, new Float64Array(lanes).fill(1)]]);
}

const same = (values: Float64Array): boolean => values.every((value) => value === values[0]);

/** Equal in all lanes, whatever it is. */
export function isUniform(value: Lanes): boolean {
  for (const factor of value.values()) if (!same(factor)) return false;
  return true;
}

/** The plain numbers when no unknown takes part. */
export function numbersOf(value: Lanes): Float64Array | null {
  if (value.size === 0) return null;
  return value.size === 1 ? (value.get(PLAIN) ?? null) : null;
}

/** The one number that all lanes have; null when it is not known or differs. */
export function numberOf(value: Lanes): number | null {
  const numbers = numbersOf(value);
  return numbers && same(numbers) ? (numbers[0] ?? null) : null;
}

/** For people and as a key: `64 workgroup.x + p.K lane`. */
export function textOf(value: Lanes): string {
  const terms = [...value].map(([name, factor]) => {
    const number = same(factor) ? `${factor[0]}` : 'lane';
    return name === PLAIN ? number : number === '1' ? name : `${number} ${name}`;
  });
  return terms.sort().join(' + ') || '0';
}

/** Terms that are zero in all lanes are dropped, save the plain one of a value that is zero. */
function tidy(terms: Map<string, Float64Array>, lanes: number): Lanes {
  for (const [name, factor] of terms) if (factor.every((v) => v === 0)) terms.delete(name);
  return terms.size > 0 ? terms : constant(lanes, 0);
}

const lanesOf = (value: Lanes): number => (value.values().next().value as Float64Array).length;

export function add(a: Lanes, b: Lanes, sign: 1 | -1 = 1): Lanes {
  const terms = new Map([...a].map(([name, factor]) => [name, Float64Array.from(factor)]));
  for (const [name, factor] of b) {
    const into = terms.get(name) ?? new Float64Array(factor.length);
    terms.set(
      name,
      into.map((v, i) => v + sign * (factor[i] as number)),
    );
  }
  return tidy(terms, lanesOf(a));
}

function product(a: string, b: string): string {
  const parts = [...a.split(TIMES), ...b.split(TIMES)].filter((part) => part !== PLAIN);
  return parts.sort().join(TIMES);
}

export function multiply(a: Lanes, b: Lanes): Lanes {
  const terms = new Map<string, Float64Array>();
  for (const [nameA, factorA] of a)
    for (const [nameB, factorB] of b) {
      const name = product(nameA, nameB);
      const into = terms.get(name) ?? new Float64Array(factorA.length);
      terms.set(
        name,
        into.map((v, i) => v + (factorA[i] as number) * (factorB[i] as number)),
      );
    }
  return tidy(terms, lanesOf(a));
}

/**
 * Quotient and rest of a division by a known whole number, unknowns taken as whole and not negative. What the number divides goes
 * into the quotient and the plain part stands alone. Else, where the unknowns come in steps that the lanes stay within (64
 * lanes of a workgroup, rows of 1024), all lanes have the same unknown quotient and follow each other in the rest. Null when
 * lanes may fall on both sides of a multiple.
 */
export function divide(value: Lanes, by: number): { readonly quotient: Lanes; readonly rest: Lanes } | null {
  if (!(by >= 1) || !Number.isInteger(by)) return null;
  const lanes = lanesOf(value);
  const quotient = new Map<string, Float64Array>();
  const unknown = new Map<string, Float64Array>();
  let plain = new Float64Array(lanes);
  for (const [name, factor] of value) {
    if (name === PLAIN) plain = Float64Array.from(factor);
    else if (factor.every((v) => v % by === 0))
      quotient.set(
        name,
        factor.map((v) => v / by),
      );
    else if (same(factor)) unknown.set(name, factor);
    else return null;
  }
  if (plain.some((v) => v < 0)) return null;
  const whole = add(tidy(quotient, lanes), constant(lanes, 0));
  if (unknown.size === 0)
    return {
      quotient: add(whole, perLane(plain.map((v) => Math.floor(v / by)))),
      rest: perLane(plain.map((v) => v % by)),
    };
  const step = [...unknown.values()].reduce((g, factor) => divisor(g, factor[0] as number), by);
  const start = Math.floor(Math.min(...plain) / step) * step;
  if (plain.some((v) => v - start >= step)) return null;
  const base = textOf(add(unknown, constant(lanes, start)));
  return {
    quotient: add(whole, symbol(lanes, `(${base} / ${by})`)),
    rest: add(symbol(lanes, `(${base} % ${by})`), perLane(plain.map((v) => v - start))),
  };
}

const divisor = (a: number, b: number): number => (b === 0 ? Math.abs(a) : divisor(b, a % b));

/** Lane by lane, for plain numbers only. */
export function each(values: readonly Lanes[], run: (...numbers: number[]) => number): Lanes | null {
  const numbers = values.map(numbersOf);
  if (numbers.some((n) => n === null)) return null;
  const [first] = numbers as Float64Array[];
  return first
    ? perLane(first.map((_, lane) => run(...(numbers as Float64Array[]).map((n) => n[lane] as number))))
    : null;
}

export function equal(a: Lanes, b: Lanes): boolean {
  return numberOf(add(a, b, -1)) === 0;
}

/** What each lane has beyond the first one, where that is a number; else the unknown that it is a multiple of. */
export function beyondFirst(value: Lanes): { readonly at: Float64Array } | { readonly unknown: string } {
  let at = new Float64Array(lanesOf(value));
  for (const [name, factor] of value) {
    if (same(factor)) continue;
    if (name !== PLAIN) return { unknown: name };
    at = factor.map((v) => v - (factor[0] as number));
  }
  return { at };
}
