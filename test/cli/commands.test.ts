import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { applySuggestion } from '../../src/cli/apply.ts';
import type { Command } from '../../src/cli/command.ts';
import { CliError, EXIT, countOption, secondsOption, splitScriptArguments } from '../../src/cli/command.ts';
import { compare } from '../../src/cli/commands/compare.ts';
import { didYouMean } from '../../src/cli/did-you-mean.ts';
import { exportTrace } from '../../src/cli/commands/export.ts';
import { open } from '../../src/cli/commands/open.ts';
import { profile } from '../../src/cli/commands/profile.ts';
import { suggest } from '../../src/cli/commands/suggest.ts';
import { sweepCommand } from '../../src/cli/commands/sweep.ts';
import { workspaceOf, workspaceReader } from '../../src/cli/files.ts';
import type { Suggestion } from '../../src/suggest/suggestion.ts';
import { writeTraceFile } from '../../src/trace/codec.ts';
import type { Trace } from '../../src/trace/model.ts';
import { writeNotes } from '../../src/trace/notes.ts';
import { sampleTrace } from '../support/sample-trace.ts';

function inFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-cli-'));
  return body(folder).finally(() => rmSync(folder, { recursive: true, force: true }));
}

function traceFile(folder: string, name: string, trace: Trace): string {
  const file = path.join(folder, name);
  writeFileSync(file, writeTraceFile(trace));
  return file;
}

/** What the command wrote to stdout, and its exit code. */
async function ran(command: Command, ...argv: string[]): Promise<{ code: number; out: string }> {
  const write = process.stdout.write.bind(process.stdout);
  const errors = process.stderr.write.bind(process.stderr);
  let out = '';
  process.stdout.write = ((text: string | Uint8Array) => (
    (out += Buffer.from(text).toString()),
    true
  )) as typeof process.stdout.write;
  process.stderr.write = (() => true) as typeof process.stderr.write;
  try {
    return { code: await command.run({ argv, signal: new AbortController().signal }), out };
  } finally {
    process.stdout.write = write;
    process.stderr.write = errors;
  }
}

test('compare says why a short run has no interval, and how many steps would give one', () =>
  inFolder(async (folder) => {
    const long = traceFile(folder, 'long.kscope', sampleTrace({ steps: 24 }));
    const brief = traceFile(folder, 'brief.kscope', sampleTrace({ steps: 4 }));
    const { out } = await ran(compare, long, brief, '--fail-above', '5%');
    const record =
      /no interval: after has 1 timed steps of the 5 it takes; record it again with --steps (\d+) or more/.exec(
        out,
      )?.[1];
    assert.match(out, /Not certain: too few steps for an interval/);
    assert.ok(!/NaN/.test(out), out);
    const enough = traceFile(folder, 'enough.kscope', sampleTrace({ steps: Number(record) }));
    assert.ok(!/no interval/.test((await ran(compare, long, enough)).out), `${record} steps are enough`);
  }));

test('a mistyped command, option, script or trace is told what it was meant to be, and a far one is not', () =>
  inFolder(async (folder) => {
    assert.equal(didYouMean('profil', ['profile', 'open', 'perf']), ' Did you mean profile?');
    assert.equal(didYouMean('comapre', ['compare', 'convert']), ' Did you mean compare?');
    assert.equal(didYouMean('dance', ['profile', 'open', 'perf', 'doctor']), '');
    writeFileSync(path.join(folder, 'train-mnist.ts'), '');
    traceFile(folder, 'run.kscope', sampleTrace());
    const script = path.join(folder, 'train-mnits.ts');
    await assert.rejects(ran(profile, script), /no script .*Did you mean .*train-mnist\.ts\?/);
    await assert.rejects(ran(profile, path.join(folder, 'train-mnist')), /Did you mean .*train-mnist\.ts\?/);
    await assert.rejects(
      ran(profile, path.join(folder, 'other.ts')),
      (error: Error) => !/mean/.test(error.message),
    );
    await assert.rejects(
      ran(open, path.join(folder, 'rum.kscope')),
      /no such file\. Did you mean .*run\.kscope\?/,
    );
    await assert.rejects(
      ran(profile, script, '--stpes', '3'),
      /Unknown option '--stpes'\. Did you mean --steps\?/,
    );
    await assert.rejects(ran(profile, script, '--quux', '3'), (error: Error) => !/mean/.test(error.message));
    await assert.rejects(ran(profile, 'mnist-cn.ts'), /Did you mean examples\/mnist-cnn\.ts\?/);
  }));

