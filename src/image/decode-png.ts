/**
 * Decodes a PNG of any kind to 8 bits, grey or in colour: 1 to 16 bits, palettes, transparency, interlaced or not.
 *   fewer than 8 bits   v * 255 / (2^bits - 1)
 *   16 bits             round(v / 257)
 *   transparent pixels  round((alpha * v + (255 - alpha) * background) / 255)
 *   colour to grey      round(0.299 red + 0.587 green + 0.114 blue), the luma of ITU-R BT.601
 * Gamma and colour profiles are not applied. Source: PNG specification, third edition (W3C).
 */

import { type Fail, inflate, MAX_RATIO } from '../compression/inflate.ts';
import { fileBytes } from '../core/bytes.ts';
import { invalid } from '../core/check.ts';
import { FormatError } from '../core/errors.ts';
import { integer, type Option, option, readOptions } from '../core/options.ts';
import { type Channels, luma } from './chunks.ts';
import type { Picture } from './grid.ts';
import { type PngFile, type PngHeader, readPngFile } from './png-file.ts';
import { type Pass, passBytes, passesOf, rowBytes, unfilter } from './png-rows.ts';

/** The options of decodePng(). */
export interface DecodePngOptions {
  /** 1 for grey, 3 for colour. Default: 3 if the file has colours, else 1. */
  readonly channels?: Channels | undefined;
  /** The grey behind transparent pixels, 0 to 255. Default 255, white. */
  readonly background?: number | undefined;
  /** The most pixels that a file may have. Default 2^24, such as 4096 x 4096. */
  readonly maxPixels?: number | undefined;
}

/** A picture that says whether it is grey or in colour. */
export interface DecodedPicture extends Picture {
  /** Bytes of a pixel: 1 for grey, 3 for red, green, blue. */
  readonly channels: Channels;
}

const MAX_PIXELS = 2 ** 24;
const LARGEST_LIMIT = 2 ** 28;

interface DecodeSchema {
  readonly channels: Option<Channels, Channels | undefined, 'optional'>;
  readonly background: Option<number, number, 'optional'>;
  readonly maxPixels: Option<number, number, 'optional'>;
}

/** loadImages() takes the same options. */
export const DECODE_OPTIONS: DecodeSchema = {
  channels: option<Channels>((where, argument, value) =>
    value === 1 || value === 3 ? value : invalid(where, argument, '1, grey, or 3, colour', value),
  ).optional(),
  background: integer(0, 255).or(255),
  maxPixels: integer(1, LARGEST_LIMIT).or(MAX_PIXELS),
};

/**
 * Decodes a PNG file. Memory is taken only for the size that its header declares, after that was compared with
 * `maxPixels` and the length of the file. Of an animated PNG it decodes the picture that viewers without animation
 * show.
 *
 * @throws FormatError, with the byte offset of the fault, for anything but a whole PNG file, and for one with more
 *   pixels than `maxPixels`. ArgumentError if `bytes` is neither a Uint8Array nor an ArrayBuffer, or for a wrong
 *   option.
 * @example
 * const file = encodePng(Uint8Array.of(0, 255), 2, 1);
 * const { pixels, width, height, channels } = decodePng(file);
 * pixels; // [0, 255]
 * dataset(pixels, [1, height, width, channels]).itemShape; // [1, 2, 1]
 */
export function decodePng(bytes: Uint8Array | ArrayBuffer, options: DecodePngOptions = {}): DecodedPicture {
  const file = fileBytes('decodePng', 'bytes', bytes);
  return decodePicture('decodePng', file, readOptions('decodePng', options, DECODE_OPTIONS));
}

/** decodePng() with another name in its errors, such as a file name. */
export function decodePicture(
  where: string,
  bytes: Uint8Array,
  { channels, background, maxPixels }: { channels: Channels | undefined; background: number; maxPixels: number },
): DecodedPicture {
  const file = readPngFile(where, bytes);
  checkPixels(where, file, maxPixels);
  const bits = file.samples * file.depth;
  const size = unpackedBytes(file);
  const fail = (problem: string, position: number): never => {
    throw new FormatError(`${where}: ${problem}`, file.placeOf(position));
  };
  if (size > file.stream.length * MAX_RATIO) {
    fail(`its pixels take ${size} bytes, more than ${file.stream.length} bytes of zlib data can hold`, 0);
  }
  const rows = inflate(file.stream, size, fail);
  const colors = channels ?? (hasColors(file) ? 3 : 1);
  const picture = { pixels: new Uint8Array(file.width * file.height * colors), channels: colors };
  const convert = pixelConverter(file, background, colors, fail);
  let start = 0;
  for (const pass of passesOf(file.width, file.height, file.interlaced)) {
    const wrong = unfilter(rows, start, pass, bits);
    if (wrong >= 0) fail(`filter ${rows[wrong]} is unknown; expected 0 to 4`, 0);
    convertPass(file, pass, rows, start, picture, convert);
    start += passBytes(pass, bits);
  }
  return { ...picture, width: file.width, height: file.height };
}

