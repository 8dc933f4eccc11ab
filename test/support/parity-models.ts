/** The models of test/golden/torch/models.py, in our own library: the same names, so that states fit. */
import * as nn from '../../src/nn/index.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';

export class Mlp extends nn.Module {
  readonly fc1 = new nn.Linear(64, 48);
  readonly fc2 = new nn.Linear(48, 32);
  readonly fc3 = new nn.Linear(32, 10);

  override forward(x: Tensor): Tensor {
    return this.fc3.forward(this.fc2.forward(this.fc1.forward(x).relu()).relu());
  }
}

export class Cnn extends nn.Module {
  readonly conv1 = new nn.Conv2d(1, 8, 3);
  readonly conv2 = new nn.Conv2d(8, 16, 3, { padding: 1 });
  readonly norm = new nn.BatchNorm2d(8);
  readonly pool = new nn.MaxPool2d(2);
  readonly fc = new nn.Linear(144, 10);

  override forward(x: Tensor): Tensor {
    const h = this.pool.forward(this.norm.forward(this.conv1.forward(x)).relu());
    return this.fc.forward(this.pool.forward(this.conv2.forward(h).relu()).flatten(1));
  }
}

class Block extends nn.Module {
  readonly heads: number;
  readonly ln1: nn.LayerNorm;
  readonly ln2: nn.LayerNorm;
  readonly qkv: nn.Linear;
  readonly proj: nn.Linear;
  readonly fc: nn.Linear;
  readonly out: nn.Linear;

  constructor(width: number, heads: number) {
    super();
    this.heads = heads;
    this.ln1 = new nn.LayerNorm(width);
    this.ln2 = new nn.LayerNorm(width);
    this.qkv = new nn.Linear(width, 3 * width);
    this.proj = new nn.Linear(width, width);
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
    const mixed = nn.functional.scaledDotProductAttention(q, k, v, { isCausal: true });
    const h = x.add(this.proj.forward(mixed.transpose(1, 2).reshape(batch, length, width)));
    return h.add(this.out.forward(this.fc.forward(this.ln2.forward(h)).gelu('tanh')));
  }
}

export class Gpt extends nn.Module {
  readonly wte = new nn.Embedding(29, 32);
  readonly wpe = new nn.Embedding(16, 32);
  readonly blocks = [new Block(32, 4), new Block(32, 4)];
  readonly lnf = new nn.LayerNorm(32);
  readonly head = new nn.Linear(32, 29, { bias: false });

  override forward(x: Tensor): Tensor {
    let h = this.wte.forward(x).add(this.wpe.weight);
    for (const block of this.blocks) h = block.forward(h);
    return this.head.forward(this.lnf.forward(h)).flatten(0, 1);
  }
}

export class Lstm extends nn.Module {
  readonly embed = new nn.Embedding(27, 16);
  readonly lstm = new nn.LSTM(16, 32, { batchFirst: true });
  readonly fc = new nn.Linear(32, 27);

  override forward(x: Tensor): Tensor {
    const [output] = this.lstm.forward(this.embed.forward(x));
    return this.fc.forward(output).flatten(0, 1);
  }
}
