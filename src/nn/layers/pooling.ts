/** MaxPooling2D, AveragePooling2D and GlobalAveragePooling2D: one value for each window, channel by channel. */
import type { Tensor } from '../../autograd/tensor.ts';
import { boolean, readOptions, shape } from '../../core/options.ts';
import { averagePooling2d as averagePooling2dOp } from '../../ops/average-pooling.ts';
import { POOLING_OPTIONS, type Pooling2dOptions } from '../../ops/internal/pooling.ts';
import { formatPair, windowsOn } from '../../ops/internal/windows.ts';
import { maxPooling2d as maxPooling2dOp } from '../../ops/max-pooling.ts';
import { mean } from '../../ops/reduce.ts';
import { defineLayer, type Layer, type LayerConfig, type LayerKind, stateless } from '../layer.ts';
import { checkImages } from './convolution.ts';

/** The options of layers.maxPooling2d() and layers.averagePooling2d(). */
export interface Pooling2dConfig extends Pooling2dOptions, LayerConfig {}

const OPTIONS = { ...POOLING_OPTIONS, inputShape: shape().optional() };

/**
 * Takes the largest value of each window: [height, width, channels] -> [outHeight, outWidth, channels]. The defaults,
 * poolSize 2, strides equal to poolSize and padding 'valid', halve height and width.
 *
 * @throws ArgumentError for a wrong option. build() throws a ShapeError if the items are no images, or smaller than a
 *   window without padding.
 * @example
 * sequential([layers.maxPooling2d({ inputShape: [28, 28, 32] })]).outputShape; // [14, 14, 32]
 */
export function maxPooling2d(config: Pooling2dConfig = {}): Layer {
  return pooling('layers.maxPooling2d', 'MaxPooling2D', maxPooling2dOp, config);
}

/**
 * Takes the mean of each window; padding is not counted. Shapes and defaults are those of maxPooling2d().
 *
 * @throws ArgumentError for a wrong option. build() throws a ShapeError if the items are no images, or smaller than a
 *   window without padding.
 * @example
 * sequential([layers.averagePooling2d({ inputShape: [28, 28, 32] })]).outputShape; // [14, 14, 32]
 */
export function averagePooling2d(config: Pooling2dConfig = {}): Layer {
  return pooling('layers.averagePooling2d', 'AveragePooling2D', averagePooling2dOp, config);
}

function pooling(
  where: string,
  kind: LayerKind,
  op: (x: Tensor, options: Pooling2dOptions) => Tensor,
  config: Pooling2dConfig,
): Layer {
  const options = readOptions(where, config, OPTIONS);
  const { poolSize: size, strides = size, padding } = options;
  return defineLayer(where, kind, options.inputShape, (items) => {
    const { picture, channels } = checkImages(where, items);
    const outputShape = [...windowsOn(where, picture, { size, strides, padding }), channels];
    const settings = { poolSize: formatPair(size), strides: formatPair(strides), padding };
    return stateless(kind, settings, outputShape, (x) => op(x, { poolSize: size, strides, padding }));
  });
}

/** The options of layers.globalAveragePooling2d(). */
export interface GlobalAveragePooling2dConfig extends LayerConfig {
  /** Height and width stay, with size 1. Default false. */
  readonly keepDims?: boolean | undefined;
}

const GLOBAL_OPTIONS = { keepDims: boolean().or(false), inputShape: shape().optional() };

/**
 * Takes the mean of each channel over the whole image: [height, width, channels] -> [channels].
 *
 * @throws ArgumentError for a wrong option. build() throws a ShapeError if the items are no images.
 * @example
 * sequential([layers.globalAveragePooling2d({ inputShape: [7, 7, 128] })]).outputShape; // [128]
 */
export function globalAveragePooling2d(config: GlobalAveragePooling2dConfig = {}): Layer {
  const where = 'layers.globalAveragePooling2d';
  const kind = 'GlobalAveragePooling2D';
  const { keepDims, inputShape } = readOptions(where, config, GLOBAL_OPTIONS);
  return defineLayer(where, kind, inputShape, (items) => {
    const { channels } = checkImages(where, items);
    const outputShape = keepDims ? [1, 1, channels] : [channels];
    return stateless(kind, {}, outputShape, (x) => mean(x, [1, 2], keepDims));
  });
}
