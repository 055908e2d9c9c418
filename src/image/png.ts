/**
 * PNG files: 8-bit grey or colour, not interlaced, not filtered, because filters gain little on small pictures with
 * flat backgrounds. Source: PNG specification, third edition (W3C).
 */
import { zlibRuns } from '../compression/deflate.ts';
import type { FileBytes } from '../core/bytes.ts';
import { callback, readOptions } from '../core/options.ts';
import { type Compress, checkPicture, chunk, compressRows, headerChunk, pngFile } from './chunks.ts';

/** The options of encodePng(). */
export interface PngOptions {
  /** Makes the zlib stream. Default: a small built-in encoder. In Node, `deflateSync` of `node:zlib` is smaller. */
  readonly compress?: Compress | undefined;
}

const OPTIONS = { compress: callback<Compress>().or(zlibRuns) };

/**
 * A picture as a PNG file: grey, or in colour if there are three bytes for each pixel.
 *
 * @param pixels row by row from the top: `width * height` bytes, 0 black to 255 white, or three times as many, red,
 *   green and blue of each pixel.
 * @throws ArgumentError or ShapeError if a side is below 1 or `pixels` has another size.
 * @example
 * const { pixels, width, height } = imageGrid(createRandom(1).uniform([4, 28, 28, 1], -1, 1));
 * const file = encodePng(pixels, width, height);
 * file.slice(1, 4); // [80, 78, 71]: PNG
 */
export function encodePng(pixels: Uint8Array, width: number, height: number, options: PngOptions = {}): FileBytes {
  const channels = checkPicture('encodePng', 'pixels', pixels, width, height);
  const { compress } = readOptions('encodePng', options, OPTIONS);
  const rows = compressRows('encodePng', pixels, height, compress);
  return pngFile([headerChunk(width, height, channels), chunk('IDAT', rows), chunk('IEND', new Uint8Array(0))]);
}
