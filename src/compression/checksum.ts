/**
 * The two checksums of a PNG: CRC-32 over each chunk (PNG specification, third edition, annex D; polynomial 0xEDB88320,
 * reflected) and Adler-32 at the end of a zlib stream (RFC 1950, section 8).
 */

/** The remainders of all 256 bytes, computed at the first use, so that an import costs nothing. */
let remainders: Uint32Array | undefined;

/** CRC-32 of a byte string, as an unsigned 32-bit number. */
export function crc32(bytes: Uint8Array): number {
  remainders ??= crcTable(0xedb88320);
  return reflectedCrc(bytes, remainders);
}

/** The CRC of a byte string with the table of a reflected polynomial. It begins with all bits set and is inverted. */
export function reflectedCrc(bytes: Uint8Array, table: Uint32Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Adler-32: `a = 1 + sum of bytes`, `b = sum of all a`, both modulo 65521; the result is `b * 65536 + a`. */
export function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  // b stays below 2^31 for 3800 bytes of 255, so the remainder is needed only that often.
  for (let start = 0; start < bytes.length; start += 3800) {
    const end = Math.min(start + 3800, bytes.length);
    for (let i = start; i < end; i++) b += a += bytes[i]!;
    a %= 65521;
    b %= 65521;
  }
  return b * 65536 + a;
}

/** The remainders of all 256 bytes, for a polynomial of degree 32 with its bits reversed. */
export function crcTable(polynomial: number): Uint32Array {
  const table = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ polynomial : remainder >>> 1;
    table[byte] = remainder;
  }
  return table;
}
