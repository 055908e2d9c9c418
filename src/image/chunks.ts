/**
 * The container of a PNG: a signature, then chunks of `length, type, data, CRC-32 of type and data`, numbers
 * big-endian. Source: PNG specification, third edition (W3C), sections 5.2 to 5.4 and 11.2.
 */
import { crc32 } from '../compression/checksum.ts';
import { checkBytes, type FileBytes } from '../core/bytes.ts';
import { checkInteger, invalid, isInstance } from '../core/check.ts';
import { ShapeError } from '../core/errors.ts';

/** Turns bytes into a zlib stream. */
export type Compress = (bytes: Uint8Array) => Uint8Array;

export const SIGNATURE: readonly number[] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** The PNG limit of width and height. */
export const MAX_SIDE: number = 2 ** 31 - 1;

/** The signature and the chunks, joined. */
export function pngFile(chunks: readonly Uint8Array[]): FileBytes {
  return joined([Uint8Array.from(SIGNATURE), ...chunks]);
}

/** All bytes, one part after the other. */
export function joined(parts: readonly Uint8Array[]): FileBytes {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}

/** One chunk; `type` is four ASCII letters. */
export function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** Bytes of a pixel: 1 for grey, 3 for red, green, blue. */
export type Channels = 1 | 3;

/** The brightness of a colour, with the weights of ITU-R BT.601. Grey stays as it is. */
export function luma(red: number, green: number, blue: number): number {
  return Math.round((299 * red + 587 * green + 114 * blue) / 1000);
}

/** IHDR: 8 bits of grey or of each colour, deflate, the five standard filters, not interlaced. */
export function headerChunk(width: number, height: number, channels: Channels): Uint8Array {
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  data[8] = 8;
  // The colour type: 0 grey, 2 red, green, blue.
  data[9] = channels === 1 ? 0 : 2;
  return chunk('IHDR', data);
}

/** The compressed rows of a picture. Each row starts with the filter byte 0: not filtered. */
export function compressRows(where: string, pixels: Uint8Array, height: number, compress: Compress): Uint8Array {
  const size = pixels.length / height;
  const rows = new Uint8Array((size + 1) * height);
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * size, (y + 1) * size), y * (size + 1) + 1);
  const compressed: unknown = compress(rows);
  if (!isInstance(compressed, Uint8Array)) {
    return invalid(where, 'compress', 'a function that returns a zlib stream as a Uint8Array', compressed);
  }
  return compressed;
}

/**
 * Checks the arguments of a picture: sides of at least 1, and one byte (grey) or three (red, green, blue) for each
 * pixel. Returns which.
 */
export function checkPicture(
  where: string,
  argument: string,
  pixels: unknown,
  width: unknown,
  height: unknown,
): Channels {
  const columns = checkInteger(where, 'width', width, 1, MAX_SIDE);
  const rows = checkInteger(where, 'height', height, 1, MAX_SIDE);
  const size = checkBytes(where, argument, pixels, 'a Uint8Array with one or three bytes for each pixel').length;
  if (size === columns * rows) return 1;
  if (size === columns * rows * 3) return 3;
  throw new ShapeError(
    `${where}: ${argument} has ${size} bytes; a picture of width ${columns} and height ${rows} needs ` +
      `${columns * rows} in grey or ${columns * rows * 3} in colour, row by row`,
  );
}
