// Trains for a while; then its process dies without a word.
import { data, nn, optim } from 'kernelscope';

const { train } = await data.mnist();
const loader = new data.DataLoader(train, { batchSize: 32, shuffle: true, seed: 1 });
const model = new nn.Sequential(new nn.Flatten(), new nn.Linear(784, 10));
const criterion = new nn.CrossEntropyLoss();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.05 });

declare const process: { readonly pid: number; kill(pid: number, signal: string): void };

let step = 0;
for await (const [images, labels] of loader) {
  optimizer.zeroGrad();
  const loss = criterion.forward(model.forward(images), labels);
  loss.backward();
  optimizer.step();
  if (++step % 5 === 0) console.log(await loss.item());
  if (step === 30) process.kill(process.pid, 'SIGSEGV');
}
