export { type EluConfig, elu, type PreluConfig, prelu, type SoftmaxConfig, softmax } from './activation-layers.ts';
export { type BatchNormalizationConfig, batchNormalization } from './batch-normalization.ts';
export { type Conv2dConfig, conv2d, conv2dTranspose } from './convolution.ts';
export { type DenseConfig, dense } from './dense.ts';
export { type EmbeddingConfig, embedding } from './embedding.ts';
export {
  type GroupNormalizationConfig,
  groupNormalization,
  type LayerNormalizationConfig,
  layerNormalization,
} from './group-normalization.ts';
export {
  averagePooling2d,
  type GlobalAveragePooling2dConfig,
  globalAveragePooling2d,
  maxPooling2d,
  type Pooling2dConfig,
} from './pooling.ts';
export { type ResidualConfig, residual } from './residual.ts';
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
export { type SpectralNormalizationConfig, spectralNormalization } from './spectral-normalization.ts';
export { type Upsampling2dConfig, upsampling2d } from './upsampling.ts';
export { type ZeroPadding2dConfig, zeroPadding2d } from './zero-padding.ts';