test('open prints the notes beside a trace, and a broken file of notes is named', () =>
  inFolder(async (folder) => {
    const file = traceFile(folder, 'a.kscope', sampleTrace({ network: 'cnn' }));
    const notes = `${file}.notes.json`;
    writeFileSync(notes, writeNotes([{ fromNs: 1e6, toNs: 3e6, step: 4, text: 'the odd one' }]));
    assert.match((await ran(open, file)).out, /Notes\n {2}step 4, 1\.000 ms for 2\.0 ms: the odd one/);
    writeFileSync(notes, '{}');
    await assert.rejects(ran(open, file), /a\.kscope\.notes\.json: version/);
  }));

test('open prints the report, and with --json - nothing but JSON', () =>
  inFolder(async (folder) => {
    const file = traceFile(folder, 'a.kscope', sampleTrace({ network: 'cnn' }));
    const text = await ran(open, file);
    assert.equal(text.code, EXIT.done);
    assert.match(text.out, /model\.2 .*Conv2d/);
    const json = JSON.parse((await ran(open, file, '--json', '-')).out) as { schema: string };
    assert.equal(json.schema, 'kernelscope.report/1');
    await ran(open, file, '--json', path.join(folder, 'new', 'report.json'));
    assert.equal(
      (JSON.parse(readFileSync(path.join(folder, 'new', 'report.json'), 'utf8')) as { schema: string })
        .schema,
      json.schema,
    );
  }));

test('compare fails above the limit, and only then', () =>
  inFolder(async (folder) => {
    const a = traceFile(folder, 'a.kscope', sampleTrace({ steps: 24, batch: 256 }));
    const same = traceFile(folder, 'b.kscope', sampleTrace({ steps: 24, batch: 256, seed: 5 }));
    const slower = traceFile(folder, 'c.kscope', sampleTrace({ steps: 24, batch: 256, readbackNs: 3e6 }));
    assert.equal((await ran(compare, a, same, '--fail-above', '5%')).code, EXIT.done);
    const failed = await ran(compare, a, slower, '--fail-above', '5%');
    assert.equal(failed.code, EXIT.scriptFailed);
    assert.match(failed.out, /Slower by more than 5 %/);
    assert.equal((await ran(compare, a, slower)).code, EXIT.done);
    assert.equal((await ran(compare, slower, a, '--fail-above', '5%')).code, EXIT.done);
    const noisy = traceFile(
      folder,
      'd.kscope',
      sampleTrace({ steps: 16, batch: 256, stepNoise: 0.5, seed: 9 }),
    );
    const unsure = await ran(compare, a, noisy, '--fail-above', '12%');
    assert.match(unsure.out, /Not certain: the 95 % interval holds 12 %/);
    assert.equal(unsure.code, EXIT.done);
    assert.equal((await ran(compare, a, noisy, '--fail-above', '12%', '--strict')).code, EXIT.scriptFailed);
    const runs = await ran(compare, a, same, '--before', same, '--after', a);
    assert.match(runs.out, /2 against 2 runs/);
    await assert.rejects(ran(compare, a, same, '--after', a), /give --before and --after/);
  }));

test('a layer that took no time in either run is not called new', () =>
  inFolder(async (folder) => {
    const a = traceFile(folder, 'a.kscope', sampleTrace({ network: 'cnn', steps: 0 }));
    const { out } = await ran(compare, a, a);
    assert.match(out, /Layers/);
    assert.ok(!/\b(new|gone)\b/.test(out), out);
  }));

