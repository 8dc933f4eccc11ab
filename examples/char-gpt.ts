// A small GPT that learns to write like Lewis Carroll, letter by letter. After 400 steps the loss on text it has not seen
// is below 2.2 (guessing letters by their frequency gives 3.0), and what it writes has words in it.
import { readFile } from 'node:fs/promises';
import { data, manualSeed, nn, noGrad, optim, tensor, tidy, type Tensor } from 'kernelscope';

const batchSize = 16;
const context = 64;
const steps = 400;

class Block extends nn.Module {
  norm1: nn.LayerNorm;
  attention: nn.MultiheadAttention;
  norm2: nn.LayerNorm;
  expand: nn.Linear;
  contract: nn.Linear;

  constructor(width: number, heads: number) {
    super();
    this.norm1 = new nn.LayerNorm(width);
    this.attention = new nn.MultiheadAttention(width, heads, { batchFirst: true });
    this.norm2 = new nn.LayerNorm(width);
    this.expand = new nn.Linear(width, 4 * width);
    this.contract = new nn.Linear(4 * width, width);
  }

  override forward(x: Tensor): Tensor {
    const h = this.norm1.forward(x);
    const [mixed] = this.attention.forward(h, h, h, { isCausal: true, needWeights: false });
    const y = x.add(mixed);
    return y.add(this.contract.forward(this.expand.forward(this.norm2.forward(y)).gelu('tanh')));
  }
}

class Gpt extends nn.Module {
  letters: nn.Embedding;
  places: nn.Embedding;
  blocks: nn.Sequential;
  norm: nn.LayerNorm;
  head: nn.Linear;

  constructor(vocabulary: number, width = 96, heads = 4, layers = 2) {
    super();
    this.letters = new nn.Embedding(vocabulary, width);
    this.places = new nn.Embedding(context, width);
    this.blocks = new nn.Sequential(...Array.from({ length: layers }, () => new Block(width, heads)));
    this.norm = new nn.LayerNorm(width);
    this.head = new nn.Linear(width, vocabulary);
  }

  override forward(text: Tensor): Tensor {
    const x = this.letters.forward(text).add(this.places.weight.slice(0, 0, text.size(1)));
    return this.head.forward(this.norm.forward(this.blocks.forward(x)));
  }
}

const text = await readFile(new URL('data/alice.txt', import.meta.url), 'utf8');
const tokenizer = new data.CharacterTokenizer(text);
const codes = tokenizer.encode(text);
const split = Math.floor(0.9 * codes.length);

/** Pieces of text and, for each letter, the one that follows. */
function pieces(starts: readonly number[]): [text: Tensor, next: Tensor] {
  const cut = (shift: number): Tensor => {
    const letters = starts.flatMap((start) => [...codes.subarray(start + shift, start + shift + context)]);
    return tensor(Int32Array.from(letters), { shape: [starts.length, context] });
  };
  return [cut(0), cut(1)];
}

manualSeed(1);
const model = new Gpt(tokenizer.vocabularySize);
const criterion = new nn.CrossEntropyLoss();
const optimizer = new optim.AdamW(model.parameters(), { lr: 3e-3, weightDecay: 0.1 });
const schedule = new optim.WarmupCosineLR(optimizer, { warmupSteps: 20, totalSteps: steps, minFactor: 0.1 });

for (let step = 1; step <= steps; step++) {
  const starts = Array.from({ length: batchSize }, () => Math.floor(Math.random() * (split - context - 1)));
  const [given, next] = pieces(starts);
  optimizer.zeroGrad();
  const loss = criterion.forward(model.forward(given), next);
  loss.backward();
  nn.utils.clipGradNorm_(model.parameters(), 1);
  optimizer.step();
  schedule.step();
  if (step % 20 === 0) console.log(`step ${step} loss ${(await loss.item()).toFixed(3)}`);
}

model.eval();
const unseen = Array.from({ length: 16 }, (_, i) => split + i * 64).filter(
  (start) => start + context < codes.length,
);
const [given, next] = pieces(unseen);
const loss = noGrad(() => criterion.forward(model.forward(given), next));
console.log(`loss on unseen text ${(await loss.item()).toFixed(3)}`);

let written = [...tokenizer.encode('Alice ')];
for (let i = 0; i < 150; i++) {
  const seen = Int32Array.from(written.slice(-context));
  const chances = tidy(() =>
    noGrad(() =>
      model
        .forward(tensor(seen, { shape: [1, seen.length] }))
        .select(1, -1)
        .div(0.7)
        .softmax(),
    ),
  );
  written = [...written, choose(await chances.data())];
}
console.log(tokenizer.decode(written));

function choose(chances: ArrayLike<number>): number {
  let rest = Math.random();
  for (let i = 0; i < chances.length; i++) if ((rest -= chances[i]!) < 0) return i;
  return chances.length - 1;
}
