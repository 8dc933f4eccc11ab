export { Module, type Layer } from './module.ts';
export { Parameter, Buffer } from './parameter.ts';
export type { StateDict, StateEntry } from './state.ts';
export { Sequential, ModuleList } from './containers.ts';
export { Linear, type LinearOptions } from './linear.ts';
export { ELU, GELU, Identity, LeakyReLU, ReLU, Sigmoid, SiLU, Softplus, Tanh } from './activations.ts';
export { Flatten, Unflatten } from './flatten.ts';
export {
  BCELoss,
  BCEWithLogitsLoss,
  CrossEntropyLoss,
  HuberLoss,
  KLDivLoss,
  L1Loss,
  MSELoss,
  NLLLoss,
  SmoothL1Loss,
  type CrossEntropyOptions,
  type HuberOptions,
  type KLDivOptions,
  type LossOptions,
  type SmoothL1Options,
} from './losses.ts';
export { ConvTranspose2d, type ConvTranspose2dOptions } from './conv-transpose.ts';
export { Conv1d, Conv2d, type Conv1dOptions, type Conv2dOptions, type Layout, type Pair } from './conv.ts';
export {
  AdaptiveAvgPool2d,
  AvgPool1d,
  AvgPool2d,
  MaxPool1d,
  MaxPool2d,
  type AvgPool2dOptions,
  type Pool1dOptions,
  type Pool2dOptions,
} from './pooling.ts';
export { Dropout } from './dropout.ts';
export { Embedding, type EmbeddingOptions } from './embedding.ts';
export { GroupNorm, LayerNorm, RMSNorm, type LayerNormOptions, type NormOptions } from './norms.ts';
export { GRU, LSTM, RNN, type RecurrentOptions, type RNNOptions } from './recurrent.ts';
export { MultiheadAttention, type AttentionOptions, type MultiheadAttentionOptions } from './attention.ts';
export {
  PositionalEncoding,
  TransformerEncoder,
  TransformerEncoderLayer,
  type TransformerOptions,
} from './transformer.ts';
export * as functional from './functional.ts';
export * as utils from './utils.ts';
export { BatchNorm1d, BatchNorm2d, type BatchNorm2dOptions, type BatchNormOptions } from './batch-norm.ts';
