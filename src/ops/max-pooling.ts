/**
 * Max pooling, channels last: y[oy, ox, c] = the largest x[., ., c] in window (oy, ox). Padding is never the maximum;
 * a NaN always is.
 *   dx: each dy is added to the element that was the maximum, the first one in row-major order if several are equal.
 */
import { record } from '../autograd/record.ts';
import { Tensor } from '../autograd/tensor.ts';
import { readOptions } from '../core/options.ts';
import * as kernels from '../kernels/library/max-pooling.ts';
import { POOLING_OPTIONS, type Pooling2dOptions } from './internal/pooling.ts';
import { checkPictures, geometryOf, windowsOn } from './internal/windows.ts';

/** The options of maxPooling2d(). */
export type MaxPooling2dOptions = Pooling2dOptions;

/**
 * The largest value of each window, channel by channel: [n, height, width, channels] -> [n, outHeight, outWidth,
 * channels].
 *
 * @throws ShapeError if x is no batch of images [n, height, width, channels], or a window does not fit into them;
 *   ArgumentError for a wrong option.
 * @example
 * maxPooling2d(tensor([1, 2, 3, 4], [1, 2, 2, 1])); // [[[[4]]]]
 * maxPooling2d(zeros([1, 28, 28, 32])).shape; // [1, 14, 14, 32]
 */
export function maxPooling2d(x: Tensor, options: MaxPooling2dOptions = {}): Tensor {
  const where = 'maxPooling2d';
  const { images, picture, channels } = checkPictures(where, x);
  const { poolSize: size, strides = size, padding } = readOptions(where, options, POOLING_OPTIONS);
  const windows = { size, strides, padding };
  const count = windowsOn(where, picture, windows);
  const geometry = geometryOf(picture, channels, windows, count);
  const y = new Tensor([images, ...count, channels]);
  if (y.size > 0) kernels.maxPooling2d.run(y.address, x.address, 0, images * count[0], ...geometry);
  // dx: dy at the positions of the maxima. Its adjoint picks the elements of g at the same positions.
  const spread = (dy: Tensor): Tensor => {
    const dx = new Tensor(x.shape);
    if (x.size > 0) kernels.maxPooling2dBackward.run(dx.address, dy.address, x.address, images, ...geometry);
    return record(`${where} gradient`, dx, [dy, x], [pick, 'zero']);
  };
  const pick = (g: Tensor): Tensor => {
    const picked = new Tensor(y.shape);
    if (y.size > 0) kernels.maxPooling2dPick.run(picked.address, g.address, x.address, images, ...geometry);
    return record(`${where} pick`, picked, [g, x], [spread, 'zero']);
  };
  return record(where, y, [x], [spread]);
}
