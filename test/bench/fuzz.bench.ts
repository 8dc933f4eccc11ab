/**
 * Fuzzes every importer with damaged files for FUZZ_SECONDS each (600 by default) and prints what was tried. A case that
 * throws, hangs or breaks our own file is written to test/import/found, whose files the fast tests replay.
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'fflate';
import { seededRandom } from '../../src/base/random.ts';
import { IMPORTERS, chooseImporter, importTrace } from '../../src/import/index.ts';
import { writeTraceFile } from '../../src/trace/codec.ts';
import { checkImport } from '../support/import-check.ts';
import { mutated } from '../support/mutate.ts';

const FOLDER = 'test/golden/import';
const FOUND = 'test/import/found';

export function run(): void {
  const seconds = Number(process.env['FUZZ_SECONDS'] ?? 600);
  const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
  const samples: Uint8Array[] = readdirSync(FOLDER)
    .filter((name) => !/\.(txt|actual)$/.test(name))
    .map((name) => new Uint8Array(readFileSync(path.join(FOLDER, name))));
  // Our own format has no sample in the folder: every other one makes one.
  for (const bytes of samples.slice()) {
    const read = importTrace(bytes);
    if (read.ok) samples.push(writeTraceFile(read.value));
  }
  for (const importer of IMPORTERS) {
    const own = samples.filter((bytes) => chooseImporter(bytes)?.id === importer.id);
    fuzz(importer.id, own, samples, seconds, seed);
  }
}

function fuzz(
  id: string,
  own: readonly Uint8Array[],
  all: readonly Uint8Array[],
  seconds: number,
  seed: number,
): void {
  const random = seededRandom(seed);
  const pick = (list: readonly Uint8Array[]): Uint8Array =>
    list[Math.floor(random() * list.length)] as Uint8Array;
  const until = performance.now() + seconds * 1000;
  const counts = { trace: 0, error: 0 };
  let failures = 0;
  let slowestMs = 0;
  while (performance.now() < until) {
    let bytes = mutated(pick(own), pick(all), random);
    // Packed files fail in other places: before packing and after.
    if (random() < 0.1) bytes = mutated(gzipSync(bytes, { level: 1 }), bytes, random);
    const start = performance.now();
    try {
      counts[checkImport(bytes)]++;
    } catch (error) {
      failures++;
      mkdirSync(FOUND, { recursive: true });
      const file = path.join(FOUND, `${id}-${seed}-${failures}`);
      writeFileSync(file, bytes);
      console.log(`FOUND ${file}: ${(error as Error).message.split('\n')[0]}`);
    }
    slowestMs = Math.max(slowestMs, performance.now() - start);
  }
  console.log(
    `${id}: ${own.length} samples, ${counts.trace} gave a trace, ${counts.error} an error, ${failures} failed, slowest ${slowestMs.toFixed(0)} ms (seed ${seed})`,
  );
}
