/**
 * Enlarges images by whole factors, channels last.
 *   nearest:  y[oy, ox, c] = x[floor(oy / factor), floor(ox / factor), c]
 *   bilinear: y is interpolated between the centres of the four nearest pixels (internal/resize-map.ts)
 *   dx: each dy goes back to the pixels that it came from, with the same weights.
 */
import type { Tensor } from '../autograd/tensor.ts';
import { choice, type Option, readOptions } from '../core/options.ts';
import { type Interpolation, resizeMap } from './internal/resize-map.ts';
import { mapPixels } from './internal/row-map.ts';
import { checkPictures, type Extent, extent, type Pair } from './internal/windows.ts';

/** The options of upsampling2d(). */
export interface Upsampling2dOptions {
  /** Factors of height and width: a whole number, or [height, width]. Default 2. */
  readonly size?: Extent | undefined;
  /** 'nearest' repeats pixels, 'bilinear' interpolates between their centres. Default 'nearest'. */
  readonly interpolation?: Interpolation | undefined;
}

interface UpsamplingOptions {
  readonly size: Option<Extent, Pair, 'optional'>;
  readonly interpolation: Option<Interpolation, Interpolation, 'optional'>;
}

/** @internal The layer reads its options with them too. */
export const UPSAMPLING_OPTIONS: UpsamplingOptions = {
  size: extent().or(2),
  interpolation: choice(['nearest', 'bilinear']).or('nearest'),
};

/**
 * Enlarges images: [n, height, width, channels] -> [n, height size, width size, channels].
 *
 * @throws ShapeError if x is no batch of images [n, height, width, channels]; ArgumentError for a wrong option.
 * @example
 * upsampling2d(tensor([1, 2], [1, 1, 2, 1])); // [[[[1], [1], [2], [2]], [[1], [1], [2], [2]]]]
 */
export function upsampling2d(x: Tensor, options: Upsampling2dOptions = {}): Tensor {
  const where = 'upsampling2d';
  const sizes = checkPictures(where, x);
  const { size, interpolation } = readOptions(where, options, UPSAMPLING_OPTIONS);
  const { picture } = sizes;
  const target: Pair = [picture[0] * size[0], picture[1] * size[1]];
  return mapPixels(where, x, sizes, target, (axis) =>
    resizeMap(picture[axis], target[axis], interpolation, 'halfPixelCenters'),
  );
}
