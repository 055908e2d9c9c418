/**
 * Animated PNG: the first frame is an ordinary PNG, so viewers without animation show it; the others stand in fdAT chunks.
 * Source: PNG specification, third edition (W3C), section 11.3.6, "Animation information".
 */
import { checkInteger, checkOptions, invalid } from '../core/check.ts';
import { type Compress, checkCompress, checkPicture, chunk, compressRows, headerChunk, pngFile } from './chunks.ts';
import { zlibRuns } from './deflate.ts';

export interface ApngOptions {
  /** How long a frame stays, 1 to 65535 ms; default 100. */
  readonly delayMilliseconds?: number;
  /** How often the animation runs; default 0, for ever. */
  readonly plays?: number;
  /** Makes each frame's zlib stream; default: a small built-in encoder. */
  readonly compress?: Compress;
}

/**
 * Grey pictures of one size as an animation.
 *
 * @param frames at least one; each `width * height` bytes, row by row, 0 black to 255 white.
 * @throws ArgumentError or ShapeError for an empty list, a frame of another size or an option out of range.
 */
export function encodeApng(
  frames: readonly Uint8Array[],
  width: number,
  height: number,
  options: ApngOptions = {},
): Uint8Array {
  const where = 'encodeApng';
  if (!Array.isArray(frames) || frames.length === 0) invalid(where, 'frames', 'a list of at least one picture', frames);
  frames.forEach((frame, i) => {
    checkPicture(where, `frames[${i}]`, frame, width, height);
  });
  checkOptions(where, options, ['delayMilliseconds', 'plays', 'compress']);
  const { delayMilliseconds = 100, plays = 0, compress = zlibRuns } = options;
  checkInteger(where, 'delayMilliseconds', delayMilliseconds, 1, 0xffff);
  checkInteger(where, 'plays', plays, 0, 2 ** 31 - 1);
  checkCompress(where, compress);

  const animation = numbers(8);
  animation.view.setUint32(0, frames.length);
  animation.view.setUint32(4, plays);
  const chunks = [headerChunk(width, height), chunk('acTL', animation.bytes)];
  // fcTL and fdAT share one counter.
  let sequence = 0;
  frames.forEach((frame, i) => {
    const control = numbers(26);
    control.view.setUint32(0, sequence++);
    control.view.setUint32(4, width);
    control.view.setUint32(8, height);
    // Offsets (12, 16) stay 0; the delay is a fraction of a second; disposal 0 keeps the frame, blending 0 replaces it.
    control.view.setUint16(20, delayMilliseconds);
    control.view.setUint16(22, 1000);
    chunks.push(chunk('fcTL', control.bytes));
    const rows = compressRows(where, frame, width, height, compress);
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