test('export writes every format it names', () =>
  inFolder(async (folder) => {
    const file = traceFile(folder, 'a.kscope', sampleTrace({ steps: 4 }));
    for (const format of ['trace', 'json', 'text']) {
      const output = path.join(folder, `out.${format}`);
      assert.equal((await ran(exportTrace, file, '--format', format, '--output', output)).code, EXIT.done);
      assert.ok(readFileSync(output).length > 100);
    }
    const again = path.join(folder, 'out.trace');
    assert.equal((await ran(open, again, '--json', '-')).out, (await ran(open, file, '--json', '-')).out);
  }));

test('a bad argument is one sentence with exit code 2, whatever it is', () =>
  inFolder(async (folder) => {
    const file = traceFile(folder, 'a.kscope', sampleTrace({ steps: 2 }));
    const noise = path.join(folder, 'noise.bin');
    writeFileSync(
      noise,
      Uint8Array.from({ length: 64 }, (_, i) => i * 7),
    );
    const python = path.join(folder, 'train.py');
    writeFileSync(python, 'print(1)');
    const cases: [Command, string[], RegExp][] = [
      [open, [], /expected one trace, got nothing/],
      [open, [file, file], /expected one trace/],
      [open, [file, '--colour'], /--colour/],
      [open, [path.join(folder, 'missing')], /cannot read .*: there is no such file/],
      [open, ['train.ts'], /is a script: kernelscope profile train\.ts/],
      [open, [folder], /no \.json or \.json\.gz traces/],
      [profile, [folder], /is a folder/],
      [profile, [python], /is Python.*kernelscope open/],
      [suggest, [file, '--rule', 'batch'], /no rule 'batch'; there are .*batch-size/],
      [open, [noise], /not a trace we know/],
      [compare, [file, file, '--fail-above', 'much'], /takes a share/],
      [exportTrace, [file, '--format', 'pdf'], /--format is one of/],
      [profile, [path.join(folder, 'no.ts')], /no script/],
      [profile, [file, '--steps', '-3'], /--steps|ambiguous/],
      [profile, [file, '--steps', 'many'], /whole number/],
      [profile, [file, '--timeout', '0'], /seconds above zero/],
      [sweepCommand, [file, '--batch', '64..16'], /takes a range/],
    ];
    for (const [command, argv, message] of cases)
      await assert.rejects(ran(command, ...argv), (error) => {
        assert.ok(error instanceof CliError, String(error));
        assert.equal(error.exitCode, EXIT.badArguments);
        assert.match(error.message, message);
        return true;
      });
  }));

test('options are read as what they are', () => {
  assert.equal(countOption('steps', '12'), 12);
  assert.equal(secondsOption('timeout', '1.5'), 1.5);
  assert.equal(countOption('steps', undefined), undefined);
  assert.deepEqual(splitScriptArguments(['a.ts', '--steps', '3', '--', '--lr', '1']), {
    own: ['a.ts', '--steps', '3'],
    script: ['--lr', '1'],
  });
});

test('only files of the workspace are read, never its packages', () =>
  inFolder(async (folder) => {
    writeFileSync(path.join(folder, 'package.json'), '{}');
    const script = path.join(folder, 'train.ts');
    writeFileSync(script, 'const a = 1;');
    assert.equal(workspaceOf(script), folder);
    const reader = workspaceReader(folder);
    assert.equal(reader.read(script), 'const a = 1;');
    assert.equal(reader.read('/etc/hostname'), null);
    assert.equal(reader.read(path.join(folder, '..', 'other.ts')), null);
    assert.equal(reader.read(path.join(folder, 'node_modules', 'x', 'index.js')), null);
  }));

test('applying writes exactly the literal, and refuses a file that changed', () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'train.ts');
    const source = 'const loader = new DataLoader(set, { batchSize: 8 });\n';
    writeFileSync(file, source);
    const start = source.indexOf('8');
    const suggestion: Suggestion = {
      id: 'x',
      rule: 'batch-size',
      title: 'Raise',
      at: null,
      evidence: [],
      edit: { file, start, end: start + 1, oldText: '8', newText: '64' },
      predicted: { speedup: 2, low: 1, high: 3 },
      verdict: null,
    };
    assert.match(applySuggestion(suggestion), /8 → 64/);
    assert.equal(readFileSync(file, 'utf8'), source.replace('8', '64'));
    assert.throws(() => applySuggestion(suggestion), /the source changed/);
  }));
