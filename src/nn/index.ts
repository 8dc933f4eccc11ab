export { Module, type ForwardHook, type ForwardPreHook, type HookHandle, type Layer } from './module.ts';
export { Parameter, Buffer } from './parameter.ts';
export type { StateDict, StateEntry } from './state.ts';
export { ModuleDict, ModuleList, ParameterList, Sequential } from './containers.ts';
export { Linear, type LinearOptions } from './linear.ts';
export {
  CELU,
  ELU,
  GELU,
  GLU,
  Hardshrink,
  Hardsigmoid,
  Hardswish,
  Hardtanh,
  Identity,
  LeakyReLU,
  LogSigmoid,
  LogSoftmax,
  Mish,
  PReLU,
  ReLU,
  ReLU6,
  SELU,
  Sigmoid,
  SiLU,
  Softmax,
  Softmin,
  Softplus,
  Softshrink,
  Softsign,
  Tanh,
  Tanhshrink,
  Threshold,
} from './activations.ts';
export {
  CosineEmbeddingLoss,
  CosineSimilarity,
  HingeEmbeddingLoss,
  MarginRankingLoss,
  PairwiseDistance,
  TripletMarginLoss,
} from './distance-losses.ts';
export { Flatten, Unflatten } from './flatten.ts';
export {
  BCELoss,
  BCEWithLogitsLoss,
  CrossEntropyLoss,
  GaussianNLLLoss,
  HuberLoss,
  KLDivLoss,
  L1Loss,
  MSELoss,
  NLLLoss,
  PoissonNLLLoss,
  SmoothL1Loss,
} from './losses.ts';
export {
  ConvTranspose1d,
  ConvTranspose2d,
  type ConvTranspose1dOptions,
  type ConvTranspose2dOptions,
} from './conv-transpose.ts';
export { Conv1d, Conv2d, type Conv1dOptions, type Conv2dOptions, type Layout, type Pair } from './conv.ts';
export {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AvgPool1d,
  AvgPool2d,
  MaxPool1d,
  MaxPool2d,
} from './pooling.ts';
export { Dropout, Dropout1d, Dropout2d, type ChannelDropoutOptions } from './dropout.ts';
export {
  ConstantPad1d,
  ConstantPad2d,
  ReflectionPad1d,
  ReflectionPad2d,
  ReplicationPad1d,
  ReplicationPad2d,
  ZeroPad2d,
} from './padding.ts';
export { PixelShuffle, PixelUnshuffle, Upsample } from './resizing.ts';
export { Embedding, type EmbeddingOptions, type PretrainedOptions } from './embedding.ts';
export { EmbeddingBag, type EmbeddingBagOptions } from './embedding-bag.ts';
export {
  GroupNorm,
  InstanceNorm1d,
  InstanceNorm2d,
  LayerNorm,
  RMSNorm,
  type LayerNormOptions,
  type NormOptions,
} from './norms.ts';
export { GRUCell, LSTMCell, RNNCell, type CellOptions, type RNNCellOptions } from './recurrent-cells.ts';
export { GRU, LSTM, RNN, type LSTMOptions, type RecurrentOptions, type RNNOptions } from './recurrent.ts';
export { MultiheadAttention, type AttentionOptions, type MultiheadAttentionOptions } from './attention.ts';
export { PositionalEncoding, RotaryPositionalEmbeddings, type RotaryOptions } from './positions.ts';
export {
  TransformerEncoder,
  TransformerEncoderLayer,
  type Activation,
  type EncoderCallOptions,
  type TransformerOptions,
} from './transformer.ts';
export {
  TransformerDecoder,
  TransformerDecoderLayer,
  type DecoderCallOptions,
} from './transformer-decoder.ts';
export {
  Transformer,
  type TransformerCallOptions,
  type TransformerModelOptions,
} from './transformer-model.ts';
export * as functional from './functional/index.ts';
export * as init from './initialization.ts';
export * as utils from './utils.ts';
export { BatchNorm1d, BatchNorm2d, type BatchNormOptions } from './batch-norm.ts';
