/** Distributions to draw from and to compute with, as `torch.distributions`. */
export { Bernoulli } from './bernoulli.ts';
export { Categorical } from './categorical.ts';
export type { LogitsOrProbs } from './given.ts';
export { klDivergence } from './kl-divergence.ts';
export { Normal } from './normal.ts';