/** Bytes of all rows with their filters, the size of the unpacked zlib data. */
export function unpackedBytes({ width, height, interlaced, samples, depth }: PngHeader): number {
  return passesOf(width, height, interlaced).reduce((sum, pass) => sum + passBytes(pass, samples * depth), 0);
}

/** Compares the declared number of pixels with the limit. */
export function checkPixels(where: string, { width, height }: PngHeader, maxPixels: number): void {
  if (width * height <= maxPixels) return;
  throw new FormatError(
    `${where}: ${width} x ${height} are more pixels than maxPixels = ${maxPixels}; raise maxPixels if it is meant`,
    16,
  );
}

function hasColors({ colorType, palette }: PngFile): boolean {
  if (palette === undefined) return colorType === 2 || colorType === 6;
  for (let i = 0; i < palette.length; i += 3) {
    if (palette[i] !== palette[i + 1] || palette[i] !== palette[i + 2]) return true;
  }
  return false;
}

/** The numbers of one pixel as they are in the file -> its bytes in the picture, from `pixels[to]` on. */
type Convert = (samples: Uint16Array, pixels: Uint8Array, to: number) => void;

/** Unpacks the numbers of each pixel of a pass, and puts the pixel in its place. */
function convertPass(
  { width, depth, samples }: PngHeader,
  pass: Pass,
  rows: Uint8Array,
  start: number,
  { pixels, channels }: { readonly pixels: Uint8Array; readonly channels: Channels },
  convert: Convert,
): void {
  const stride = rowBytes(pass.width, samples * depth) + 1;
  const pixel = new Uint16Array(samples);
  for (let y = 0; y < pass.height; y++) {
    const row = start + y * stride + 1;
    const to = (pass.y0 + y * pass.dy) * width + pass.x0;
    for (let x = 0; x < pass.width; x++) {
      for (let i = 0; i < samples; i++) pixel[i] = sampleAt(rows, row, x * samples + i, depth);
      convert(pixel, pixels, (to + x * pass.dx) * channels);
    }
  }
}

/** A number of a row. The first of several in a byte is in its highest bits. */
function sampleAt(rows: Uint8Array, row: number, index: number, depth: number): number {
  if (depth === 8) return rows[row + index]!;
  if (depth === 16) return rows[row + 2 * index]! * 256 + rows[row + 2 * index + 1]!;
  const bit = index * depth;
  return (rows[row + (bit >> 3)]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}

function pixelConverter(file: PngFile, background: number, channels: Channels, fail: Fail): Convert {
  const { depth, samples, palette, transparency } = file;
  const toByte = (value: number): number => (depth === 16 ? Math.round(value / 257) : (value * 255) / (2 ** depth - 1));
  const key = palette === undefined ? transparentKey(file) : undefined;
  return (pixel, pixels, to) => {
    let red: number;
    let green: number;
    let blue: number;
    let alpha = 255;
    if (palette === undefined) {
      red = toByte(pixel[0]!);
      green = samples < 3 ? red : toByte(pixel[1]!);
      blue = samples < 3 ? red : toByte(pixel[2]!);
      if (samples % 2 === 0) alpha = toByte(pixel[samples - 1]!);
      else if (key?.every((value, i) => value === pixel[i])) alpha = 0;
    } else {
      const index = pixel[0]!;
      if (3 * index >= palette.length) fail(`a pixel has colour ${index} of a palette of ${palette.length / 3}`, 0);
      red = palette[3 * index]!;
      green = palette[3 * index + 1]!;
      blue = palette[3 * index + 2]!;
      alpha = transparency?.[index] ?? 255;
    }
    if (alpha !== 255) {
      red = blended(red, alpha, background);
      green = blended(green, alpha, background);
      blue = blended(blue, alpha, background);
    }
    if (channels === 1) pixels[to] = luma(red, green, blue);
    else {
      pixels[to] = red;
      pixels[to + 1] = green;
      pixels[to + 2] = blue;
    }
  };
}

function blended(value: number, alpha: number, background: number): number {
  return Math.round((alpha * value + (255 - alpha) * background) / 255);
}

/** The grey or colour that is transparent: 2 bytes for each number, of which the bits of the depth count. */
function transparentKey({ transparency, depth }: PngFile): readonly number[] | undefined {
  if (transparency === undefined) return undefined;
  const view = new DataView(transparency.buffer, transparency.byteOffset, transparency.length);
  return Array.from({ length: transparency.length / 2 }, (_, i) => view.getUint16(2 * i) & (2 ** depth - 1));
}
