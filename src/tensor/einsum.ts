/** Sums of products in Einstein's notation, as `torch.einsum`, as products of matrices. */
import { tensorError, shapeText } from './errors.ts';
import type { Tensor } from './tensor.ts';

/** A tensor and the letter of each of its dimensions. */
interface Term {
  readonly tensor: Tensor;
  readonly letters: string;
}

/**
 * `einsum('bij,bjk->bik', a, b)`: dimensions with the same letter run together, and letters missing on the right are
 * summed over. Without `->` the result has the letters that occur once, in alphabetical order.
 */
export function einsum(equation: string, ...operands: readonly Tensor[]): Tensor {
  const [left = '', right] = equation.replaceAll(' ', '').split('->');
  const inputs = left.split(',');
  if (
    !/^[a-zA-Z,]*$/.test(left) ||
    inputs.length !== operands.length ||
    operands.some(({ ndim }, i) => ndim !== inputs[i]?.length)
  )
    throw tensorError(
      `einsum: '${equation}' does not fit tensors of shapes ${operands.map(({ shape }) => shapeText(shape)).join(', ')}`,
    );
  const output = right ?? [...new Set(left.replaceAll(',', ''))].filter((letter) => left.split(letter).length === 2).toSorted().join(''); // prettier-ignore
  checkSizes(equation, inputs, operands, output);
  const terms = operands.map((tensor, i) => withoutRepeats({ tensor, letters: inputs[i] as string }));
  const [first, ...rest] = terms as [Term, ...Term[]];
  const product = rest.reduce((term, next, i) => {
    const later = rest.slice(i + 1).map(({ letters }) => letters); // prettier-ignore
    return multiply(term, next, new Set(output + later.join('')));
  }, first);
  return arranged(summed(product, new Set(output)), output);
}

function checkSizes(
  equation: string,
  inputs: readonly string[],
  operands: readonly Tensor[],
  output: string,
): void {
  const sizes = new Map<string, number>();
  for (const [i, letters] of inputs.entries())
    for (const [d, letter] of [...letters].entries()) {
      const size = operands[i]?.shape[d] as number;
      if ((sizes.get(letter) ?? size) !== size)
        throw tensorError(`einsum '${equation}': dimension ${letter} is ${sizes.get(letter)} and ${size}`);
      sizes.set(letter, size);
    }
  for (const letter of output)
    if (!sizes.has(letter))
      throw tensorError(`einsum '${equation}': the result's dimension ${letter} is in no operand`);
}

/** A letter that occurs twice in one tensor means its diagonal. */
function withoutRepeats({ tensor, letters }: Term): Term {
  const at = [...letters].findIndex((letter, i) => letters.indexOf(letter) !== i);
  if (at < 0) return { tensor, letters };
  const letter = letters[at] as string;
  const others = [...letters].filter((each) => each !== letter).join(''); // prettier-ignore
  const twice = [...letters].filter((each) => each === letter).length;
  if (twice > 2) throw tensorError(`einsum: dimension ${letter} occurs ${twice} times in one tensor`);
  const n = tensor.size(at);
  const order = [...[...letters].keys()].filter((i) => letters[i] !== letter);
  const last = [letters.indexOf(letter), at];
  const flat = tensor.permute(...order, ...last).reshape(...order.map((d) => tensor.size(d)), n * n);
  return withoutRepeats({ tensor: flat.slice(-1, 0, n * n, n + 1), letters: others + letter });
}

/** Sums over the letters that nobody needs any more. */
function summed({ tensor, letters }: Term, needed: ReadonlySet<string>): Term {
  const dims = [...letters].flatMap((letter, i) => (needed.has(letter) ? [] : [i]));
  if (dims.length === 0) return { tensor, letters };
  return { tensor: tensor.sum(dims), letters: [...letters].filter((letter) => needed.has(letter)).join('') };
}

function arranged({ tensor, letters }: Term, wanted: string): Tensor {
  return letters === wanted
    ? tensor
    : tensor.permute(...[...wanted].map((letter) => letters.indexOf(letter)));
}

/** Two tensors as one stack of matrix products: letters of both that stay (batch), of one (rows, columns), of both that go (sum). */
function multiply(a: Term, b: Term, needed: ReadonlySet<string>): Term {
  const [x, y] = [
    summed(a, new Set([...needed, ...b.letters])),
    summed(b, new Set([...needed, ...a.letters])),
  ];
  const shared = [...x.letters].filter((letter) => y.letters.includes(letter));
  const batch = shared.filter((letter) => needed.has(letter));
  const inner = shared.filter((letter) => !needed.has(letter));
  const rows = [...x.letters].filter((letter) => !shared.includes(letter));
  const columns = [...y.letters].filter((letter) => !shared.includes(letter));
  const size = (term: Term, letters: readonly string[]): number[] =>
    letters.map((letter) => term.tensor.size(term.letters.indexOf(letter)));
  const count = (sizes: readonly number[]): number => sizes.reduce((product, n) => product * n, 1);
  const [batches, many, k] = [count(size(x, batch)), count(size(x, rows)), count(size(x, inner))];
  const left = arranged(x, [...batch, ...rows, ...inner].join('')).reshape(batches, many, k);
  const right = arranged(y, [...batch, ...columns, ...inner].join('')).reshape(
    batches,
    count(size(y, columns)),
    k,
  );
  const product = left
    .matmulTransposed(right)
    .reshape(...size(x, batch), ...size(x, rows), ...size(y, columns));
  return { tensor: product, letters: [...batch, ...rows, ...columns].join('') };
}
