/**
 * Two-dimensional convolution (a cross-correlation, as in every deep-learning library) and its transpose, channels last:
 *   conv2d:          y[oy, ox, f] = sum over ky, kx, c of x[oy stride + ky - pad, ox stride + kx - pad, c] kernel[ky, kx, c, f]
 *   conv2dTranspose: its adjoint, y[oy stride + ky - pad, ox stride + kx - pad, f] += x[oy, ox, c] kernel[ky, kx, f, c]
 * Each is the other's gradient; how they become matrix products stands in internal/convolve.ts.
 * Source: V. Dumoulin, F. Visin, "A guide to convolution arithmetic for deep learning", 2016; padding and output sizes as in TensorFlow.
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

export interface Conv2dOptions {
  /** Pixels from one window to the next: a whole number, or [height, width]. Default 1. */
  readonly strides?: Extent | undefined;
  /**
   * 'valid': no padding, windows lie inside. 'same': zeros around, so that the sizes are divided by the stride, rounded up (transposed:
   * multiplied by it). Default 'valid'.
   */
  readonly padding?: Padding | undefined;
}

const OPTIONS = { strides: extent().or(1), padding: padding().or('valid') };

/**
 * Images [n, height, width, channels] and a kernel [kernelHeight, kernelWidth, channels, filters] -> [n, outHeight, outWidth, filters].
 *
 * @example
 * conv2d(zeros([1, 28, 28, 1]), ones([5, 5, 1, 64]), { strides: 2, padding: 'same' }).shape; // [1, 14, 14, 64]
 */
export function conv2d(x: Tensor, kernel: Tensor, options: Conv2dOptions = {}): Tensor {
  const { picture, windows } = readArguments('conv2d', x, kernel, options, 2);
  const count = windowsOn('conv2d', picture, windows);
  return convolve(x, kernel, geometryOf(picture, x.shape[3]!, windows, count));
}

/**
 * Images [n, height, width, channels] and a kernel [kernelHeight, kernelWidth, filters, channels] -> [n, outHeight, outWidth, filters], where
 * with 'same' the sizes are multiplied by the stride, and with 'valid' max(kernel - stride, 0) comes on top.
 *
 * @example
 * conv2dTranspose(zeros([1, 7, 7, 128]), ones([5, 5, 64, 128]), { strides: 2, padding: 'same' }).shape; // [1, 14, 14, 64]
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

/** Checks all arguments; `channelAxis` is the kernel's axis that must be as long as x's last. */
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
      `${where}: kernel must have shape [kernelHeight, kernelWidth, ${axes}], its height and width at least 1; got ${formatShape(kernel.shape)}`,
    );
  }
  if (kernel.shape[channelAxis] !== x.shape[3]) {
    throw new ShapeError(
      `${where}: x ${formatShape(x.shape)} has ${x.shape[3]} channels, the kernel ${formatShape(kernel.shape)} is for ${kernel.shape[channelAxis]}; a kernel is [kernelHeight, kernelWidth, ${axes}]`,
    );
  }
  const picture: Pair = [x.shape[1]!, x.shape[2]!];
  return { picture, windows: { size: [kernel.shape[0]!, kernel.shape[1]!], strides, padding } };
}
