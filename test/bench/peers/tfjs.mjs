// The workloads in TensorFlow.js, by its core operations and `optimizer.minimize`: its fast path.
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';

/** OIHW to TensorFlow's HWIO. */
function hwio(numbers, [outs, ins, height, width]) {
  const turned = new Float32Array(numbers.length);
  for (let o = 0; o < outs; o++)
    for (let i = 0; i < ins; i++)
      for (let at = 0; at < height * width; at++)
        turned[(at * ins + i) * outs + o] = numbers[(o * ins + i) * height * width + at];
  return turned;
}

/** [out, in] to [in, out]; where `in` is a flattened [channels, ...places], channels go last. */
function inOut(numbers, [outs, ins], channels = 1) {
  const turned = new Float32Array(numbers.length);
  const places = ins / channels;
  for (let o = 0; o < outs; o++)
    for (let c = 0; c < channels; c++)
      for (let at = 0; at < places; at++)
        turned[(at * channels + c) * outs + o] = numbers[o * ins + c * places + at];
  return turned;
}

export async function train(workload, numbers) {
  if (!(await tf.setBackend('webgpu'))) throw new Error("tf.setBackend('webgpu') returned false");
  await tf.ready();
  const { name, batch, classes, context, width, heads, layers } = workload;
  const floats = ({ shape, offset }) =>
    new Float32Array(
      numbers,
      offset * 4,
      shape.reduce((a, b) => a * b, 1),
    );
  const integers = ({ shape, offset }) =>
    new Int32Array(
      numbers,
      offset * 4,
      shape.reduce((a, b) => a * b, 1),
    );

  const v = {};
  for (const [key, place] of Object.entries(workload.parameters)) {
    let values = floats(place);
    let shape = place.shape;
    if (shape.length === 4) {
      values = hwio(values, shape);
      shape = [shape[2], shape[3], shape[1], shape[0]];
    } else if (shape.length === 2 && !/^w[tp]e/.test(key)) {
      values = inOut(values, shape, name === 'cnn' && key === 'fc1.weight' ? 64 : 1);
      shape = [shape[1], shape[0]];
    }
    v[key] = tf.variable(tf.tensor(values, shape), true, key);
  }
  const batches = workload.batches.map(({ x, y }) => ({
    x:
      name === 'gpt'
        ? tf.tensor(integers(x), x.shape, 'int32')
        : tf.tensor(floats(x), name === 'cnn' ? [batch, 28, 28, 1] : x.shape),
    y: tf.tidy(() => tf.oneHot(tf.tensor(integers(y), y.shape, 'int32'), classes).toFloat()),
  }));

  const linear = (x, layer) => {
    const y = tf.matMul(x, v[`${layer}.weight`]);
    return v[`${layer}.bias`] ? tf.add(y, v[`${layer}.bias`]) : y;
  };
  const norm = (x, layer) => {
    const { mean, variance } = tf.moments(x, -1, true);
    return tf.add(
      tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5))), v[`${layer}.weight`]),
      v[`${layer}.bias`],
    );
  };
  const gelu = (x) =>
    tf.mul(
      tf.mul(0.5, x),
      tf.add(
        1,
        tf.tanh(tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.mul(x, tf.mul(x, x)))))),
      ),
    );
  const later = Float32Array.from({ length: context * context }, (_, i) =>
    i % context > Math.floor(i / context) ? -1e9 : 0,
  );
  const mask = tf.tensor(later, [context, context]);

  const models = {
    mlp: (x) => linear(tf.relu(linear(tf.relu(linear(x, 'fc1')), 'fc2')), 'fc3'),
    cnn(x) {
      let h = tf.relu(tf.add(tf.conv2d(x, v['conv1.weight'], 1, 'valid'), v['conv1.bias']));
      h = tf.relu(tf.add(tf.conv2d(h, v['conv2.weight'], 1, 'valid'), v['conv2.bias']));
      h = tf.reshape(tf.maxPool(h, 2, 2, 'valid'), [batch, 9216]);
      return linear(tf.relu(linear(h, 'fc1')), 'fc2');
    },
    gpt(x) {
      const rows = batch * context;
      const size = width / heads;
      let h = tf.reshape(tf.add(tf.gather(v['wte.weight'], x), v['wpe.weight']), [rows, width]);
      for (let layer = 0; layer < layers; layer++) {
        const at = `blocks.${layer}`;
        const parts = tf.split(linear(norm(h, `${at}.ln1`), `${at}.qkv`), 3, 1);
        const [q, k, values] = parts.map((part) =>
          tf.transpose(tf.reshape(part, [batch, context, heads, size]), [0, 2, 1, 3]),
        );
        const shares = tf.softmax(tf.add(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(size)), mask));
        const mixed = tf.reshape(tf.transpose(tf.matMul(shares, values), [0, 2, 1, 3]), [rows, width]);
        h = tf.add(h, linear(mixed, `${at}.proj`));
        h = tf.add(h, linear(gelu(linear(norm(h, `${at}.ln2`), `${at}.fc`)), `${at}.out`));
      }
      return linear(norm(h, 'lnf'), 'head');
    },
  };
  const variables = Object.values(v);
  const optimizer = {
    mlp: () => tf.train.adam(1e-3),
    cnn: () => tf.train.momentum(0.01, 0.9),
    gpt: () => tf.train.adam(3e-4),
  }[name]();

  return {
    step(index) {
      const { x, y } = batches[index % batches.length];
      // It has no AdamW; decoupled decay by hand, as its users write it.
      if (name === 'gpt')
        tf.tidy(() => variables.forEach((variable) => variable.assign(tf.mul(variable, 1 - 3e-4 * 0.1))));
      return optimizer.minimize(() => tf.losses.softmaxCrossEntropy(y, models[name](x)), true, variables);
    },
    async read(loss) {
      const [value] = await loss.data();
      loss.dispose();
      return value;
    },
  };
}
