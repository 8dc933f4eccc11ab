// The workloads in jax-js, the whole training step in one jit: its fast path. Each use of an array consumes a reference.
import {
  blockUntilReady,
  defaultDevice,
  init,
  jit,
  lax,
  nn,
  numpy as np,
  tree,
  valueAndGrad,
} from '@jax-js/jax';

export async function train(workload, numbers) {
  if (!(await init('webgpu')).includes('webgpu')) throw new Error('jax-js found no WebGPU device');
  defaultDevice('webgpu');
  const { name, batch, classes, context, width, heads, layers } = workload;
  const countOf = (shape) => shape.reduce((a, b) => a * b, 1);
  const floats = ({ shape, offset }) =>
    np.array(new Float32Array(numbers, offset * 4, countOf(shape))).reshape(shape);
  const integers = ({ shape, offset }) =>
    np.array(new Int32Array(numbers, offset * 4, countOf(shape)), { dtype: np.int32 }).reshape(shape);

  let parameters = Object.fromEntries(
    Object.entries(workload.parameters).map(([key, place]) => {
      const dense = place.shape.length === 2 && !/^w[tp]e/.test(key);
      return [key, dense ? floats(place).transpose() : floats(place)];
    }),
  );
  await blockUntilReady(parameters);
  const batches = workload.batches.map(({ x, y }) => ({
    x: name === 'gpt' ? integers(x) : floats(x),
    y: integers(y),
  }));

  function logits(p, x) {
    const use = (key) => p[key].ref;
    const linear = (h, layer) => {
      const y = np.matmul(h, use(`${layer}.weight`));
      return `${layer}.bias` in p ? y.add(use(`${layer}.bias`)) : y;
    };
    const norm = (h, layer) =>
      nn
        .standardize(h, -1, { epsilon: 1e-5 })
        .mul(use(`${layer}.weight`))
        .add(use(`${layer}.bias`));
    const conv = (h, layer, channels) =>
      lax
        .convGeneralDilated(h, use(`${layer}.weight`), [1, 1], 'VALID')
        .add(use(`${layer}.bias`).reshape([channels, 1, 1]));
    if (name === 'mlp') return linear(nn.relu(linear(nn.relu(linear(x, 'fc1')), 'fc2')), 'fc3');
    if (name === 'cnn') {
      const h = nn.relu(conv(nn.relu(conv(x, 'conv1', 32)), 'conv2', 64));
      const pooled = lax.reduceWindow(h, np.max, [2, 2], [2, 2]).reshape([batch, 9216]);
      return linear(nn.relu(linear(pooled, 'fc1')), 'fc2');
    }
    const size = width / heads;
    let h = np
      .take(use('wte.weight'), x, 0)
      .add(use('wpe.weight'))
      .reshape([batch * context, width]);
    for (let layer = 0; layer < layers; layer++) {
      const at = `blocks.${layer}`;
      const parts = np.split(linear(norm(h.ref, `${at}.ln1`), `${at}.qkv`), 3, 1);
      const [q, k, v] = parts.map((part) =>
        part.reshape([batch, context, heads, size]).transpose([0, 2, 1, 3]),
      );
      const scores = np.matmul(q, k.transpose([0, 1, 3, 2])).mul(1 / Math.sqrt(size));
      const shares = nn.softmax(np.where(np.tri(context, context, 0, { dtype: np.bool }), scores, -1e9), -1);
      const mixed = np
        .matmul(shares, v)
        .transpose([0, 2, 1, 3])
        .reshape([batch * context, width]);
      h = h.add(linear(mixed, `${at}.proj`));
      h = h.ref.add(linear(nn.gelu(linear(norm(h, `${at}.ln2`), `${at}.fc`)), `${at}.out`));
    }
    return linear(norm(h, 'lnf'), 'head');
  }

  const lossOf = (p, x, y) => {
    const rows = y.shape[0];
    const loss = nn
      .logSoftmax(logits(p, x), -1)
      .mul(nn.oneHot(y, classes))
      .sum()
      .mul(-1 / rows);
    tree.dispose(p);
    return loss;
  };

  const zeros = () =>
    Object.fromEntries(
      Object.entries(workload.parameters).map(([key]) => [key, np.zeros(parameters[key].shape)]),
    );
  let state =
    name === 'cnn' ? { v: zeros() } : { m: zeros(), v: zeros(), power1: np.array(1), power2: np.array(1) };

  /** Its optax is not on npm's registry: SGD with momentum, Adam and AdamW by their formulas. */
  function update(p, s, g) {
    const next = {};
    const v = {};
    if (name === 'cnn') {
      for (const key in p) {
        v[key] = s.v[key].mul(0.9).add(g[key]);
        next[key] = p[key].sub(v[key].ref.mul(0.01));
      }
      return [next, { v }];
    }
    const rate = name === 'gpt' ? 3e-4 : 1e-3;
    const power1 = s.power1.mul(0.9);
    const power2 = s.power2.mul(0.999);
    const scale1 = np.reciprocal(np.subtract(1, power1.ref));
    const scale2 = np.reciprocal(np.subtract(1, power2.ref));
    const m = {};
    for (const key in p) {
      m[key] = s.m[key].mul(0.9).add(g[key].ref.mul(0.1));
      v[key] = s.v[key].mul(0.999).add(np.square(g[key]).mul(0.001));
      const step = m[key].ref
        .mul(scale1.ref)
        .div(np.sqrt(v[key].ref.mul(scale2.ref)).add(1e-8))
        .mul(rate);
      next[key] = (name === 'gpt' ? p[key].mul(1 - rate * 0.1) : p[key]).sub(step);
    }
    scale1.dispose();
    scale2.dispose();
    return [next, { m, v, power1, power2 }];
  }

  const trainStep = jit((p, s, x, y) => {
    const [loss, gradients] = valueAndGrad(lossOf)(tree.ref(p), x, y);
    return [...update(p, s, gradients), loss];
  });

  return {
    step(index) {
      const { x, y } = batches[index % batches.length];
      let loss;
      [parameters, state, loss] = trainStep(parameters, state, x.ref, y.ref);
      return loss;
    },
    async read(loss) {
      return (await loss.data())[0];
    },
  };
}
