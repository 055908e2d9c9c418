/**
 * An independent PNG reader for the tests. It recomputes each CRC bit by bit, uses the inflate of Node, knows all five
 * filters, and shares no code with the encoder.
 */
import { inflateSync } from 'node:zlib';

export interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
}

/** The chunks of a PNG file; throws on a wrong signature, length or CRC. */
export function readChunks(file: Uint8Array): Chunk[] {
  const bytes = Buffer.from(file);
  if (bytes.subarray(0, 8).toString('latin1') !== '\x89PNG\r\n\x1a\n') throw new Error('no PNG signature');
  const chunks: Chunk[] = [];
  for (let at = 8; at < bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at);
    if (bytes.readUInt32BE(end) !== bitwiseCrc(bytes.subarray(at + 4, end))) throw new Error(`wrong CRC at ${at}`);
    chunks.push({ type: bytes.toString('latin1', at + 4, at + 8), data: bytes.subarray(at + 8, end) });
    at = end + 4;
  }
  return chunks;
}

/** The pixels of an 8-bit PNG, grey or in colour. Node's inflate verifies the Adler-32. */
export function readPng(file: Uint8Array): { pixels: Uint8Array; width: number; height: number } {
  const chunks = readChunks(file);
  const header = Buffer.from(chunks[0]!.data);
  if (chunks[0]!.type !== 'IHDR' || header.length !== 13 || chunks.at(-1)!.type !== 'IEND')
    throw new Error('bad frame');
  // Bit depth 8, colour type 0 (grey) or 2 (colour), compression 0, filter method 0, no interlace.
  const kind = ['0800000000', '0802000000'].indexOf(header.subarray(8).toString('hex'));
  if (kind < 0) throw new Error('not an 8-bit grey or colour PNG');
  const width = header.readUInt32BE(0);
  const height = header.readUInt32BE(4);
  const stream = Buffer.concat(chunks.filter((one) => one.type === 'IDAT').map((one) => one.data));
  return { pixels: decodeRows(stream, width, height, kind === 0 ? 1 : 3), width, height };
}

/** Inflates and unfilters the rows of a picture with `channels` bytes for each pixel. */
export function decodeRows(stream: Uint8Array, width: number, height: number, channels = 1): Uint8Array {
  const rows = inflateSync(stream);
  const size = width * channels;
  if (rows.length !== (size + 1) * height) throw new Error(`${rows.length} bytes for ${width} x ${height}`);
  const pixels = new Uint8Array(size * height);
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (size + 1)]!;
    for (let x = 0; x < size; x++) {
      const a = x >= channels ? pixels[y * size + x - channels]! : 0;
      const b = y > 0 ? pixels[(y - 1) * size + x]! : 0;
      const c = x >= channels && y > 0 ? pixels[(y - 1) * size + x - channels]! : 0;
      const predictions = [0, a, b, (a + b) >> 1, paeth(a, b, c)];
      if (filter >= predictions.length) throw new Error(`unknown filter ${filter}`);
      pixels[y * size + x] = rows[y * (size + 1) + 1 + x]! + predictions[filter]!;
    }
  }
  return pixels;
}

function paeth(a: number, b: number, c: number): number {
  const p = a + b - c;
  const [da, db, dc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  return da <= db && da <= dc ? a : db <= dc ? b : c;
}

function bitwiseCrc(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const low = (crc ^ (byte >> bit)) & 1;
      crc = (crc >>> 1) ^ (low === 1 ? 0xedb88320 : 0);
    }
  }
  return ~crc >>> 0;
}

/**
 * Repeatable bytes: a 32-bit linear congruential generator (Numerical Recipes' constants), the highest byte of each
 * state.
 */
export function pseudoBytes(seed: number, size: number, levels: number = 256): Uint8Array {
  let state = seed >>> 0;
  return Uint8Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(((state >>> 24) * levels) / 256);
  });
}
