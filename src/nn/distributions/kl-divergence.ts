import { tensorError } from '../../tensor/errors.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { Bernoulli } from './bernoulli.ts';
import { Categorical } from './categorical.ts';
import { Normal } from './normal.ts';

/** How much `p` differs from `q`, two distributions of one kind: the mean of `log(p / q)` under `p`. */
export function klDivergence<D extends Normal | Categorical | Bernoulli>(p: D, q: D): Tensor {
  if (p instanceof Normal && q instanceof Normal) {
    const ratio = p.scale.div(q.scale).square();
    const distance = p.loc.sub(q.loc).div(q.scale).square();
    return ratio.add(distance).sub(1).sub(ratio.log()).mul(0.5); // prettier-ignore
  }
  if (p instanceof Categorical && q instanceof Categorical)
    return p.probs.mul(p.logits.sub(q.logits)).sum(-1);
  if (p instanceof Bernoulli && q instanceof Bernoulli) {
    const yes = p.probs;
    // log p = -softplus(-x) for logits x, log(1 - p) = -softplus(x)
    const one = q.logits.neg().softplus().sub(p.logits.neg().softplus());
    const zero = q.logits.softplus().sub(p.logits.softplus());
    return yes.mul(one).add(yes.neg().add(1).mul(zero));
  }
  throw tensorError('klDivergence takes two distributions of one kind');
}
