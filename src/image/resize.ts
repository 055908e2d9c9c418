/**
 * Shrinks a picture by area averaging: a new pixel is the mean of the old pixels that it covers, weighted by the
 * area covered. The box filter is separable, so columns are averaged first, then rows.
 */
import { checkInteger } from '../core/check.ts';
import { checkPicture } from './chunks.ts';
import type { Picture } from './grid.ts';

/**
 * Scales the picture to `newWidth` x `newHeight` pixels; neither may be larger than before.
 *
 * @throws ArgumentError or ShapeError if a size is below 1, or above the old one, or `pixels` does not fit the old
 * sizes.
 */
export function shrinkImage(
  pixels: Uint8Array,
  width: number,
  height: number,
  newWidth: number,
  newHeight: number,
): Picture {
  const channels = checkPicture('shrinkImage', 'pixels', pixels, width, height);
  checkInteger('shrinkImage', 'newWidth', newWidth, 1, width);
  checkInteger('shrinkImage', 'newHeight', newHeight, 1, height);
  const [oldRow, newRow] = [width * channels, newWidth * channels];
  const narrow = new Float64Array(newRow * height);
  for (let y = 0; y < height; y++) {
    for (let c = 0; c < channels; c++) {
      averageLine(pixels, y * oldRow + c, channels, width, narrow, y * newRow + c, channels, newWidth);
    }
  }
  const small = new Float64Array(newRow * newHeight);
  for (let x = 0; x < newRow; x++) averageLine(narrow, x, newRow, height, small, x, newRow, newHeight);
  return { pixels: Uint8Array.from(small, Math.round), width: newWidth, height: newHeight };
}

/** Averages a line of `size` values to `newSize` values. Each line has an offset and a stride. */
function averageLine(
  from: ArrayLike<number>,
  fromStart: number,
  fromStride: number,
  size: number,
  to: Float64Array,
  toStart: number,
  toStride: number,
  newSize: number,
): void {
  const span = size / newSize;
  for (let i = 0; i < newSize; i++) {
    const start = i * span;
    const end = Math.min((i + 1) * span, size);
    let sum = 0;
    for (let j = Math.floor(start); j < end; j++) {
      sum += from[fromStart + j * fromStride]! * (Math.min(j + 1, end) - Math.max(j, start));
    }
    to[toStart + i * toStride] = sum / (end - start);
  }
}
