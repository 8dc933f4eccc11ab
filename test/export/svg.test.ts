import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { timelineSvg } from '../../src/export/svg/timeline.ts';
import { importTrace } from '../../src/import/index.ts';
import type { Trace } from '../../src/trace/model.ts';
import { sampleTrace } from '../support/sample-trace.ts';

function opened(text: string): Trace {
  const read = importTrace(new TextEncoder().encode(text));
  assert.ok(read.ok);
  return read.value;
}

const rectangles = (svg: string): number[][] =>
  [...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="13"/g)].map((match) =>
    match.slice(1).map(Number),
  );

test('a span stands where its time is, and is as wide as it lasts', () => {
  const events = [
    { ph: 'X', name: 'whole', pid: 1, tid: 1, ts: 0, dur: 1000 },
    { ph: 'X', name: 'second half', pid: 1, tid: 1, ts: 500, dur: 500 },
  ];
  const [whole, half] = rectangles(timelineSvg(opened(JSON.stringify(events))));
  const [x = 0, , width = 0] = whole ?? [];
  assert.equal(half?.[0], x + width / 2);
  assert.equal(half?.[2], width / 2);
  assert.ok((half?.[1] ?? 0) > (whole?.[1] ?? 0), 'a call within another stands below it');
});

test('a part of a trace fills the picture', () => {
  const trace = opened(JSON.stringify([{ ph: 'X', name: 'long', pid: 1, tid: 1, ts: 0, dur: 1000 }, { ph: 'X', name: 'b', pid: 1, tid: 2, ts: 400, dur: 100 }])); // prettier-ignore
  const [long, b] = rectangles(timelineSvg(trace, { fromNs: 400_000, toNs: 500_000 }));
  assert.deepEqual(b?.[2], long?.[2]);
});

test('a million thin spans make no larger picture than the page has room for', () => {
  const events = Array.from({ length: 50_000 }, (_, i) => `{"ph":"X","name":"n${i % 7}","pid":1,"tid":1,"ts":${i * 2},"dur":1}`);
  assert.ok(rectangles(timelineSvg(opened(`[${events.join()}]`))).length < 4000);
}); // prettier-ignore

test('names are text in the picture, whatever stands in them', () => {
  const name = '<script>alert("x")</script>&\u0000\ud800]]>';
  const svg = timelineSvg(opened(JSON.stringify([{ ph: 'X', name, pid: name, tid: name, ts: 0, dur: 5 }])));
  assert.ok(!svg.includes('<script'));
  assert.ok(!/[\u0000\ud800]/.test(svg)); // eslint-disable-line no-control-regex
  assert.ok(svg.includes('&lt;script&gt;'));
});

test('memory is drawn where the trace has buffers, kernels by family, and every sample gives a picture', () => {
  const svg = timelineSvg(sampleTrace({ network: 'cnn', steps: 4 }));
  assert.ok(svg.includes('Live memory'));
  assert.ok(svg.includes('>convolution<'));
  assert.ok(rectangles(svg).length > 20, String(rectangles(svg).length));
  const folder = 'test/golden/import';
  for (const file of readdirSync(folder).filter((each) => !/\.(txt|actual)$/.test(each))) {
    const read = importTrace(readFileSync(path.join(folder, file)));
    if (!read.ok) continue;
    const picture = timelineSvg(read.value);
    assert.ok(picture.startsWith('<svg ') && picture.endsWith('</svg>\n'), file);
    assert.ok(!/NaN|Infinity|undefined/.test(picture.replaceAll(/>[^<]*</g, '><')), file);
  }
});
