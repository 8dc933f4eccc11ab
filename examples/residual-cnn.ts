// A residual network on a harder set of images: digits in random colors, sizes and places on colored stripes and noise, 32 x 32.
// Reaches at least 85 % on test images after 4 epochs.
import { data, manualSeed, nn, noGrad, optim, tensor, type Tensor } from 'kernelscope';

const batchSize = 64;
const epochs = 4;
const SIZE = 32;

class Residual extends nn.Module {
  conv1: nn.Conv2d;
  norm1: nn.BatchNorm2d;
  conv2: nn.Conv2d;
  norm2: nn.BatchNorm2d;
  shortcut: nn.Conv2d | null;

  constructor(channels: number, made: number, stride: number) {
    super();
    this.conv1 = new nn.Conv2d(channels, made, 3, { stride, padding: 1, bias: false });
    this.norm1 = new nn.BatchNorm2d(made);
    this.conv2 = new nn.Conv2d(made, made, 3, { padding: 1, bias: false });
    this.norm2 = new nn.BatchNorm2d(made);
    this.shortcut = stride === 1 ? null : new nn.Conv2d(channels, made, 1, { stride, bias: false });
  }

  override forward(x: Tensor): Tensor {
    const h = this.norm1.forward(this.conv1.forward(x)).relu();
    const y = this.norm2.forward(this.conv2.forward(h));
    return y.add(this.shortcut ? this.shortcut.forward(x) : x).relu();
  }
}

/** Each digit scaled, colored and put somewhere on a striped and noisy ground. */
async function clutter(
  digits: data.ImageDataset,
  seed: number,
): Promise<data.TensorDataset<[Tensor, Tensor]>> {
  const [images, labels] = digits.tensors;
  const pixels = await images.data();
  const random = mulberry(seed);
  const between = (low: number, high: number): number => low + (high - low) * random();
  const made = new Uint8Array(digits.length * 3 * SIZE * SIZE);
  for (let n = 0; n < digits.length; n++) {
    const ink = [random(), random(), random()];
    const ground = ink.map((channel) => (channel + between(0.4, 0.6)) % 1);
    const [scale, angle, wave] = [between(0.8, 1.15), between(-0.25, 0.25), between(0.3, 1)];
    const [left, top] = [between(-3, 3), between(-3, 3)];
    for (let y = 0; y < SIZE; y++)
      for (let x = 0; x < SIZE; x++) {
        const [u, v] = [(x - 16 - left) / scale, (y - 16 - top) / scale];
        const column = Math.round(u * Math.cos(angle) + v * Math.sin(angle) + 14);
        const row = Math.round(v * Math.cos(angle) - u * Math.sin(angle) + 14);
        const inside = column >= 0 && column < 28 && row >= 0 && row < 28;
        const share = inside ? pixels[n * 784 + row * 28 + column]! / 255 : 0;
        const stripe = 0.15 * Math.sin(wave * (x + 2 * y));
        for (let channel = 0; channel < 3; channel++) {
          const value =
            share * ink[channel]! + (1 - share) * (ground[channel]! + stripe) + between(-0.1, 0.1);
          made[((n * 3 + channel) * SIZE + y) * SIZE + x] = Math.max(
            0,
            Math.min(255, Math.round(255 * value)),
          );
        }
      }
  }
  return new data.TensorDataset([tensor(made, { shape: [digits.length, 3, SIZE, SIZE] }), labels], {
    transform: ([x, y]) => [x.to('f32', { scale: 4 / 255, shift: -2 }), y],
  });
}

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

manualSeed(1);
const digits = await data.mnist();
const train = await clutter(digits.train, 1);
const test = await clutter(digits.test, 2);
const trainLoader = new data.DataLoader(train, { batchSize, shuffle: true, seed: 1 });
const testLoader = new data.DataLoader(test, { batchSize: 250 });

const model = new nn.Sequential(
  new nn.Conv2d(3, 16, 3, { stride: 2, padding: 1, bias: false }),
  new nn.BatchNorm2d(16),
  new nn.ReLU(),
  new Residual(16, 16, 1),
  new Residual(16, 32, 2),
  new Residual(32, 64, 2),
  new nn.AdaptiveAvgPool2d(1),
  new nn.Flatten(),
  new nn.Linear(64, 10),
);
const criterion = new nn.CrossEntropyLoss({ labelSmoothing: 0.05 });
const optimizer = new optim.AdamW(model.parameters(), { weightDecay: 0.01 });
const schedule = new optim.OneCycleLR(optimizer, { maxLr: 5e-3, totalSteps: epochs * trainLoader.length });

for (let epoch = 1; epoch <= epochs; epoch++) {
  model.train();
  let step = 0;
  for await (const [images, labels] of trainLoader) {
    optimizer.zeroGrad();
    const loss = criterion.forward(model.forward(images), labels);
    loss.backward();
    optimizer.step();
    schedule.step();
    if (step++ % 40 === 0) console.log(`epoch ${epoch} step ${step} loss ${(await loss.item()).toFixed(4)}`);
  }

  model.eval();
  let correct = 0;
  for await (const [images, labels] of testLoader) {
    const predicted = noGrad(() => model.forward(images).argmax(1));
    correct += await predicted.eq(labels).sum().item();
  }
  console.log(`epoch ${epoch} test accuracy ${((100 * correct) / test.length).toFixed(1)} %`);
}
