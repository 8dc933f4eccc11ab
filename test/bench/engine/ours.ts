/** The workloads on our own engine, as a user writes them. */
import { nn, optim, tensor, type Tensor } from 'kernelscope';
import { entryChannelsLast } from './channels-last.ts';
import type { Training } from './protocol.ts';
import type { Place, Workload } from './workloads.ts';

const countOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

class Mlp extends nn.Module {
  readonly fc1 = new nn.Linear(784, 512);
  readonly fc2 = new nn.Linear(512, 256);
  readonly fc3 = new nn.Linear(256, 10);

  override forward(x: Tensor): Tensor {
    return this.fc3.forward(this.fc2.forward(this.fc1.forward(x).relu()).relu());
  }
}

type Layout = 'nchw' | 'nhwc';

class Cnn extends nn.Module {
  readonly conv1: nn.Conv2d;
  readonly conv2: nn.Conv2d;
  readonly pool: nn.MaxPool2d;
  readonly fc1 = new nn.Linear(9216, 128);
  readonly fc2 = new nn.Linear(128, 10);

  constructor(layout: Layout) {
    super();
    this.conv1 = new nn.Conv2d(1, 32, 3, { layout });
    this.conv2 = new nn.Conv2d(32, 64, 3, { layout });
    this.pool = new nn.MaxPool2d(2, { layout });
  }

  override forward(x: Tensor): Tensor {
    const h = this.conv2.forward(this.conv1.forward(x).relu()).relu();
    return this.fc2.forward(this.fc1.forward(this.pool.forward(h).flatten(1)).relu());
  }
}

class Block extends nn.Module {
  readonly heads: number;
  readonly ln1: nn.LayerNorm;
  readonly qkv: nn.Linear;
  readonly proj: nn.Linear;
  readonly ln2: nn.LayerNorm;
  readonly fc: nn.Linear;
  readonly out: nn.Linear;

  constructor(width: number, heads: number) {
    super();
    this.heads = heads;
    this.ln1 = new nn.LayerNorm(width);
    this.qkv = new nn.Linear(width, 3 * width);
    this.proj = new nn.Linear(width, width);
    this.ln2 = new nn.LayerNorm(width);
    this.fc = new nn.Linear(width, 4 * width);
    this.out = new nn.Linear(4 * width, width);
  }

  override forward(x: Tensor): Tensor {
    const [batch = 0, length = 0, width = 0] = x.shape;
    const parts = this.qkv.forward(this.ln1.forward(x)).split(width, 2);
    const [q, k, v] = parts.map((part) => part.reshape(batch, length, this.heads, -1).transpose(1, 2)) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const mixed = nn.functional
      .scaledDotProductAttention(q, k, v, { isCausal: true })
      .transpose(1, 2)
      .reshape(batch, length, width);
    const h = x.add(this.proj.forward(mixed));
    return h.add(this.out.forward(this.fc.forward(this.ln2.forward(h)).gelu('tanh')));
  }
}

class Gpt extends nn.Module {
  readonly wte: nn.Embedding;
  readonly wpe: nn.Embedding;
  readonly blocks: Block[];
  readonly lnf: nn.LayerNorm;
  readonly head: nn.Linear;

  constructor({ classes, context, width, heads, layers }: Workload) {
    super();
    this.wte = new nn.Embedding(classes, width);
    this.wpe = new nn.Embedding(context, width);
    this.blocks = Array.from({ length: layers }, () => new Block(width, heads));
    this.lnf = new nn.LayerNorm(width);
    this.head = new nn.Linear(width, classes, { bias: false });
  }

  override forward(x: Tensor): Tensor {
    let h = this.wte.forward(x).add(this.wpe.weight);
    for (const block of this.blocks) h = block.forward(h);
    return this.head.forward(this.lnf.forward(h)).flatten(0, 1);
  }
}

export async function train(workload: Workload, numbers: ArrayBuffer, layout: Layout): Promise<Training> {
  const floats = ({ shape, offset }: Place): Float32Array =>
    new Float32Array(numbers, offset * 4, countOf(shape));
  const integers = ({ shape, offset }: Place): Int32Array =>
    new Int32Array(numbers, offset * 4, countOf(shape));
  const model = { mlp: () => new Mlp(), cnn: () => new Cnn(layout), gpt: () => new Gpt(workload) }[
    workload.name
  ]();
  const last = layout === 'nhwc';
  const state = Object.entries(workload.parameters).map(([name, place]): [string, nn.StateEntry] => {
    const entry = { shape: place.shape, data: floats(place) };
    return [name, last ? entryChannelsLast(name, entry) : entry];
  });
  model.loadStateDict(Object.fromEntries(state));
  const batches = workload.batches.map(({ x, y }) => ({
    x: tensor(workload.name === 'gpt' ? integers(x) : floats(x), {
      shape: last ? [workload.batch, 28, 28, 1] : x.shape,
    }).keep(),
    y: tensor(integers(y), { shape: y.shape }).keep(),
  }));
  const parameters = model.parameters();
  const optimizer = {
    mlp: () => new optim.Adam(parameters, { lr: 1e-3 }),
    cnn: () => new optim.SGD(parameters, { lr: 0.01, momentum: 0.9 }),
    gpt: () => new optim.AdamW(parameters, { lr: 3e-4, weightDecay: 0.1 }),
  }[workload.name]();
  const criterion = new nn.CrossEntropyLoss();
  return {
    step(index) {
      const { x, y } = batches[index % batches.length] as (typeof batches)[number];
      optimizer.zeroGrad();
      const loss = criterion.forward(model.forward(x), y);
      loss.backward();
      optimizer.step();
      return loss;
    },
    read: (loss) => (loss as Tensor).item(),
  };
}
