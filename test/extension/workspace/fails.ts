// Trains for some steps, then throws.
import { data, nn, optim } from 'kernelscope';

const { train } = await data.mnist();
const loader = new data.DataLoader(train, { batchSize: 32, shuffle: true, seed: 1 });
const model = new nn.Sequential(new nn.Flatten(), new nn.Linear(784, 10));
const criterion = new nn.CrossEntropyLoss();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.05 });

let step = 0;
for await (const [images, labels] of loader) {
  optimizer.zeroGrad();
  const loss = criterion.forward(model.forward(images), labels);
  loss.backward();
  optimizer.step();
  if (++step === 12) throw new Error('the learning rate ran away');
}
