// Never ends by itself.
import { data, nn, optim } from 'kernelscope';

const { train } = await data.mnist();
const loader = new data.DataLoader(train, { shuffle: true, seed: 1 });
const model = new nn.Sequential(new nn.Flatten(), new nn.Linear(784, 10));
const criterion = new nn.CrossEntropyLoss();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.05 });

for (;;) {
  for await (const [images, labels] of loader) {
    optimizer.zeroGrad();
    criterion.forward(model.forward(images), labels).backward();
    optimizer.step();
  }
}
