/**
 * Two-dimensional convolution (a cross-correlation, as in every deep-learning library) and its transpose, channels
 * last. With iy = oy stride + ky - pad and ix = ox stride + kx - pad:
 *   conv2d:          y[oy, ox, f] = sum over ky, kx, c of x[iy, ix, c] kernel[ky, kx, c, f]
 *   conv2dTranspose: its adjoint, y[iy, ix, f] += x[oy, ox, c] kernel[ky, kx, f, c]
 * Each is the gradient of the other. internal/convolve.ts turns them into matrix products.
 * Source: V. Dumoulin, F. Visin, "A guide to convolution arithmetic for deep learning", 2016. Padding and output sizes
 * are TensorFlow's.
 */
import { checkTensor, type Tensor } from '../autograd/tensor.ts';
import { ShapeError } from '../core/errors.ts';
import { readOptions } from '../core/options.ts';
import { formatShape } from '../core/shape.ts';
import { convolve, convolveTransposed } from './internal/convolve.ts';
import {
  type Extent,
  extent,
  geometryOf,
  type Padding,
  type Pair,
  padding,
  pictureOf,
  type Windows,
  windowsOn,
} from './internal/windows.ts';

/** The options of conv2d() and conv2dTranspose(). */
export interface Conv2dOptions {
  /** Pixels from one window to the next: a whole number, or [height, width]. Default 1. */
  readonly strides?: Extent | undefined;
  /**
   * 'valid': no padding; every window lies inside the image. 'same': zeros around the image, so that conv2d divides its
   * sizes by the stride, rounding up, and conv2dTranspose multiplies them by the stride. Default 'valid'.
   */
  readonly padding?: Padding | undefined;
}

const OPTIONS = { strides: extent().or(1), padding: padding().or('valid') };

/**
 * Convolves images with a kernel.
 *
 * @param x - images [n, height, width, channels].
 * @param kernel - [kernelHeight, kernelWidth, channels, filters].
 * @returns [n, outHeight, outWidth, filters].
 * @throws ShapeError if x is no batch of images, the kernel is for another number of channels, or a window does not
 *   fit without padding; ArgumentError for a wrong option.
 * @example
 * conv2d(zeros([1, 28, 28, 1]), ones([5, 5, 1, 64]), { strides: 2, padding: 'same' }).shape; // [1, 14, 14, 64]
 */
export function conv2d(x: Tensor, kernel: Tensor, options: Conv2dOptions = {}): Tensor {
  const { picture, windows } = readArguments('conv2d', x, kernel, options, 2);
  const count = windowsOn('conv2d', picture, windows);
  return convolve(x, kernel, geometryOf(picture, x.shape[3]!, windows, count));
}

/**
 * The transposed convolution, which enlarges images.
 *
 * @param x - images [n, height, width, channels].
 * @param kernel - [kernelHeight, kernelWidth, filters, channels].
 * @returns [n, outHeight, outWidth, filters]. With padding 'same' an output size is the input size times the stride;
 *   'valid' adds max(kernel size - stride, 0) to that.
 * @throws ShapeError if x is no batch of images or the kernel is for another number of channels; ArgumentError for a
 *   wrong option.
 * @example
 * const y = conv2dTranspose(zeros([1, 7, 7, 128]), ones([5, 5, 64, 128]), { strides: 2, padding: 'same' });
 * y.shape; // [1, 14, 14, 64]
 */
export function conv2dTranspose(x: Tensor, kernel: Tensor, options: Conv2dOptions = {}): Tensor {
  const { picture: count, windows } = readArguments('conv2dTranspose', x, kernel, options, 3);
  const picture = pictureOf(count, windows);
  return convolveTransposed(x, kernel, geometryOf(picture, kernel.shape[2]!, windows, count));
}

interface ConvolutionArguments {
  /** Height and width of x. */
  readonly picture: Pair;
  readonly windows: Windows;
}

/** Checks all arguments. The kernel's axis `channelAxis` must be as long as the last axis of x. */
function readArguments(
  where: string,
  x: Tensor,
  kernel: Tensor,
  options: Conv2dOptions,
  channelAxis: 2 | 3,
): ConvolutionArguments {
  checkTensor(where, 'x', x);
  checkTensor(where, 'kernel', kernel);
  const { strides, padding } = readOptions(where, options, OPTIONS);
  if (x.rank !== 4) {
    throw new ShapeError(`${where}: x must have shape [n, height, width, channels]; got ${formatShape(x.shape)}`);
  }
  const axes = channelAxis === 2 ? 'channels, filters' : 'filters, channels';
  if (kernel.rank !== 4 || kernel.shape[0] === 0 || kernel.shape[1] === 0) {
    throw new ShapeError(
      `${where}: kernel must have shape [kernelHeight, kernelWidth, ${axes}], its height and width at least 1; ` +
        `got ${formatShape(kernel.shape)}`,
    );
  }
  if (kernel.shape[channelAxis] !== x.shape[3]) {
    throw new ShapeError(
      `${where}: x ${formatShape(x.shape)} has ${x.shape[3]} channels, the kernel ${formatShape(kernel.shape)} ` +
        `is for ${kernel.shape[channelAxis]}; a kernel is [kernelHeight, kernelWidth, ${axes}]`,
    );
  }
  const picture: Pair = [x.shape[1]!, x.shape[2]!];
  return { picture, windows: { size: [kernel.shape[0]!, kernel.shape[1]!], strides, padding } };
}
