/**
 * What TensorFlow.js' `tf.profile()` returns, saved as JSON. It knows each kernel's name, shapes, time and bytes, in
 * order, but not when it ran: the kernels are laid end to end.
 */
import { err, ok } from '../base/result.ts';
import { TraceBuilder } from '../trace/builder.ts';
import { DISPATCH_FLAGS } from '../trace/model.ts';
import { unpackWhole } from './gzip.ts';
import type { Importer } from './importer.ts';
import { parseJson } from './json/parse.ts';
import { kernelFamily } from './kineto/family.ts';

interface Kernel {
  readonly name: string;
  readonly ms: number;
  readonly bytes: number;
  readonly shapes: string;
}

export const tfjs: Importer = {
  id: 'tfjs',
  label: 'TensorFlow.js tf.profile()',
  extensions: ['.tfprofile.json'],
  sniff(head) {
    const text = new TextDecoder().decode(head);
    return (
      /^\s*\{/.test(text) &&
      /"kernels"\s*:\s*\[/.test(text) &&
      /"(bytesAdded|totalBytesSnapshot|kernelTimeMs)"/.test(text)
    );
  },
  read(bytes, options) {
    const { text, problem } = unpackWhole(bytes, options);
    if (problem) return err({ at: text.length, message: problem });
    const json = parseJson(text);
    if (!json.ok) return json;
    const list: unknown = (json.value as { kernels?: unknown } | null)?.kernels;
    if (!Array.isArray(list))
      return err({ at: 0, message: 'tf.profile() output has a list "kernels"; this file has none' });
    return ok(convert(list.flatMap(kernelOf), numberOf((json.value as { peakBytes?: unknown }).peakBytes)));
  },
};

function kernelOf(entry: unknown): Kernel[] {
  if (typeof entry !== 'object' || entry === null) return [];
  const fields = entry as Record<string, unknown>;
  const { name, kernelTimeMs, totalBytesSnapshot, inputShapes } = fields;
  if (typeof name !== 'string') return [];
  return [
    {
      name,
      ms: numberOf(kernelTimeMs),
      bytes: numberOf(totalBytesSnapshot),
      shapes: Array.isArray(inputShapes) ? JSON.stringify(inputShapes).slice(0, 200) : '',
    },
  ];
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : NaN;
}

function convert(list: readonly Kernel[], peakBytes: number) {
  const builder = new TraceBuilder();
  builder.add('tracks', { name: 'kernels in order', kind: 'gpu-queue', group: 'TensorFlow.js' });
  const memory = builder.add('tracks', { name: 'memory', kind: 'other', group: 'TensorFlow.js' });
  const series = builder.add('series', { name: 'tensor bytes', unit: 'bytes', track: memory });
  const kernels = new Map<string, number>();
  const launches = new Map<string, number>();
  let nowNs = 0;
  let untimed = 0;
  for (const { name, ms, bytes, shapes } of list) {
    const timed = ms >= 0;
    if (!timed) untimed++;
    let kernel = kernels.get(name);
    if (kernel === undefined)
      kernels.set(
        name,
        (kernel = builder.add('kernels', {
          name,
          family: kernelFamily(name, ''),
          workgroupSize: [0, 0, 0],
          workgroupBytes: null,
        })),
      );
    const key = `${name} ${shapes}`;
    let launch = launches.get(key);
    if (launch === undefined) {
      launch = builder.row('launches', {
        kernel,
        layer: -1,
        op: builder.string(shapes === '' ? name : `${name} ${shapes}`),
        phase: 0,
        location: -1,
        workgroupsX: 0,
        workgroupsY: 0,
        workgroupsZ: 0,
        flops: NaN,
        bytesMoved: NaN,
      });
      launches.set(key, launch);
    }
    const endNs = nowNs + (timed ? ms * 1e6 : 0);
    builder.row('dispatches', {
      launch,
      step: -1,
      queue: 0,
      flags: timed ? DISPATCH_FLAGS.timed : 0,
      cpuNs: NaN,
      startNs: timed ? nowNs : NaN,
      endNs: timed ? endNs : NaN,
    });
    if (!Number.isNaN(bytes)) builder.row('samples', { series, atNs: endNs, value: bytes });
    nowNs = endNs;
  }
  builder.setMeta({
    origin: 'import:tfjs',
    status: 'ok',
    adapterReason: 'tf.profile() does not name one',
    clock: { source: 'imported', resolutionNs: 1000, alignmentErrorNs: null },
    notes: [
      'tf.profile() does not record when a kernel ran: kernels are laid end to end, gaps between them are unknown.',
      ...(untimed > 0
        ? [`Kernels without a time (the backend gave none): ${untimed} of ${list.length}.`]
        : []),
      ...(Number.isNaN(peakBytes) ? [] : [`Peak of tensor memory: ${peakBytes} bytes.`]),
      'It records no grid: occupancy is unknown.',
    ],
  });
  return builder.build();
}
