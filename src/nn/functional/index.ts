/** Layers without parameters as functions, as `torch.nn.functional`. */
export * from './activations.ts';
export { attentionWeights, scaledDotProductAttention, type ScaledDotProductOptions } from './attention.ts';
export * from './basics.ts';
export { crossEntropy, nllLoss, type CrossEntropyOptions, type NLLOptions } from './class-losses.ts';
export * from './convolutions.ts';
export * from './distance-losses.ts';
export * from './images.ts';
export * from './pooling.ts';
export {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  gaussianNllLoss,
  huberLoss,
  klDiv,
  l1Loss,
  mseLoss,
  poissonNllLoss,
  smoothL1Loss,
  type BCEOptions,
  type BCEWithLogitsOptions,
  type GaussianNLLOptions,
  type HuberOptions,
  type KLDivOptions,
  type LossOptions,
  type PoissonNLLOptions,
  type SmoothL1Options,
} from './losses.ts';
