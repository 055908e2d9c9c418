/** MaxPooling2D: the largest value of each window, channel by channel. */
import { checkOptions } from '../../core/check.ts';
import { checkExtent, checkPadding, formatPair, windowsOn } from '../../ops/internal/windows.ts';
import { type MaxPooling2dOptions, maxPooling2d as maxPooling2dOp } from '../../ops/max-pooling.ts';
import { type Layer, stateless } from '../layer.ts';
import { checkImages } from './convolution.ts';

export type MaxPooling2dConfig = MaxPooling2dOptions;

/**
 * Items [height, width, channels] become smaller, by half with the defaults: poolSize 2, strides as poolSize, padding 'valid'.
 *
 * @example
 * layers.maxPooling2d(); // [28, 28, 32] -> [14, 14, 32]
 */
export function maxPooling2d(config: MaxPooling2dConfig = {}): Layer {
  const where = 'layers.maxPooling2d';
  const kind = 'MaxPooling2D';
  checkOptions(where, config, ['poolSize', 'strides', 'padding']);
  const size = checkExtent(where, 'poolSize', config.poolSize ?? 2);
  const strides = checkExtent(where, 'strides', config.strides ?? size);
  const padding = checkPadding(where, config.padding ?? 'valid');
  return {
    kind,
    build(shape) {
      const { picture, channels } = checkImages(where, shape);
      const outputShape = [...windowsOn(where, picture, { size, strides, padding }), channels];
      const settings = { poolSize: formatPair(size), strides: formatPair(strides), padding };
      return stateless(kind, settings, outputShape, (x) => maxPooling2dOp(x, { poolSize: size, strides, padding }));
    },
  };
}
