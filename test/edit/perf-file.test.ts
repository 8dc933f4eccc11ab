import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PERF_FILE, readPerfFile } from '../../src/edit/index.ts';

function read(text: string) {
  const file = readPerfFile('a.perf.ts', `import { perf } from 'kernelscope';\n${text}`);
  assert.ok(file.ok, file.ok ? '' : file.error);
  return file.value;
}

test('a test is read with its options, defaults and line', () => {
  const { tests, problems } = read(
    `perf.test('a step', { script: './cnn.ts', args: ['--fast'], steps: 20, maxStepMs: 12.5, maxPeakMB: 300 });\n` +
      "perf.test(`against the release`, { script: './cnn.ts', baseline: './cnn.kscope' } as const);",
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(tests, [
    { name: 'a step', script: './cnn.ts', args: ['--fast'], steps: 20, limits: { maxStepMs: 12.5, maxPeakMB: 300 }, baseline: null, line: 2 },
    { name: 'against the release', script: './cnn.ts', args: [], steps: 60, limits: {}, baseline: './cnn.kscope', line: 3 },
  ]); // prettier-ignore
});

const BAD = [
  ["perf.test(name, { script: 'a.ts', maxStepMs: 1 })", /the name of a test must be a text/],
  ["perf.test('a')", /has no options/],
  ["perf.test('a', { maxStepMs: 1 })", /names no script/],
  ["perf.test('a', { script: 'a.ts' })", /neither a limit nor a baseline/],
  ["perf.test('a', { script: 'a.ts', maxStepMs: limit })", /maxStepMs must be a literal/],
  ["perf.test('a', { script: 'a.ts', maxStepMs: '1' })", /maxStepMs must be a number above zero/],
  ["perf.test('a', { script: 'a.ts', maxStepMS: 1 })", /no option 'maxStepMS'; there are script/],
  ["perf.test('a', { ...shared, maxStepMs: 1 })", /no option '\.\.\.'/],
  ["perf.test('a', { script: 'a.ts', steps: 1.5, maxStepMs: 1 })", /steps must be a whole number/],
] as const;

for (const [text, message] of BAD)
  test(`what cannot be read is said: ${text}`, () => {
    const { tests, problems } = read(text);
    assert.equal(tests.length, 0);
    assert.match(problems[0]!.message, message);
    assert.equal(problems[0]!.line, 2);
  });

test('a name that stands twice is a problem, a file that does not parse an error', () => {
  const twice = "perf.test('a', { script: 'a.ts', maxStepMs: 1 });";
  assert.match(read(twice + twice).problems[0]!.message, /a test 'a' above/);
  assert.ok(PERF_FILE.test('x.perf.mts') && !PERF_FILE.test('perf.ts'));
});
