/** MaxPooling2D: the largest value of each window, channel by channel. */
import { readOptions, shape } from '../../core/options.ts';
import { formatPair, windowsOn } from '../../ops/internal/windows.ts';
import { type MaxPooling2dOptions, maxPooling2d as maxPooling2dOp, POOLING_OPTIONS } from '../../ops/max-pooling.ts';
import { defineLayer, type Layer, type LayerConfig, stateless } from '../layer.ts';
import { checkImages } from './convolution.ts';

export interface MaxPooling2dConfig extends MaxPooling2dOptions, LayerConfig {}

const OPTIONS = { ...POOLING_OPTIONS, inputShape: shape().optional() };

/**
 * Takes the largest value of each window: [height, width, channels] -> [outHeight, outWidth, channels]. The defaults,
 * poolSize 2, strides equal to poolSize and padding 'valid', halve height and width.
 *
 * @example
 * layers.maxPooling2d(); // [28, 28, 32] -> [14, 14, 32]
 */
export function maxPooling2d(config: MaxPooling2dConfig = {}): Layer {
  const where = 'layers.maxPooling2d';
  const kind = 'MaxPooling2D';
  const options = readOptions(where, config, OPTIONS);
  const { poolSize: size, strides = size, padding } = options;
  return defineLayer(where, kind, options.inputShape, (items) => {
    const { picture, channels } = checkImages(where, items);
    const outputShape = [...windowsOn(where, picture, { size, strides, padding }), channels];
    const settings = { poolSize: formatPair(size), strides: formatPair(strides), padding };
    return stateless(kind, settings, outputShape, (x) => maxPooling2dOp(x, { poolSize: size, strides, padding }));
  });
}
