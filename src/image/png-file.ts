/**
 * Reads the chunks of a PNG without trusting them: signature, lengths, order and CRC-32 are checked, and the sizes that
 * the header declares, before memory is taken for the pixels.
 * Source: PNG specification, third edition (W3C), sections 5 and 11.
 */

import { crc32 } from '../compression/checksum.ts';
import { FormatError } from '../core/errors.ts';
import { printable } from '../core/text.ts';
import { joined, MAX_SIDE, SIGNATURE } from './chunks.ts';

type ColorType = keyof typeof COLOR_TYPES;

/** Numbers of a pixel and the bits that each may have, by colour type. */
const COLOR_TYPES = {
  0: { name: 'grey', samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { name: 'red, green, blue', samples: 3, depths: [8, 16] },
  3: { name: 'palette', samples: 1, depths: [1, 2, 4, 8] },
  4: { name: 'grey and alpha', samples: 2, depths: [8, 16] },
  6: { name: 'red, green, blue and alpha', samples: 4, depths: [8, 16] },
} as const;

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits of each number of a pixel. */
  readonly depth: number;
  readonly colorType: ColorType;
  /** Numbers of a pixel; 1 for a palette. */
  readonly samples: number;
  readonly interlaced: boolean;
}

/** The checked chunks of a file. */
export interface PngFile extends PngHeader {
  /** Red, green and blue of each colour, for a palette. */
  readonly palette: Uint8Array | undefined;
  /** The content of tRNS: alpha of the first palette colours, or the transparent grey or colour, 2 bytes a number. */
  readonly transparency: Uint8Array | undefined;
  /** The zlib stream, and the place in the file of each of its bytes. */
  readonly stream: Uint8Array;
  placeOf(streamPosition: number): number;
}

/** Signature and header chunk. */
export const PNG_HEAD_BYTES = 33;

const CHUNK_BYTES = 12;

/** Reads the header; `bytes` may be just the beginning of a file. */
export function readPngHeader(where: string, bytes: Uint8Array): PngHeader {
  if (SIGNATURE.some((byte, i) => bytes[i] !== byte)) {
    throw new FormatError(
      `${where}: a PNG begins with the bytes ${hex(SIGNATURE)}; got ${hex(bytes.subarray(0, 8))}`,
      0,
    );
  }
  const cut = bytes.length < PNG_HEAD_BYTES;
  if (cut) throw new FormatError(`${where}: the PNG ends in its header`, bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (view.getUint32(8) !== 13 || typeOf(bytes, 12) !== 'IHDR') {
    throw new FormatError(`${where}: the first chunk of a PNG must be IHDR with 13 bytes; got ${nameOf(bytes, 12)}`, 8);
  }
  checkCrc(where, bytes, 8, 13);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) {
    throw new FormatError(`${where}: width and height must be from 1 to ${MAX_SIDE}; got ${width} x ${height}`, 16);
  }
  const [depth, code, compression, filter, interlace] = [24, 25, 26, 27, 28].map((at) => bytes[at]!);
  const colorType = ([0, 2, 3, 4, 6] as const).find((one) => one === code);
  if (colorType === undefined) {
    throw new FormatError(`${where}: the colour type must be 0, 2, 3, 4 or 6; got ${code}`, 25);
  }
  const { name, samples, depths } = COLOR_TYPES[colorType];
  const bits = depths.find((one) => one === depth);
  if (bits === undefined) {
    throw new FormatError(`${where}: colour type ${code} (${name}) has ${depths.join(', ')} bits; got ${depth}`, 24);
  }
  if (compression !== 0 || filter !== 0 || interlace! > 1) {
    throw new FormatError(
      `${where}: compression and filter method must be 0 and interlacing 0 or 1; got ${compression}, ${filter} and ` +
        `${interlace}`,
      26,
    );
  }
  return { width, height, depth: bits, colorType, samples, interlaced: interlace === 1 };
}

