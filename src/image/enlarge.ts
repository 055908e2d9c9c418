/** Enlarges a picture by a whole number: each pixel becomes a square of equal ones (nearest neighbour). */
import { ShapeError } from '../core/errors.ts';
import { checkPicture } from './chunks.ts';
import type { Picture } from './grid.ts';

/** The most pixels that a picture may have. */
const MAX_PIXELS = 2 ** 30;

/** The picture itself if `scale` is 1. */
export function enlarge(where: string, picture: Picture, scale: number): Picture {
  if (scale === 1) return picture;
  const { pixels, width, height } = picture;
  const channels = checkPicture(where, 'pixels', pixels, width, height);
  checkPixels(where, width * scale, height * scale);
  const size = width * scale * channels;
  const large = new Uint8Array(size * height * scale);
  for (let y = 0; y < height; y++) {
    const start = y * scale * size;
    for (let x = 0, to = start; x < width; x++) {
      const from = (y * width + x) * channels;
      for (let copy = 0; copy < scale; copy++) {
        for (let c = 0; c < channels; c++) large[to++] = pixels[from + c]!;
      }
    }
    for (let copy = 1; copy < scale; copy++) large.copyWithin(start + copy * size, start, start + size);
  }
  return { pixels: large, width: width * scale, height: height * scale };
}

/** @throws ShapeError for a picture that is too large to be made. */
export function checkPixels(where: string, width: number, height: number): void {
  if (width * height <= MAX_PIXELS) return;
  throw new ShapeError(
    `${where}: a picture of ${width} x ${height} pixels is too large; the limit is ${MAX_PIXELS} pixels`,
  );
}
