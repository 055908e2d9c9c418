/**
 * Max pooling, channels last: y[oy, ox, c] = the largest x[., ., c] in window (oy, ox). Padding is never the maximum;
 * a NaN always is.
 *   dx: each dy is added to the element that was the maximum, the first one in row-major order if several are equal.
 */
import { record } from '../autograd/record.ts';
import { checkTensor, Tensor } from '../autograd/tensor.ts';
import { ShapeError } from '../core/errors.ts';
import { type Option, readOptions } from '../core/options.ts';
import { formatShape } from '../core/shape.ts';
import * as kernels from '../kernels/library/max-pooling.ts';
import { type Extent, extent, geometryOf, type Padding, type Pair, padding, windowsOn } from './internal/windows.ts';

export interface MaxPooling2dOptions {
  /** Size of a window: a whole number, or [height, width]. Default 2. */
  readonly poolSize?: Extent | undefined;
  /** Pixels from one window to the next: a whole number, or [height, width]. Default: poolSize, without overlap. */
  readonly strides?: Extent | undefined;
  /**
   * 'valid': every window lies inside the image, and pixels left over at the edge are ignored. 'same': output sizes are
   * the input sizes divided by the stride, rounded up. Default 'valid'.
   */
  readonly padding?: Padding | undefined;
}

/** @internal The layer reads its options with them too. */
export const POOLING_OPTIONS: PoolingOptions = {
  poolSize: extent().or(2),
  strides: extent().optional(),
  padding: padding().or('valid'),
};

interface PoolingOptions {
  readonly poolSize: Option<Extent, Pair, 'optional'>;
  readonly strides: Option<Extent, Pair | undefined, 'optional'>;
  readonly padding: Option<Padding, Padding, 'optional'>;
}

/**
 * The largest value of each window, channel by channel: [n, height, width, channels] -> [n, outHeight, outWidth,
 * channels].
 *
 * @example
 * maxPooling2d(zeros([1, 28, 28, 32])).shape; // [1, 14, 14, 32]
 */
export function maxPooling2d(x: Tensor, options: MaxPooling2dOptions = {}): Tensor {
  const where = 'maxPooling2d';
  checkTensor(where, 'x', x);
  const { poolSize: size, strides = size, padding } = readOptions(where, options, POOLING_OPTIONS);
  if (x.rank !== 4) {
    throw new ShapeError(`${where}: x must have shape [n, height, width, channels]; got ${formatShape(x.shape)}`);
  }
  const [images, height, width, channels] = x.shape as readonly [number, number, number, number];
  const picture: Pair = [height, width];
  const windows = { size, strides, padding };
  const count = windowsOn(where, picture, windows);
  const geometry = geometryOf(picture, channels, windows, count);
  const y = new Tensor([images, ...count, channels]);
  if (y.size > 0) kernels.maxPooling2d.run(y.address, x.address, 0, images * count[0], ...geometry);
  return record(
    where,
    y,
    [x],
    [
      (dy) => {
        const dx = new Tensor(x.shape);
        if (x.size > 0) kernels.maxPooling2dBackward.run(dx.address, dy.address, x.address, images, ...geometry);
        return dx;
      },
    ],
  );
}
