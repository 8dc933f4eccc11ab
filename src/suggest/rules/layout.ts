/**
 * L1: the other memory layout for convolutions. One trace cannot tell which is faster here, so the rule speaks only where one
 * edit switches the whole network and a proof can decide: convolutions 20 % or more of the GPU time, the layout one literal, and
 * more to gain than reordering the input of each step would cost.
 * Published for channels-last on GPUs: ResNet-50 +22 %, 8 to 35 % over models (PyTorch's memory-format tutorial).
 */
import { formatNs, formatShare } from '../../base/format.ts';
import { sum } from '../../base/stats.ts';
import type { Result } from '../../base/result.ts';
import { ROLES } from '../../trace/model.ts';
import type { Facts } from '../facts.ts';
import { isReorder } from '../reorders.ts';
import type { Rule } from '../rule.ts';
import { stepNsOf } from '../saving.ts';
import type { FoundValue, SourceFinder } from '../source-finder.ts';
import type { Suggestion } from '../suggestion.ts';

const SHARE = 0.2;
const PUBLISHED = { low: -0.08, middle: 0.08, high: 0.35 } as const;

const INPUT = ROLES.indexOf('input');

const OTHER: Readonly<Record<string, string>> = {
  nchw: 'nhwc',
  nhwc: 'nchw',
  channelsFirst: 'channelsLast',
  channelsLast: 'channelsFirst',
};

const LAYERS = ['Conv2d', 'ConvTranspose2d', 'MaxPool2d', 'AvgPool2d', 'BatchNorm2d', 'AdaptiveAvgPool2d'];
const TENSORFLOW_LAYERS = [
  'conv2d',
  'conv2dTranspose',
  'maxPooling2d',
  'averagePooling2d',
  'separableConv2d',
  'depthwiseConv2d',
];

function layoutLiteral(source: SourceFinder): Result<FoundValue<string>, string> {
  const own = source.sharedOption('layout', LAYERS);
  return own.ok ? own : source.sharedOption('dataFormat', TENSORFLOW_LAYERS);
}

/** Ns to read and write once what the first convolution of a step reads, at the best rate of the trace; 0 unknown. */
function inputTransformNs(facts: Facts): number {
  const first = facts.stepLaunches.find((l) => facts.trace.kernels[l.kernel]?.family === 'convolution');
  const { bindings, buffers } = facts.trace.tables;
  let bytes = 0;
  for (let i = 0; i < bindings.length; i++)
    if (bindings.launch[i] === first?.launch && buffers.role[bindings.buffer[i] as number] === INPUT)
      bytes += bindings.sizeBytes[i] as number;
  return ((2 * bytes) / facts.bestBytesRate) * 1e9 || 0;
}

export const layout: Rule = {
  id: 'layout',
  title: 'Try the other memory layout for convolutions',
  keepsResults: false,
  inspect(facts, source): Suggestion[] {
    const stepNs = stepNsOf(facts);
    const isConvolution = (kernel: number): boolean => facts.trace.kernels[kernel]?.family === 'convolution';
    const own = facts.stepLaunches.filter((l) => isConvolution(l.kernel));
    const ns = sum(own.map((l) => l.medianNs * l.perStep));
    const share = ns / facts.steps.gpuBusyNs;
    if (!(share >= SHARE) || !(stepNs > 0)) return [];
    const literal = layoutLiteral(source);
    if (!literal.ok) return [];
    const other = OTHER[literal.value.value];
    if (other === undefined) return [];
    const part = Math.min(1, ns / stepNs);
    const transform = inputTransformNs(facts);
    const reorders = facts.stepLaunches.filter((l) => isReorder(facts.trace.kernels[l.kernel]));
    // The rows of each step come in the old layout unless the data set is kept in the new one: low counts that against it.
    if (transform > ns * (1 - 1 / (1 + PUBLISHED.high))) return [];
    const gain = (x: number, against = 0): number => 1 / (1 - part + part / (1 + x) + against / stepNs);
    return [
      {
        id: `layout:${literal.value.at.file}`,
        rule: 'layout',
        title: `Try ${other} instead of ${literal.value.value} for the convolutions`,
        at: literal.value.at,
        evidence: [
          {
            text: `Convolutions take ${formatNs(ns)} a step, ${formatShare(share)} of the GPU time`,
            basis: 'measured',
            value: share,
            unit: 'share',
          },
          {
            text: `${Math.round(sum(reorders.map((l) => l.perStep)))} transposes a step take ${formatNs(sum(reorders.map((l) => l.medianNs * l.perStep)))}; reordering the input of each step would take about ${formatNs(transform)}`,
            basis: 'computed',
            value: transform,
            unit: 'ns',
          },
          {
            text: 'Which layout is faster depends on the device, the channels and the kernels: the trial decides',
            basis: 'estimated',
          },
        ],
        edit: literal.value.edit(other),
        caution:
          'The data must come in the same layout, and weights saved in one layout do not load into the other. ' +
          'Weights are drawn in another order, so losses agree only in distribution.',
        predicted: {
          speedup: gain(PUBLISHED.middle),
          low: gain(PUBLISHED.low, transform),
          high: gain(PUBLISHED.high),
          formula: 'convolutions / (1 + published gain of the layout)',
        },
        verdict: null,
      },
    ];
  },
};
