/** UpSampling2D: enlarges images by whole factors. */
import { readOptions, shape } from '../../core/options.ts';
import { formatPair } from '../../ops/internal/windows.ts';
import { UPSAMPLING_OPTIONS, type Upsampling2dOptions, upsampling2d as upsampling2dOp } from '../../ops/upsampling.ts';
import { defineLayer, type Layer, type LayerConfig, stateless } from '../layer.ts';
import { checkImages } from './convolution.ts';

/** The options of layers.upsampling2d(). */
export interface Upsampling2dConfig extends Upsampling2dOptions, LayerConfig {}

const OPTIONS = { ...UPSAMPLING_OPTIONS, inputShape: shape().optional() };

/**
 * Enlarges images: [height, width, channels] -> [height size, width size, channels]. The defaults, size 2 and
 * interpolation 'nearest', repeat each pixel twice in both directions.
 *
 * @throws ArgumentError for a wrong option. build() throws a ShapeError if the items are no images.
 * @example
 * sequential([layers.upsampling2d({ inputShape: [7, 7, 128] })]).outputShape; // [14, 14, 128]
 */
export function upsampling2d(config: Upsampling2dConfig = {}): Layer {
  const where = 'layers.upsampling2d';
  const kind = 'UpSampling2D';
  const { size, interpolation, inputShape } = readOptions(where, config, OPTIONS);
  return defineLayer(where, kind, inputShape, (items) => {
    const { picture, channels } = checkImages(where, items);
    const outputShape = [picture[0] * size[0], picture[1] * size[1], channels];
    const settings = { size: formatPair(size), interpolation };
    return stateless(kind, settings, outputShape, (x) => upsampling2dOp(x, { size, interpolation }));
  });
}
