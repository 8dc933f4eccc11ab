import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkNotes, noteAt, notesFileOf, readNotes, writeNotes } from '../../src/trace/notes.ts';
import { makeTrace } from '../webview/made-trace.ts';

const note = fc.record({
  fromNs: fc.nat(1e9),
  long: fc.nat(1e6),
  step: fc.option(fc.nat(1000)),
  text: fc.string({ maxLength: 80 }),
});

test('notes written to their file and read again are the same, in order of time', () => {
  fc.assert(
    fc.property(fc.array(note, { maxLength: 20 }), (made) => {
      const notes = made.map(({ fromNs, long, step, text }) => ({ fromNs, toNs: fromNs + long, step, text }));
      const read = readNotes(writeNotes(notes));
      assert.ok(read.ok);
      assert.equal(writeNotes(read.value), writeNotes(notes));
      assert.equal(read.value.length, notes.length);
      for (const [i, one] of read.value.entries())
        assert.ok(i === 0 || one.fromNs >= read.value[i - 1]!.fromNs);
    }),
  );
});

test('a pull request that adds a note changes the line of that note and no other', () => {
  const trace = makeTrace({ steps: 3 });
  const [first, second, third] = [0, 1, 2].map((row) =>
    noteAt(trace, trace.tables.steps.startNs[row]!, trace.tables.steps.endNs[row]!, `step ${row} is odd`),
  );
  const before = writeNotes([first!, third!]).split('\n');
  const after = writeNotes([first!, second!, third!]).split('\n');
  assert.deepEqual(after.filter((line) => !before.includes(line)).length, 1);
  assert.equal(second!.step, 1);
});

test('a file that holds no notes says what is wrong with it', () => {
  for (const [text, problem] of [
    ['{', /not JSON/],
    ['null', /version/],
    ['{"version":2,"notes":[]}', /version 2/],
    ['{"version":1,"notes":{}}', /not a list/],
    ['{"version":1,"notes":[{"fromNs":2,"toNs":1,"text":""}]}', /notes\[0\]/],
    ['{"version":1,"notes":[{"fromNs":1,"toNs":1,"text":7}]}', /notes\[0\]\.text/],
  ] as const) {
    const read = readNotes(text);
    assert.ok(!read.ok);
    assert.match(read.error, problem);
  }
});

test('anything at all is either notes or an error', () => {
  fc.assert(fc.property(fc.anything({ withNullPrototype: true }), (value) => void checkNotes(value)));
  assert.equal(notesFileOf('run.kscope'), 'run.kscope.notes.json');
});
