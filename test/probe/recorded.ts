/** A recorder whose frames become a trace at once: for tests of what the probe's parts write. */
import assert from 'node:assert/strict';
import { Recorder } from '../../src/probe/recorder.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import { FrameReader } from '../../src/trace/frames.ts';
import type { Trace } from '../../src/trace/model.ts';

export function recorded(): { readonly recorder: Recorder; trace(): Trace } {
  const builder = new TraceBuilder();
  const reader = new FrameReader();
  const recorder = new Recorder((bytes) => {
    const read = reader.push(bytes);
    assert.ok(read.ok);
    for (const frame of read.value) {
      const added = builder.frame(frame);
      assert.ok(added.ok, added.ok ? '' : added.error);
    }
  });
  return {
    recorder,
    trace() {
      recorder.flush();
      return builder.build();
    },
  };
}
