// A small network on the MNIST digits, with a batch that is too small for any device.
import { data, nn, optim } from 'kernelscope';

const { train } = await data.mnist();
const loader = new data.DataLoader(train, { batchSize: 8, shuffle: true, seed: 1 });

const model = new nn.Sequential(
  new nn.Flatten(),
  new nn.Linear(784, 256),
  new nn.ReLU(),
  new nn.Linear(256, 10),
);
const criterion = new nn.CrossEntropyLoss();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.05, momentum: 0.9 });

let step = 0;
for await (const [images, labels] of loader) {
  optimizer.zeroGrad();
  const loss = criterion.forward(model.forward(images), labels);
  loss.backward();
  optimizer.step();
  if (step++ % 10 === 0) console.log(`step ${step} loss ${(await loss.item()).toFixed(3)}`);
}
