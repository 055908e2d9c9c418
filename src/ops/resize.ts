/**
 * Resizes images to any size, channels last. By default the centres of pixels are half a pixel from the edge, as in
 * Keras; internal/resize-map.ts has the formulas of all three conventions.
 *   dx: each dy goes back to the pixels that it came from, with the same weights.
 */
import type { Tensor } from '../autograd/tensor.ts';
import { checkInteger, invalid, isArray } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { boolean, readOptions } from '../core/options.ts';
import { formatShape } from '../core/shape.ts';
import { type Interpolation, resizeMap } from './internal/resize-map.ts';
import { mapPixels } from './internal/row-map.ts';
import { checkPictures, MAX_EXTENT, type Pair } from './internal/windows.ts';

/** The options of resizeBilinear() and resizeNearestNeighbor(). */
export interface ResizeOptions {
  /** The centres of the corner pixels stay where they are. Default false. */
  readonly alignCorners?: boolean | undefined;
  /** The centre of a pixel is half a pixel from its edges. Default: true, unless alignCorners is. */
  readonly halfPixelCenters?: boolean | undefined;
}

const OPTIONS = { alignCorners: boolean().or(false), halfPixelCenters: boolean().optional() };

/**
 * Resizes images by interpolation between the four nearest pixels, without smoothing: [n, height, width, channels] ->
 * [n, ...size, channels].
 *
 * @param size - [height, width] of the result.
 * @throws ShapeError if x is no batch of images [n, height, width, channels]; ArgumentError if a side is below 1 or
 *   above 32,768, or for a wrong option.
 * @example
 * resizeBilinear(tensor([0, 4], [1, 1, 2, 1]), [1, 4]); // [[[[0], [1], [3], [4]]]]
 */
export function resizeBilinear(x: Tensor, size: Pair, options: ResizeOptions = {}): Tensor {
  return resize('resizeBilinear', 'bilinear', x, size, options);
}

/**
 * Resizes images by taking the nearest pixel. Arguments are those of resizeBilinear().
 *
 * @throws ShapeError if x is no batch of images [n, height, width, channels]; ArgumentError if a side is below 1 or
 *   above 32,768, or for a wrong option.
 * @example
 * resizeNearestNeighbor(tensor([0, 4], [1, 1, 2, 1]), [1, 4]); // [[[[0], [0], [4], [4]]]]
 */
export function resizeNearestNeighbor(x: Tensor, size: Pair, options: ResizeOptions = {}): Tensor {
  return resize('resizeNearestNeighbor', 'nearest', x, size, options);
}

function resize(where: string, interpolation: Interpolation, x: Tensor, size: Pair, options: ResizeOptions): Tensor {
  const sizes = checkPictures(where, x);
  const target = checkSize(where, size);
  const { alignCorners, halfPixelCenters = !alignCorners } = readOptions(where, options, OPTIONS);
  if (alignCorners && halfPixelCenters) {
    throw new ArgumentError(`${where}: alignCorners and halfPixelCenters exclude each other; both are true`);
  }
  const { picture } = sizes;
  if (picture[0] * picture[1] === 0) {
    throw new ShapeError(`${where}: x must have at least one pixel; got ${formatShape(x.shape)}`);
  }
  const alignment = alignCorners ? 'corners' : halfPixelCenters ? 'halfPixelCenters' : 'none';
  return mapPixels(where, x, sizes, target, (axis) => resizeMap(picture[axis], target[axis], interpolation, alignment));
}

function checkSize(where: string, size: unknown): Pair {
  if (!isArray(size) || size.length !== 2) {
    return invalid(where, 'size', '[height, width], two whole numbers of at least 1', size);
  }
  return [
    checkInteger(where, 'size[0]', size[0], 1, MAX_EXTENT),
    checkInteger(where, 'size[1]', size[1], 1, MAX_EXTENT),
  ];
}
