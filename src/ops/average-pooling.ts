/**
 * Average pooling, channels last: y[oy, ox, c] = the mean of x[., ., c] over window (oy, ox). Padding is not counted,
 * as in TensorFlow.
 *   dx: each dy, divided by the number of pixels of its window, is added to all of them.
 */
import type { Tensor } from '../autograd/tensor.ts';
import { readOptions } from '../core/options.ts';
import { POOLING_OPTIONS, type Pooling2dOptions } from './internal/pooling.ts';
import { mapPixels, type RowMap, rowMap } from './internal/row-map.ts';
import { checkPictures, type Pair, paddingBefore, type Windows, windowsOn } from './internal/windows.ts';

/** The options of averagePooling2d(). */
export type AveragePooling2dOptions = Pooling2dOptions;

/**
 * The mean of each window, channel by channel: [n, height, width, channels] -> [n, outHeight, outWidth, channels].
 *
 * @throws ShapeError if x is no batch of images [n, height, width, channels], or a window does not fit into them;
 *   ArgumentError for a wrong option.
 * @example
 * averagePooling2d(tensor([1, 2, 3, 4], [1, 2, 2, 1])); // [[[[2.5]]]]
 * averagePooling2d(zeros([1, 28, 28, 32])).shape; // [1, 14, 14, 32]
 */
export function averagePooling2d(x: Tensor, options: AveragePooling2dOptions = {}): Tensor {
  const where = 'averagePooling2d';
  const sizes = checkPictures(where, x);
  const { poolSize: size, strides = size, padding } = readOptions(where, options, POOLING_OPTIONS);
  const windows = { size, strides, padding };
  const count = windowsOn(where, sizes.picture, windows);
  return mapPixels(where, x, sizes, count, (axis) => means(axis, sizes.picture, windows, count));
}

/** The mean of each window along one axis. The part of a window beyond the edge is left out. */
function means(axis: 0 | 1, picture: Pair, windows: Windows, count: Pair): RowMap {
  const before = paddingBefore(axis, picture, windows, count);
  return rowMap(picture[axis], count[axis], (window) => {
    const start = window * windows.strides[axis] - before;
    const first = Math.max(start, 0);
    const length = Math.max(Math.min(start + windows.size[axis], picture[axis]) - first, 0);
    return Array.from({ length }, (_, i) => [first + i, 1 / length] as const);
  });
}
