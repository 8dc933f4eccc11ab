/** Suggestions as the rules and the proof give them, for pictures of every verdict. */
import type { Suggestion } from '../../src/suggest/suggestion.ts';

export const MADE_SUGGESTIONS: readonly Suggestion[] = [
  {
    id: 'batch-size:mnist-cnn',
    rule: 'batch-size',
    title: 'Raise the batch from 32 to 128',
    at: { file: '/home/ada/train/mnist-cnn.ts', line: 12, column: 14 },
    evidence: [
      {
        text: "Of a step of 47 ms, 18 ms (38 %) does not grow with the batch: GPU idle 11 ms, optimizer 2.1 ms, start-up of kernels 4.0 ms, weights' traffic up to 900 µs",
        basis: 'estimated',
      },
      { text: 'The GPU is busy 61 % of a timed step', basis: 'measured' },
      {
        text: '9 of 31 launches of a step have fewer workgroups than the device has units',
        basis: 'computed',
      },
    ],
    edit: {
      file: '/home/ada/train/mnist-cnn.ts',
      start: 310,
      end: 312,
      oldText: 'batchSize: 32',
      newText: 'batchSize: 128',
    },
    caution:
      'A batch 4x as large makes 4x fewer updates an epoch, so training itself changes. Scale the learning rate by 4 (SGD, with some warm-up steps) or about 2 (Adam), and compare the loss at equal epochs.',
    predicted: { speedup: 1.28, low: 1.17, high: 1.36, memory: 1.9 },
    verdict: {
      kind: 'confirmed',
      speedup: 1.31,
      low: 1.28,
      high: 1.34,
      memory: 1.9,
      lossBefore: 0.409,
      lossAfter: 0.412,
      lossRows: 1280,
      lossCurves: {
        before: Array.from({ length: 32 }, (_, i) => ({
          rows: 32 * (i + 1),
          loss: 0.38 + 1.9 / (1 + i / 3),
        })),
        after: Array.from({ length: 32 }, (_, i) => ({ rows: 128 * (i + 1), loss: 0.3 + 2 / (1 + i) })),
      },
      trials: 6,
    },
    curve: [8, 16, 32, 64, 128, 256, 512].map((batch) => ({
      batch,
      samplesPerSecond: 4200 / (1 + 48 / batch),
      peakBytes: 4e6 + batch * 1.5e5,
      basis: batch === 32 || batch === 128 ? 'measured' : 'estimated',
    })),
  },
  {
    id: 'layout:conv',
    rule: 'layout',
    title: 'Use nhwc in the convolutions',
    at: { file: '/home/ada/train/mnist-cnn.ts', line: 18, column: 20 },
    evidence: [
      {
        text: 'Convolutions take 76 % of the GPU time and reach 31 % of the measured ceiling',
        basis: 'measured',
      },
    ],
    edit: {
      file: '/home/ada/train/mnist-cnn.ts',
      start: 410,
      end: 416,
      oldText: "'nchw'",
      newText: "'nhwc'",
    },
    predicted: { speedup: 1.12, low: 1.05, high: 1.2 },
    verdict: null,
  },
  {
    id: 'readback:loss',
    rule: 'readback',
    title: 'Read the loss every tenth step',
    at: { file: '/home/ada/train/mnist-cnn.ts', line: 47, column: 5 },
    evidence: [{ text: 'The GPU waits 4 % of a step for the loss', basis: 'measured' }],
    edit: { file: '/home/ada/train/mnist-cnn.ts', start: 700, end: 701, oldText: '1', newText: '10' },
    predicted: { speedup: 1.04, low: 1.01, high: 1.08 },
    verdict: {
      kind: 'refuted',
      speedup: 1.0,
      low: 0.98,
      high: 1.02,
      trials: 8,
      reason: 'The interval contains no change',
    },
  },
];
