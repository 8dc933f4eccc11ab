export { Optimizer, type BaseOptions, type GroupOptions, type ParamGroup, type Params } from './optimizer.ts';
export {
  CosineAnnealingLR,
  ExponentialLR,
  LambdaLR,
  LinearLR,
  LRScheduler,
  MultiStepLR,
  OneCycleLR,
  ReduceLROnPlateau,
  StepLR,
  WarmupCosineLR,
  type OneCycleOptions,
  type PlateauOptions,
} from './schedules.ts';
export { SGD, type SGDOptions } from './sgd.ts';
export { Adam, AdamW, type AdamOptions } from './adam.ts';
export { RMSprop, type RMSpropOptions } from './rmsprop.ts';
export { Lion, type LionOptions } from './lion.ts';
export { GradScaler, type GradScalerOptions } from './grad-scaler.ts';
