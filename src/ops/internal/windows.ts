/**
 * The windows of convolutions and poolings on images [height, width, channels], placed as in TensorFlow and Keras.
 * Along one axis:
 *   'valid': count = floor((size - window) / stride) + 1 windows, no padding
 *   'same':  count = ceil(size / stride) windows; padding = max((count - 1) stride + window - size, 0), half of it in
 *            front, rounded down
 * A transposed convolution computes the image size from the number of windows:
 *   'valid': count stride + max(window - stride, 0)
 *   'same':  count stride
 */
import { checkTensor } from '../../autograd/tensor.ts';
import { checkInteger, invalid, isArray } from '../../core/check.ts';
import { ShapeError } from '../../core/errors.ts';
import { choice, type Option, option } from '../../core/options.ts';
import { formatShape } from '../../core/shape.ts';
import type { WindowGeometry } from '../../kernels/windows.ts';

/** 'valid': no padding. 'same': zeros around the image, as Keras and TensorFlow place them. */
export type Padding = 'valid' | 'same';

/** Height and width, or one number for both. */
export type Extent = number | readonly [height: number, width: number];

/** Height and width. */
export type Pair = readonly [height: number, width: number];

export interface Windows {
  readonly size: Pair;
  readonly strides: Pair;
  readonly padding: Padding;
}

/** The largest window and stride. Within it every position in an image fits into an int32. */
export const MAX_EXTENT: number = 2 ** 15;

/** An option whose value is one whole number of at least 1 or a list of two. It is read as a pair. */
export function extent(): Option<Extent, Pair> {
  return option((where, argument, value) => {
    if (typeof value === 'number') {
      const side = checkInteger(where, argument, value, 1, MAX_EXTENT);
      return [side, side];
    }
    if (!isArray(value) || value.length !== 2) {
      return invalid(where, argument, 'a whole number of at least 1, or [height, width]', value);
    }
    return [
      checkInteger(where, `${argument}[0]`, value[0], 1, MAX_EXTENT),
      checkInteger(where, `${argument}[1]`, value[1], 1, MAX_EXTENT),
    ];
  });
}

export function padding(): Option<Padding> {
  return choice(['valid', 'same']);
}

/**
 * How many windows an image has along its height and its width. Throws a ShapeError if padding is 'valid' and the
 * window is larger than the image.
 */
export function windowsOn(where: string, picture: Pair, windows: Windows): Pair {
  const { size, strides, padding } = windows;
  if (padding === 'same') return [Math.ceil(picture[0] / strides[0]), Math.ceil(picture[1] / strides[1])];
  if (size[0] > picture[0] || size[1] > picture[1]) {
    throw new ShapeError(
      `${where}: a window of ${formatPair(size)} does not fit into images of ${formatPair(picture)} without ` +
        "padding. Use a smaller window, or padding: 'same'.",
    );
  }
  const count = (axis: 0 | 1): number => Math.floor((picture[axis] - size[axis]) / strides[axis]) + 1;
  return [count(0), count(1)];
}

/** Height and width of the image that a transposed convolution makes from `count` windows. */
export function pictureOf(count: Pair, { size, strides, padding }: Windows): Pair {
  const along = (axis: 0 | 1): number =>
    count[axis] * strides[axis] + (padding === 'same' ? 0 : Math.max(size[axis] - strides[axis], 0));
  return [along(0), along(1)];
}

/**
 * The arguments that the kernels take: size of the image, size and strides of the windows, padding, number of windows.
 */
export function geometryOf(picture: Pair, channels: number, windows: Windows, count: Pair): WindowGeometry {
  const before = (axis: 0 | 1): number => paddingBefore(axis, picture, windows, count);
  return [...picture, channels, ...windows.size, ...windows.strides, before(0), before(1), ...count];
}

/** Padding in front of the image along one axis. */
export function paddingBefore(axis: 0 | 1, picture: Pair, { size, strides, padding }: Windows, count: Pair): number {
  if (padding === 'valid') return 0;
  return Math.floor(Math.max((count[axis] - 1) * strides[axis] + size[axis] - picture[axis], 0) / 2);
}

/** Checks a batch of images and returns its sizes. */
export function checkPictures(where: string, x: unknown): PictureSizes {
  const { shape, rank } = checkTensor(where, 'x', x);
  if (rank !== 4) {
    throw new ShapeError(`${where}: x must have shape [n, height, width, channels]; got ${formatShape(shape)}`);
  }
  return { images: shape[0]!, picture: [shape[1]!, shape[2]!], channels: shape[3]! };
}

export interface PictureSizes {
  readonly images: number;
  readonly picture: Pair;
  readonly channels: number;
}

export function formatPair([height, width]: Pair): string {
  return `${height} x ${width}`;
}

/** The pair that formatPair() wrote. */
export function parsePair(text: string): Pair {
  const [height, width] = text.split(' x ');
  return [Number(height), Number(width)];
}
