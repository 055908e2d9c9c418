/**
 * Unpacks a zlib stream into a buffer whose size is known before, so that a stream that unpacks to more is stopped
 * there. Huffman codes are decoded by one table look-up: the next bits are the index, the entry is symbol << 4 |
 * length. Source: RFC 1950 (zlib), RFC 1951 (deflate), section 3.2.
 */
import { adler32 } from './checksum.ts';
import { canonicalCodes, countLengths, fixedLiteralLengths, LONGEST_CODE } from './huffman.ts';

/** Ends the work with an error; `position` is the byte of the stream where the fault was seen. */
export type Fail = (problem: string, position: number) => never;

/** Most bytes that a byte of deflate data can unpack to: a length of 258 in two bits. */
export const MAX_RATIO = 1032;

const END_OF_BLOCK = 256;
/** The order in which a block lists the lengths of the codes of its code lengths. */
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] as const;

interface Code {
  readonly table: Uint16Array;
  /** The number of bits of an index. */
  readonly bits: number;
}

/** The unpacked bytes; fails unless the whole stream is right and unpacks to exactly `size` bytes. */
export function inflate(stream: Uint8Array, size: number, fail: Fail): Uint8Array {
  if (stream.length < 6) fail('its zlib data is cut short', stream.length);
  const [method, flags] = [stream[0]!, stream[1]!];
  // Deflate with a window of at most 32 KiB, and no preset dictionary; the two bytes are divisible by 31.
  if ((method & 15) !== 8 || method >> 4 > 7 || (method * 256 + flags) % 31 !== 0 || (flags & 32) !== 0) {
    fail('its zlib data has a wrong header', 0);
  }
  const out = new Uint8Array(size);
  const { length, end } = inflateInto(out, stream, 2, fail);
  if (length < size) fail(`its zlib data unpacks to ${length} bytes; expected ${size}`, end);
  if (end + 4 !== stream.length) {
    if (end + 4 > stream.length) fail('its zlib data is cut short', stream.length);
    fail(`${stream.length - end - 4} bytes follow the end of its zlib data`, end + 4);
  }
  const checksum = new DataView(stream.buffer, stream.byteOffset + end).getUint32(0);
  if (checksum !== adler32(out)) fail('its zlib data is damaged: the checksum differs', end);
  return out;
}

/**
 * Unpacks deflate data into `out`, which they must not exceed.
 *
 * @param start - where they begin. At least four bytes of `stream` must follow them.
 * @returns the number of unpacked bytes, and where the deflate data end.
 */
export function inflateInto(
  out: Uint8Array,
  stream: Uint8Array,
  start: number,
  fail: Fail,
): { readonly length: number; readonly end: number } {
  const bits = bitReader(stream, start, fail);
  let length = 0;
  for (let last = false; !last; ) {
    last = bits.take(1) === 1;
    const kind = bits.take(2);
    if (kind === 3) fail('its zlib data has a block of an unknown kind', bits.position());
    if (kind === 0) length = copyStored(bits, out, length, fail);
    else {
      const [literals, distances] = kind === 1 ? fixedCodes() : readCodes(bits, fail);
      length = inflateBlock(bits, literals, distances, out, length, fail);
    }
  }
  return { length, end: bits.alignToByte() };
}

interface BitReader {
  /** The next `count` bits, at most 16, the first one lowest. */
  take(count: number): number;
  /** The symbol of the next code. */
  symbol(code: Code): number;
  /** Skips to the next byte of the stream, and returns its place. */
  alignToByte(): number;
  /** The next bytes; only on a whole byte. */
  bytes(count: number): Uint8Array;
  position(): number;
}

function bitReader(stream: Uint8Array, start: number, fail: Fail): BitReader {
  let position = start;
  let held = 0;
  let heldBits = 0;
  const need = (count: number): void => {
    while (heldBits < count) {
      if (position >= stream.length) fail('its zlib data is cut short', position);
      held |= stream[position++]! << heldBits;
      heldBits += 8;
    }
  };
  const drop = (count: number): void => {
    held >>>= count;
    heldBits -= count;
  };
  return {
    take(count) {
      need(count);
      const value = held & ((1 << count) - 1);
      drop(count);
      return value;
    },
    symbol({ table, bits }) {
      // At least 32 bits follow the last code, such as the checksum, so a whole stream always has this many.
      need(bits);
      const entry = table[held & ((1 << bits) - 1)]!;
      if (entry === 0) fail('its zlib data has an unknown code', position);
      drop(entry & 15);
      return entry >> 4;
    },
    alignToByte() {
      position -= heldBits >> 3;
      held = heldBits = 0;
      return position;
    },
    bytes(count) {
      this.alignToByte();
      if (position + count > stream.length) fail('its zlib data is cut short', stream.length);
      position += count;
      return stream.subarray(position - count, position);
    },
    position: () => position,
  };
}

/** A block that is not packed: its length, the inverse of the length, its bytes. */
function copyStored(bits: BitReader, out: Uint8Array, length: number, fail: Fail): number {
  bits.alignToByte();
  const [count, inverse] = [bits.take(16), bits.take(16)];
  if (count !== (inverse ^ 0xffff)) fail('its zlib data has a damaged block', bits.position());
  if (length + count > out.length) tooMuch(out, bits, fail);
  out.set(bits.bytes(count), length);
  return length + count;
}

