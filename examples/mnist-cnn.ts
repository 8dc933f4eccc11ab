// Handwritten digits with a small convolutional network. Reaches at least 97 % on the test digits after 3 epochs.
import { data, nn, noGrad, optim } from 'kernelscope';

const batchSize = 64;
const epochs = 3;

const { train, test } = await data.mnist();
const trainLoader = new data.DataLoader(train, { batchSize, shuffle: true, seed: 1 });
const testLoader = new data.DataLoader(test, { batchSize: 250 });

const model = new nn.Sequential(
  new nn.Conv2d(1, 16, 3, { padding: 1 }),
  new nn.ReLU(),
  new nn.MaxPool2d(2),
  new nn.Conv2d(16, 32, 3, { padding: 1 }),
  new nn.ReLU(),
  new nn.MaxPool2d(2),
  new nn.Flatten(),
  new nn.Linear(32 * 7 * 7, 128),
  new nn.ReLU(),
  new nn.Linear(128, 10),
);
const criterion = new nn.CrossEntropyLoss();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.05, momentum: 0.9 });
const schedule = new optim.OneCycleLR(optimizer, { maxLr: 0.05, totalSteps: epochs * trainLoader.length });

for (let epoch = 1; epoch <= epochs; epoch++) {
  model.train();
  let step = 0;
  for await (const [images, labels] of trainLoader) {
    optimizer.zeroGrad();
    const loss = criterion.forward(model.forward(images), labels);
    loss.backward();
    optimizer.step();
    schedule.step();
    if (step++ % 20 === 0) console.log(`epoch ${epoch} step ${step} loss ${(await loss.item()).toFixed(4)}`);
  }

  model.eval();
  let correct = 0;
  for await (const [images, labels] of testLoader) {
    const predicted = noGrad(() => model.forward(images).argmax(1));
    correct += await predicted.eq(labels).sum().item();
  }
  console.log(`epoch ${epoch} test accuracy ${((100 * correct) / test.length).toFixed(1)} %`);
}
