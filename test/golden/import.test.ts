import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { chooseImporter, formatImportError, importTrace } from '../../src/import/index.ts';
import { dumpTrace } from '../../src/trace/dump.ts';
import { assertGolden } from '../support/golden-text.ts';

const folder = 'test/golden/import';

for (const file of readdirSync(folder).filter((name) => !/\.(txt|actual)$/.test(name)).sort())
  test(`${file} opens as its text says`, () => {
    const bytes = readFileSync(path.join(folder, file));
    const read = importTrace(bytes, { fileName: file });
    const importer = chooseImporter(bytes)?.id ?? 'none';
    const text = read.ok ? dumpTrace(read.value) : `error: ${formatImportError(read.error)}\n`;
    assertGolden(path.join(folder, `${file}.txt`), `importer: ${importer}\n${text}`);
  });
