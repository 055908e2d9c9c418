/**
 * Animated PNG. The first frame is an ordinary PNG, which viewers without animation show. The others are fdAT chunks.
 * Source: PNG specification, third edition (W3C), section 11.3.6, "Animation information".
 */
import { zlibRuns } from '../compression/deflate.ts';
import type { FileBytes } from '../core/bytes.ts';
import { invalid, isArray } from '../core/check.ts';
import { ShapeError } from '../core/errors.ts';
import { callback, integer, readOptions } from '../core/options.ts';
import { type Compress, checkPicture, chunk, compressRows, headerChunk, pngFile } from './chunks.ts';

/** The options of encodeApng(). */
export interface ApngOptions {
  /** How long a frame is shown, 1 to 65535 ms. Default 100. */
  readonly delayMilliseconds?: number | undefined;
  /** How often the animation runs; 0 means forever. Default 0. */
  readonly plays?: number | undefined;
  /** Compresses the rows of a frame to a zlib stream. Default: a small built-in encoder. */
  readonly compress?: Compress | undefined;
}

const OPTIONS = {
  delayMilliseconds: integer(1, 0xffff).or(100),
  plays: integer(0, 2 ** 31 - 1).or(0),
  compress: callback<Compress>().or(zlibRuns),
};

/**
 * Encodes images of one size, all grey or all in colour, as an animated PNG.
 *
 * @param frames - at least one image, row by row: `width * height` bytes from 0 (black) to 255 (white), or three times
 *   as many, red, green and blue of each pixel.
 * @throws ArgumentError or ShapeError for an empty list, a frame of another size or an option out of range.
 * @example
 * const { pixels } = imageGrid(createRandom(1).uniform([1, 28, 28, 1], -1, 1), { margin: 0 });
 * const frames = [pixels, pixels.map((value) => 255 - value)];
 * const file = encodeApng(frames, 28, 28, { delayMilliseconds: 200 });
 * file.slice(1, 4); // [80, 78, 71]: PNG
 */
export function encodeApng(
  frames: readonly Uint8Array[],
  width: number,
  height: number,
  options: ApngOptions = {},
): FileBytes {
  const where = 'encodeApng';
  if (!isArray(frames) || frames.length === 0) invalid(where, 'frames', 'a list of at least one picture', frames);
  const channels = checkPicture(where, 'frames[0]', frames[0], width, height);
  // Not forEach(), which skips the holes of a sparse list.
  for (let i = 1; i < frames.length; i++) {
    if (checkPicture(where, `frames[${i}]`, frames[i], width, height) === channels) continue;
    const kinds = channels === 1 ? 'frames[0] is grey' : 'frames[0] is in colour';
    throw new ShapeError(`${where}: frames[${i}] has ${frames[i]!.length} bytes, but ${kinds}; use one kind for all`);
  }
  const { delayMilliseconds, plays, compress } = readOptions(where, options, OPTIONS);

  const animation = numbers(8);
  animation.view.setUint32(0, frames.length);
  animation.view.setUint32(4, plays);
  const chunks = [headerChunk(width, height, channels), chunk('acTL', animation.bytes)];
  // fcTL and fdAT share one counter.
  let sequence = 0;
  frames.forEach((frame, i) => {
    const control = numbers(26);
    control.view.setUint32(0, sequence++);
    control.view.setUint32(4, width);
    control.view.setUint32(8, height);
    // The offsets at 12 and 16 stay 0. The delay is a fraction of a second: at 20 its numerator, at 22 its denominator.
    // Disposal 0 leaves the frame in place; blending 0 overwrites the frame before it.
    control.view.setUint16(20, delayMilliseconds);
    control.view.setUint16(22, 1000);
    chunks.push(chunk('fcTL', control.bytes));
    const rows = compressRows(where, frame, height, compress);
    if (i === 0) {
      chunks.push(chunk('IDAT', rows));
    } else {
      const data = numbers(4 + rows.length);
      data.view.setUint32(0, sequence++);
      data.bytes.set(rows, 4);
      chunks.push(chunk('fdAT', data.bytes));
    }
  });
  chunks.push(chunk('IEND', new Uint8Array(0)));
  return pngFile(chunks);
}

function numbers(size: number): { bytes: Uint8Array; view: DataView } {
  const bytes = new Uint8Array(size);
  return { bytes, view: new DataView(bytes.buffer) };
}
