/**
 * The canonical Huffman codes of deflate: the lengths of all codes determine the codes. Source: RFC 1951, sections
 * 3.2.2 and 3.2.6.
 */

export const LONGEST_CODE = 15;

/** The lengths of the fixed code of literals, end of block and lengths. */
export function fixedLiteralLengths(): Uint8Array {
  return Uint8Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8));
}

/** How many codes have each length; at 0, how many symbols have no code. */
export function countLengths(lengths: Uint8Array): Uint16Array {
  const counts = new Uint16Array(LONGEST_CODE + 1);
  for (let i = 0; i < lengths.length; i++) counts[lengths[i]!]!++;
  return counts;
}

/**
 * The code of each symbol; 0 for a symbol of length 0, which has none. Codes of one length are consecutive numbers, in
 * the order of the symbols; shorter codes come first. The bits are reversed: a code starts at its highest bit, the
 * stream at its lowest.
 */
export function canonicalCodes(lengths: Uint8Array): Uint16Array {
  const counts = countLengths(lengths);
  const next = new Uint16Array(LONGEST_CODE + 1);
  for (let length = 1; length < LONGEST_CODE; length++) next[length + 1] = (next[length]! + counts[length]!) << 1;
  return Uint16Array.from(lengths, (length) => {
    if (length === 0) return 0;
    let code = next[length]!++;
    let reversed = 0;
    for (let bit = 0; bit < length; bit++, code >>= 1) reversed = (reversed << 1) | (code & 1);
    return reversed;
  });
}
