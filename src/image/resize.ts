/**
 * Scales a picture by area averaging: a new pixel is the mean of the old pixels that it covers, weighted by the area
 * covered. The box filter is separable, so columns are averaged first, then rows.
 */
import { checkPicture } from './chunks.ts';
import type { DecodedPicture } from './decode-png.ts';
import type { Picture } from './grid.ts';

/** Scales a picture to `newWidth` x `newHeight` pixels, both at least 1. */
export function resizeImage(
  pixels: Uint8Array,
  width: number,
  height: number,
  newWidth: number,
  newHeight: number,
): Picture {
  const channels = checkPicture('resizeImage', 'pixels', pixels, width, height);
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

/** Cuts a picture to the ratio of the new sides, evenly at both ends, and scales it. */
export function cropAndResize(picture: DecodedPicture, newWidth: number, newHeight: number): DecodedPicture {
  const { pixels, width, height, channels } = picture;
  const scale = Math.min(width / newWidth, height / newHeight);
  const cutWidth = Math.min(width, Math.max(1, Math.round(newWidth * scale)));
  const cutHeight = Math.min(height, Math.max(1, Math.round(newHeight * scale)));
  const [left, top] = [Math.floor((width - cutWidth) / 2), Math.floor((height - cutHeight) / 2)];
  const cut = new Uint8Array(cutWidth * cutHeight * channels);
  for (let y = 0; y < cutHeight; y++) {
    const start = ((top + y) * width + left) * channels;
    cut.set(pixels.subarray(start, start + cutWidth * channels), y * cutWidth * channels);
  }
  return { ...resizeImage(cut, cutWidth, cutHeight, newWidth, newHeight), channels };
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
