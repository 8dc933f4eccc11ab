// Handwritten digits with a multilayer perceptron. Reaches at least 95 % on the test digits after 5 epochs.
import { data, nn, noGrad, optim } from 'kernelscope';

const batchSize = 64;
const epochs = 5;

const { train, test } = await data.mnist();
const trainLoader = new data.DataLoader(train, { batchSize, shuffle: true, seed: 1 });
const testLoader = new data.DataLoader(test, { batchSize: 500 });

const model = new nn.Sequential(
  new nn.Flatten(),
  new nn.Linear(784, 512),
  new nn.ReLU(),
  new nn.Linear(512, 256),
  new nn.ReLU(),
  new nn.Linear(256, 10),
);
const criterion = new nn.CrossEntropyLoss();
const optimizer = new optim.Adam(model.parameters(), { lr: 2e-3 });
const schedule = new optim.OneCycleLR(optimizer, { maxLr: 2e-3, totalSteps: epochs * trainLoader.length });

for (let epoch = 1; epoch <= epochs; epoch++) {
  let step = 0;
  for await (const [images, labels] of trainLoader) {
    optimizer.zeroGrad();
    const loss = criterion.forward(model.forward(images), labels);
    loss.backward();
    optimizer.step();
    schedule.step();
    if (step++ % 50 === 0) console.log(`epoch ${epoch} step ${step} loss ${(await loss.item()).toFixed(4)}`);
  }
}

let correct = 0;
for await (const [images, labels] of testLoader) {
  const predicted = noGrad(() => model.forward(images).argmax(1));
  correct += await predicted.eq(labels).sum().item();
}
console.log(`test accuracy ${((100 * correct) / test.length).toFixed(1)} %`);
