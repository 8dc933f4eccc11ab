/**
 * L1: the other memory layout for convolutions. One trace cannot tell which is faster here, so the rule speaks only where one
 * edit switches the whole network and a proof can decide: convolutions 20 % or more of the GPU time, the layout one literal.
 * Published for channels-last on GPUs: ResNet-50 +22 %, 8 to 35 % over models (PyTorch's memory-format tutorial).
 */
import { formatNs, formatShare } from '../../base/format.ts';
import { sum } from '../../base/stats.ts';
import type { Result } from '../../base/result.ts';
import type { Rule } from '../rule.ts';
import { stepNsOf } from '../saving.ts';
import type { FoundValue, SourceFinder } from '../source-finder.ts';
import type { Suggestion } from '../suggestion.ts';

const SHARE = 0.2;
const PUBLISHED = { low: -0.08, middle: 0.08, high: 0.35 } as const;

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
    const gain = (x: number): number => 1 / (1 - part + part / (1 + x));
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
          low: gain(PUBLISHED.low),
          high: gain(PUBLISHED.high),
          formula: 'convolutions / (1 + published gain of the layout)',
        },
        verdict: null,
      },
    ];
  },
};