/** Reads and checks all chunks. Those that only describe the picture, such as texts, are skipped. */
export function readPngFile(where: string, bytes: Uint8Array): PngFile {
  const header = readPngHeader(where, bytes);
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  const parts: { readonly start: number; readonly data: Uint8Array }[] = [];
  const wrong = (problem: string, at: number): never => {
    throw new FormatError(`${where}: ${problem}`, at);
  };
  let ended = false;
  let previous = 'IHDR';
  let at = PNG_HEAD_BYTES;
  while (!ended) {
    if (bytes.length - at < CHUNK_BYTES) wrong('the PNG ends before its IEND chunk', bytes.length);
    const length = new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0);
    const type = typeOf(bytes, at + 4);
    if (length > bytes.length - at - CHUNK_BYTES) {
      wrong(`chunk ${nameOf(bytes, at + 4)} has ${length} bytes, more than follow`, at);
    }
    checkCrc(where, bytes, at, length);
    const start = at + 8;
    const data = bytes.subarray(start, start + length);
    if (type === 'PLTE') {
      if (palette !== undefined || parts.length > 0) wrong('PLTE must come once, before IDAT', at);
      palette = checkPalette(header, data, (problem) => wrong(problem, at));
    } else if (type === 'tRNS') {
      if (transparency !== undefined || parts.length > 0) wrong('tRNS must come once, before IDAT', at);
      transparency = checkTransparency(header, palette, data, (problem) => wrong(problem, at));
    } else if (type === 'IDAT') {
      if (parts.length > 0 && previous !== 'IDAT') wrong('the IDAT chunks must follow each other', at);
      parts.push({ start, data });
    } else if (type === 'IEND') {
      if (length > 0) wrong(`IEND must be empty; it has ${length} bytes`, at);
      ended = true;
    } else if ((bytes[at + 4]! & 32) === 0) {
      // A capital letter in front marks a chunk without which the picture cannot be read.
      wrong(`chunk ${nameOf(bytes, at + 4)} is unknown, but needed to read the picture`, at);
    }
    previous = type;
    at = start + length + 4;
  }
  if (at < bytes.length) wrong(`${bytes.length - at} bytes follow the end of the PNG`, at);
  if (parts.length === 0) wrong('the PNG has no IDAT chunk, the pixels', at);
  if (header.colorType === 3 && palette === undefined) wrong('colour type 3 needs a PLTE chunk', at);
  return {
    ...header,
    // A palette beside colours is only a suggestion.
    palette: header.colorType === 3 ? palette : undefined,
    transparency,
    stream: parts.length === 1 ? parts[0]!.data : joined(parts.map(({ data }) => data)),
    placeOf: (streamPosition) => placeOf(parts, streamPosition),
  };
}

function checkPalette(
  { colorType, depth }: PngHeader,
  data: Uint8Array,
  wrong: (problem: string) => never,
): Uint8Array {
  const most = colorType === 3 ? 2 ** depth : 256;
  if (colorType === 0 || colorType === 4) wrong('a grey PNG must not have a PLTE chunk');
  if (data.length === 0 || data.length % 3 !== 0 || data.length > 3 * most) {
    wrong(`PLTE must have 3 bytes for each of 1 to ${most} colours; it has ${data.length} bytes`);
  }
  return data;
}

function checkTransparency(
  { colorType }: PngHeader,
  palette: Uint8Array | undefined,
  data: Uint8Array,
  wrong: (problem: string) => never,
): Uint8Array {
  if (colorType === 4 || colorType === 6) wrong('a PNG with alpha must not have a tRNS chunk');
  if (colorType === 3) {
    if (palette === undefined) wrong('tRNS must come after PLTE');
    else if (data.length < 1 || data.length > palette.length / 3) {
      wrong(`tRNS must have 1 to ${palette.length / 3} bytes, one for a colour of the palette; it has ${data.length}`);
    }
  } else {
    const expected = colorType === 0 ? 2 : 6;
    if (data.length !== expected) wrong(`tRNS must have ${expected} bytes; it has ${data.length}`);
  }
  return data;
}

function checkCrc(where: string, bytes: Uint8Array, at: number, length: number): void {
  const end = at + 8 + length;
  const found = new DataView(bytes.buffer, bytes.byteOffset + end).getUint32(0);
  if (found !== crc32(bytes.subarray(at + 4, end))) {
    throw new FormatError(`${where}: chunk ${nameOf(bytes, at + 4)} is damaged: its CRC-32 differs`, at);
  }
}

function placeOf(parts: readonly { readonly start: number; readonly data: Uint8Array }[], position: number): number {
  let left = position;
  let place = 0;
  for (const { start, data } of parts) {
    place = start + Math.min(left, data.length);
    if (left < data.length) break;
    left -= data.length;
  }
  return place;
}

function typeOf(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

function nameOf(bytes: Uint8Array, at: number): string {
  return printable(JSON.stringify(typeOf(bytes, at)));
}

function hex(bytes: ArrayLike<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