/** Literals and matches until the end of the block; returns the new length of the output. */
function inflateBlock(
  bits: BitReader,
  literals: Code,
  distances: Code,
  out: Uint8Array,
  start: number,
  fail: Fail,
): number {
  let length = start;
  for (;;) {
    const symbol = bits.symbol(literals);
    if (symbol === END_OF_BLOCK) return length;
    if (symbol < END_OF_BLOCK) {
      if (length === out.length) tooMuch(out, bits, fail);
      out[length++] = symbol;
      continue;
    }
    const count = matchLength(symbol, bits, fail);
    const distance = matchDistance(bits.symbol(distances), bits, fail);
    if (distance > length) fail('its zlib data refers to bytes before its beginning', bits.position());
    if (length + count > out.length) tooMuch(out, bits, fail);
    // A match may overlap its own output: it repeats it.
    for (const end = length + count; length < end; length++) out[length] = out[length - distance]!;
  }
}

function tooMuch(out: Uint8Array, bits: BitReader, fail: Fail): never {
  return fail(`its zlib data unpacks to more than ${out.length} bytes`, bits.position());
}

/** Symbols 257 to 264 are the lengths 3 to 10. Then four symbols each have one more extra bit. 285 is 258. */
function matchLength(symbol: number, bits: BitReader, fail: Fail): number {
  if (symbol > 285) fail('its zlib data has an unknown length', bits.position());
  if (symbol === 285) return 258;
  const place = symbol - 257;
  if (place < 8) return 3 + place;
  const extra = (place >> 2) - 1;
  return 3 + ((4 + (place & 3)) << extra) + bits.take(extra);
}

/** Symbols 0 to 3 are the distances 1 to 4. Then two symbols each have one more extra bit. */
function matchDistance(symbol: number, bits: BitReader, fail: Fail): number {
  if (symbol > 29) fail('its zlib data has an unknown distance', bits.position());
  if (symbol < 4) return 1 + symbol;
  const extra = (symbol >> 1) - 1;
  return 1 + ((2 + (symbol & 1)) << extra) + bits.take(extra);
}

/** The codes of a block that brings its own. Their lengths are packed, too. */
function readCodes(bits: BitReader, fail: Fail): readonly [Code, Code] {
  const literalCount = bits.take(5) + 257;
  const distanceCount = bits.take(5) + 1;
  const lengthCount = bits.take(4) + 4;
  if (literalCount > 286 || distanceCount > 30) fail('its zlib data has too many codes', bits.position());
  const packing = new Uint8Array(19);
  for (let i = 0; i < lengthCount; i++) packing[LENGTH_ORDER[i]!] = bits.take(3);
  const lengthCode = codeOf(packing, false, bits, fail);

  const lengths = new Uint8Array(literalCount + distanceCount);
  for (let i = 0; i < lengths.length; ) {
    const symbol = bits.symbol(lengthCode);
    if (symbol < 16) {
      lengths[i++] = symbol;
      continue;
    }
    // 16 repeats the length before; 17 and 18 are runs of zeros.
    if (symbol === 16 && i === 0) fail('its zlib data repeats a length that is not there', bits.position());
    const length = symbol === 16 ? lengths[i - 1]! : 0;
    const count = symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7);
    if (i + count > lengths.length) fail('its zlib data has too many lengths', bits.position());
    lengths.fill(length, i, i + count);
    i += count;
  }
  if (lengths[END_OF_BLOCK] === 0) fail('its zlib data has a block without an end', bits.position());
  return [
    codeOf(lengths.subarray(0, literalCount), true, bits, fail),
    codeOf(lengths.subarray(literalCount), true, bits, fail),
  ];
}

let fixed: readonly [Code, Code] | undefined;

function fixedCodes(): readonly [Code, Code] {
  fixed ??= [decodingTable(fixedLiteralLengths()), decodingTable(new Uint8Array(32).fill(5))];
  return fixed;
}

/**
 * The code with these lengths. Checks that no code is the beginning of another, and that no bits are left without a
 * code; zlib, like this function, lets a single code of one bit pass, or none at all.
 */
function codeOf(lengths: Uint8Array, mayBeSingle: boolean, bits: BitReader, fail: Fail): Code {
  const counts = countLengths(lengths);
  let free = 1;
  for (let length = 1; length <= LONGEST_CODE; length++) {
    free = 2 * free - counts[length]!;
    if (free < 0) fail('its zlib data has overlapping codes', bits.position());
  }
  const used = lengths.length - counts[0]!;
  const single = mayBeSingle && (used === 0 || (used === 1 && counts[1] === 1));
  if (free > 0 && !single) fail('its zlib data has an incomplete code', bits.position());
  return decodingTable(lengths);
}

/** Each index that begins with a code gets its entry. */
function decodingTable(lengths: Uint8Array): Code {
  const codes = canonicalCodes(lengths);
  const bits = Math.max(1, ...lengths);
  const table = new Uint16Array(1 << bits);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!;
    if (length === 0) continue;
    for (let i = codes[symbol]!; i < table.length; i += 1 << length) table[i] = (symbol << 4) | length;
  }
  return { table, bits };
}
