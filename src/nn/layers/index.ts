export { type BatchNormalizationConfig, batchNormalization } from './batch-normalization.ts';
export { type Conv2dConfig, conv2d, conv2dTranspose } from './convolution.ts';
export { type DenseConfig, dense } from './dense.ts';
export { type MaxPooling2dConfig, maxPooling2d } from './max-pooling.ts';
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
