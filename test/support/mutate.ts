/** Damages files the way networks, crashes and attackers do. Seeded: equal seeds give equal damage. */
import type { Random } from '../../src/base/random.ts';

/** Pieces that formats stumble over. */
const TOKENS = ['{', '}', '[', ']', '"', '\\', ',', ':', '-', '1e999', '-1', '9007199254740993', '1e308', 'NaN', 'Infinity', 'null', 'true', '{}', '[]', '""', '"\\u0000"', '"\\ud800"', '"__proto__":', '"constructor":', '"ph":"X",', '"ph":"B",', '"ph":"E",', '"ts":', '"dur":-5,', '"pid":{},', '"args":{', '"args":[],', '"name":null,', '\u0000', '\uffff', '<script>', 'x'.repeat(300), '['.repeat(200), '{"a":'.repeat(100)]; // prettier-ignore

const encoder = new TextEncoder();

/** One to eight random changes of a file: bytes flipped, cut, doubled, moved; tokens put in; pieces of another file. */
export function mutated(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let out = bytes;
  const changes = 1 + Math.floor(random() * 8);
  for (let change = 0; change < changes; change++) out = mutatedOnce(out, other, random);
  return out;
}

function mutatedOnce(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const at = Math.floor(random() * (bytes.length + 1));
  const length = Math.floor(random() ** 3 * Math.min(bytes.length - at, 4096));
  switch (Math.floor(random() * 7)) {
    case 0: {
      const flipped = bytes.slice();
      if (at < flipped.length) flipped[at] = (flipped[at] as number) ^ (1 << Math.floor(random() * 8));
      return flipped;
    }
    case 1:
      return bytes.slice(0, at);
    case 2:
      return joined(bytes.subarray(0, at), bytes.subarray(at + length));
    case 3:
      return joined(bytes.subarray(0, at + length), bytes.subarray(at));
    case 4:
      return joined(
        bytes.subarray(0, at),
        encoder.encode(TOKENS[Math.floor(random() * TOKENS.length)]),
        bytes.subarray(at + length),
      );
    case 5: {
      const from = Math.floor(random() * other.length);
      return joined(
        bytes.subarray(0, at),
        other.subarray(from, from + 1 + length),
        bytes.subarray(at + length),
      );
    }
    default: {
      const noise = bytes.slice();
      for (let i = at; i < Math.min(at + 8, noise.length); i++) noise[i] = Math.floor(random() * 256);
      return noise;
    }
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
