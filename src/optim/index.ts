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
