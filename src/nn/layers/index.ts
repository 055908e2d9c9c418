export { type BatchNormalizationConfig, batchNormalization } from './batch-normalization.ts';
export { type DenseConfig, dense } from './dense.ts';
export {
  activation,
  type DropoutConfig,
  dropout,
  type FlattenConfig,
  flatten,
  type LeakyReLUConfig,
  leakyReLU,
  type ReshapeConfig,
  reshape,
} from './simple.ts';
