/**
 * A small synchronous zlib encoder for pictures. It writes one deflate block with the fixed Huffman code and encodes
 * runs of a byte as matches at distance 1. Black backgrounds shrink well; noise grows by at most an eighth. Source: RFC
 * 1950 (zlib), RFC 1951 (deflate), sections 3.2.5 and 3.2.6.
 */
import { adler32 } from './checksum.ts';
import { canonicalCodes, fixedLiteralLengths } from './huffman.ts';

const END_OF_BLOCK = 256;
const SHORTEST_MATCH = 3;
const LONGEST_MATCH = 258;

/** `bytes` as a zlib stream. */
export function zlibRuns(bytes: Uint8Array): Uint8Array {
  const size = bytes.length;
  // Header 2 bytes, block header 3 bits, at most 9 bits for each byte, end of block 7 bits, checksum 4 bytes.
  const out = new Uint8Array(2 + Math.ceil((size * 9 + 10) / 8) + 4);
  const lengths = fixedLiteralLengths();
  const codes = canonicalCodes(lengths);
  let position = 2;
  let pending = 0;
  let pendingBits = 0;

  // Deflate fills bytes from their lowest bit.
  const put = (value: number, bits: number): void => {
    pending |= value << pendingBits;
    pendingBits += bits;
    while (pendingBits >= 8) {
      out[position++] = pending & 0xff;
      pending >>>= 8;
      pendingBits -= 8;
    }
  };

  const putSymbol = (symbol: number): void => put(codes[symbol]!, lengths[symbol]!);

  // CMF 0x78: deflate, window 32 KiB. FLG 0x01 makes the two divisible by 31.
  out[0] = 0x78;
  out[1] = 0x01;
  // BFINAL = 1, BTYPE = 01 (fixed Huffman).
  put(0b011, 3);
  for (let i = 0; i < size; ) {
    let run = 0;
    if (i > 0) while (run < LONGEST_MATCH && i + run < size && bytes[i + run] === bytes[i - 1]) run++;
    if (run < SHORTEST_MATCH) {
      putSymbol(bytes[i++]!);
      continue;
    }
    // Lengths 3 to 257 have groups of four symbols; each group has one more extra bit. 258 has a symbol of its own.
    const length = run - SHORTEST_MATCH;
    const extraBits = run === LONGEST_MATCH ? 0 : Math.max(0, 29 - Math.clz32(length));
    putSymbol(run === LONGEST_MATCH ? 285 : 257 + 4 * extraBits + (length >>> extraBits));
    put(length & ((1 << extraBits) - 1), extraBits);
    // Distance 1: symbol 0, five zero bits.
    put(0, 5);
    i += run;
  }
  putSymbol(END_OF_BLOCK);
  // Fills the last byte with zeros.
  put(0, 7);
  new DataView(out.buffer).setUint32(position, adler32(bytes));
  return out.slice(0, position + 4);
}
