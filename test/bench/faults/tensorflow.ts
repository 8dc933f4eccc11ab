/** Faults in scripts on TensorFlow.js. */
import type { FaultPair } from './pair.ts';

/** A classifier; `train` is how it is trained. */
function script(train: string, hidden = 256): string {
  return `
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';
await tf.setBackend('webgpu');
await tf.ready();
const rows = 1024;
const x = tf.randomNormal([rows, 64]);
const y = tf.oneHot(tf.tensor1d(Array.from({ length: rows }, (_, i) => i % 10), 'int32'), 10);
const model = tf.sequential();
model.add(tf.layers.dense({ inputShape: [64], units: ${hidden}, activation: 'relu' }));
model.add(tf.layers.dense({ units: 10, activation: 'softmax' }));
model.compile({ optimizer: tf.train.sgd(0.01), loss: 'categoricalCrossentropy' });
${train}
`;
}

const fit = (batch: number, epochs: number): string =>
  script(`await model.fit(x, y, { batchSize: ${batch}, epochs: ${epochs}, shuffle: false });`);
const loop = (after: string, steps = 40): string =>
  script(`
const optimizer = tf.train.sgd(0.01);
const kept = [];
for (let step = 0; step < ${steps}; step++) {
  const loss = optimizer.minimize(() => tf.losses.softmaxCrossEntropy(y, model.predict(x)), true);
  ${after}
}`);

export const TENSORFLOW: readonly FaultPair[] = [
  { name: 'tfjs, a batch of 8', rule: 'batch-size', faulty: fit(8, 1), mended: fit(1024, 60) },
  { name: 'tfjs, a batch of 16', rule: 'batch-size', faulty: fit(16, 1), mended: fit(1024, 60) },
  {
    name: 'tfjs, tensors in a list',
    rule: 'memory-leak',
    faulty: loop('kept.push(tf.add(loss, 1)); loss.dispose(); await tf.nextFrame();'),
    mended: loop('loss.dispose(); await tf.nextFrame();'),
  },
  {
    name: 'tfjs, the loss read each step',
    rule: 'loss-readback',
    faulty: loop('console.log((await loss.data())[0]); loss.dispose();'),
    mended: loop(
      'if (step % 20 === 0) console.log((await loss.data())[0]); loss.dispose(); await tf.nextFrame();',
    ),
  },
];
