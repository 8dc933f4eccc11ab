/**
 * Perfetto itself reads what we export: nothing is dropped, every slice stands on its track with its nanoseconds, every counter has
 * its values, every arrow binds the two slices that it binds here. Needs Perfetto's trace_processor_shell (docs/formats.md).
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, cpSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { chromeTrace } from '../../src/export/chrome-trace.ts';
import { importRanks, importTrace } from '../../src/import/index.ts';
import type { Trace } from '../../src/trace/model.ts';
import { arrowText, drawnArrows, drawnSlices } from '../support/drawn-rows.ts';
import { findPeers } from '../support/peers.ts';
import { rank } from '../support/rank-file.ts';
import { sampleTrace } from '../support/sample-trace.ts';
import { askPerfetto, noTraceProcessor, traceProcessorVersion } from '../support/trace-processor.ts';
import { fixture, runFixture } from './run-fixture.ts';

const folder = path.resolve('.cache', `perfetto-${process.pid}`);
const golden = 'test/golden/import';
const found = findPeers();

const PROBLEMS = `select name, value, severity from stats where severity in ('error', 'data_loss') and value > 0`;
const SLICES = `select hex(process.name), hex(thread.name), hex(slice.name), slice.ts, slice.dur
  from slice join thread_track on slice.track_id = thread_track.id join thread using (utid) join process using (upid)`;
const KERNELS = `select hex(name), hex(extract_arg(arg_set_id, 'args.operator')), extract_arg(arg_set_id, 'args.grid[0]'),
  (select count(*) from args where args.arg_set_id = slice.arg_set_id) from slice where category = 'kernel'`;
const COUNTERS = `select hex(process.name), hex(track.name), counter.ts, hex(printf('%!.17g', counter.value))
  from counter join process_counter_track as track on counter.track_id = track.id join process using (upid)`;
const ARROWS = `select hex(a.name), a.ts, hex(b.name), b.ts from flow join slice as a on flow.slice_out = a.id join slice as b on flow.slice_in = b.id`;

/** Lanes of a track have its name with a number behind it. */
const base = (thread: string | null): string => (thread ?? '').replace(/ \(\d+\)$/, '');
/** SQLite's numbers are exact to 15 digits, not to the last bit. */
const digits = (value: number): number => Number(value.toPrecision(15));
const lines = (rows: readonly (readonly (string | number | null)[])[]): string[] => rows.map((row) => row.join(' | ')).sort(); // prettier-ignore

function check(trace: Trace, what: string): void {
  const file = path.join(folder, `${what.replaceAll(/[^\w.-]/g, '-')}.trace.json`);
  writeFileSync(file, chromeTrace(trace));
  const ask = (sql: string) => askPerfetto(file, sql).rows;
  assert.deepEqual(ask(PROBLEMS.replace('name', 'hex(name)').replace('severity from', 'hex(severity) from')), [], what); // prettier-ignore
  assert.deepEqual(
    lines(ask(SLICES).map(([process, thread, name, ts, dur]) => [process ?? '', base(thread ?? ''), name ?? '', ts ?? '', dur ?? ''])),
    lines(drawnSlices(trace).map((each) => [each.process, base(each.thread), each.name, each.startNs, each.durationNs])),
    `slices of ${what}`,
  ); // prettier-ignore
  const { dispatches, launches } = trace.tables;
  const kernels: (string | number)[][] = [];
  for (let i = 0; i < dispatches.length; i++) {
    if (!Number.isFinite(dispatches.startNs[i] as number)) continue;
    const launch = dispatches.launch[i] as number;
    const op = trace.strings[launches.op[launch] as number] ?? '';
    kernels.push([trace.kernels[launches.kernel[launch] as number]?.name || '[No name]', op, launches.workgroupsX[launch] as number]); // prettier-ignore
  }
  const read = ask(KERNELS);
  assert.deepEqual(lines(read.map((row) => row.slice(0, 3))), lines(kernels), `kernels of ${what}`);
  // Device, stream, grid, block, operator and phase are always there.
  for (const [name, , , count] of read) assert.ok(Number(count) >= 10, `${name} has ${count} arguments`);
  const { samples } = trace.tables;
  const values: (string | number)[][] = [];
  for (let i = 0; i < samples.length; i++) {
    const value = samples.value[i] as number;
    const { name = '', unit = 'count', track = -1 } = trace.series[samples.series[i] as number] ?? {};
    if (Number.isFinite(value) && Number.isFinite(samples.atNs[i] as number))
      values.push([trace.tracks[track]?.group ?? 'run', `${name} ${unit}`, Math.round(samples.atNs[i] as number), digits(value)]); // prettier-ignore
  }
  assert.deepEqual(
    lines(ask(COUNTERS).map(([process, name, ts, value]) => [process ?? '', name?.replace(/ id: \d+ /, ' ') ?? '', ts ?? '', digits(Number(value))])),
    lines(values),
    `counters of ${what}`,
  ); // prettier-ignore
  assert.deepEqual(
    ask(ARROWS).map(([from, fromNs, to, toNs]) => arrowText([`${from} ${fromNs}`, `${to} ${toNs}`])).sort(),
    drawnArrows(trace),
    `arrows of ${what}`,
  ); // prettier-ignore
}

describe('Perfetto reads our export', { skip: noTraceProcessor }, () => {
  mkdirSync(folder, { recursive: true });
  after(() => rmSync(folder, { recursive: true, force: true }));
  if (!noTraceProcessor) console.log(`Perfetto: ${traceProcessorVersion()}`);

  it('of a run of our engine', async () => {
    const { trace, stderr } = await runFixture('train.ts', { timeoutMs: 120_000 });
    assert.equal(trace.meta.status, 'ok', stderr);
    assert.ok(trace.tables.dispatches.length > 0);
    check(trace, 'our engine');
  });

  it('of a run of TensorFlow.js', { skip: 'missing' in found ? found.missing : false }, async () => {
    const workspace = path.join(folder, 'peers');
    cpSync(fixture('peers'), workspace, { recursive: true });
    if ('folder' in found) symlinkSync(path.join(found.folder, 'node_modules'), path.join(workspace, 'node_modules')); // prettier-ignore
    const script = path.relative(fixture('.'), path.join(workspace, 'tfjs-mlp.mjs'));
    const { trace, stderr } = await runFixture(script, { timeoutMs: 240_000 });
    assert.equal(trace.meta.status, 'ok', stderr);
    check(trace, 'TensorFlow.js');
  });

  it('of many ranks', () => {
    const ranks = Array.from({ length: 8 }, (_, i) => ({ name: `${i}.json`, bytes: rank(i, 1_700_000_000_000_000 + i * 250) })); // prettier-ignore
    const read = importRanks(ranks);
    assert.ok(read.ok);
    check(read.value, 'eight ranks');
  });

  it('of a made-up run with every kind of row', () => {
    check(sampleTrace({ network: 'cnn', steps: 6, timedEvery: 3 }), 'sample');
  });

  for (const file of readdirSync(golden).filter((name) => !/\.(txt|actual)$/.test(name))) {
    const read = importTrace(readFileSync(path.join(golden, file)));
    if (read.ok) it(`of ${file}`, () => check(read.value, file));
  }
});
