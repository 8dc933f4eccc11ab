export { Optimizer, type BaseOptions, type GroupOptions, type ParamGroup, type Params } from './optimizer.ts';
export {
  ConstantLR,
  CosineAnnealingLR,
  CosineAnnealingWarmRestarts,
  ExponentialLR,
  LambdaLR,
  LinearLR,
  LRScheduler,
  MultiStepLR,
  PolynomialLR,
  StepLR,
  WarmupCosineLR,
  type ScheduleState,
} from './schedules.ts';
export { OneCycleLR, type OneCycleOptions } from './one-cycle.ts';
export { ReduceLROnPlateau, type PlateauOptions, type PlateauState } from './plateau.ts';
export { SequentialLR } from './sequential-schedule.ts';
export { SGD, type SGDOptions } from './sgd.ts';
export { Adam, AdamW, type AdamOptions } from './adam.ts';
export { RMSprop, type RMSpropOptions } from './rmsprop.ts';
export { Adadelta, type AdadeltaOptions } from './adadelta.ts';
export { Adagrad, type AdagradOptions } from './adagrad.ts';
export { Adamax, type AdamaxOptions } from './adamax.ts';
export { Lion, type LionOptions } from './lion.ts';
export { NAdam, type NAdamOptions } from './nadam.ts';
export { RAdam, type RAdamOptions } from './radam.ts';
export { GradScaler, type GradScalerOptions } from './grad-scaler.ts';
