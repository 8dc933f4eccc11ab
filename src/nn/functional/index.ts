/** Layers without parameters as functions, as `torch.nn.functional`. */
export * from './activations.ts';
export { attentionWeights, scaledDotProductAttention, type ScaledDotProductOptions } from './attention.ts';
export * from './basics.ts';
export { crossEntropy, nllLoss, type CrossEntropyOptions, type NLLOptions } from './class-losses.ts';
export * from './convolutions.ts';
export * from './images.ts';
export * from './pooling.ts';
export {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  huberLoss,
  klDiv,
  l1Loss,
  mseLoss,
  smoothL1Loss,
  type BCEOptions,
  type BCEWithLogitsOptions,
  type HuberOptions,
  type KLDivOptions,
  type LossOptions,
  type SmoothL1Options,
} from './losses.ts';
