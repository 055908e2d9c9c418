import { describe, expect, it } from 'vitest';
import { xxh32, xxh32Pair } from '../../src/core/xxhash.ts';

const PRIME1 = 0x9e3779b1;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('xxh32', () => {
  // The first two are the sanity vectors of the xxHash distribution for no bytes.
  it.each([
    ['', 0, 0x02cc5d05],
    ['', PRIME1, 0x36b78ae7],
    ['abc', 0, 0x32d153ff],
    ['Nobody inspects the spammish repetition', 0, 0xe2293b2f],
  ])('of "%s" with seed %i', (value, seed, expected) => {
    expect(xxh32(text(value), seed)).toBe(expected);
  });

  // Made with the Python package xxhash 3: xxhash.xxh32(b[:n], seed).intdigest() with b[i] = (i * i * 31 + 7) & 255.
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => (i * i * 31 + 7) & 255);
  const lengths = [0, 1, 3, 4, 7, 15, 16, 17, 31, 32, 33, 63, 100];
  it.each([
    [
      0,
      [
        46947589, 3018034, 252994816, 255831223, 2634441889, 2819145530, 4202552518, 3387579010, 3177174010, 2107167936,
        954114359, 393498320, 1428109801,
      ],
    ],
    [
      PRIME1,
      [
        917998311, 3557811465, 3455890842, 3986636265, 3736950622, 1005978158, 1502224015, 4081416405, 4281205496,
        4052953384, 3935273752, 2518167782, 2093779373,
      ],
    ],
  ])('equals the reference implementation around the edges of its blocks, with seed %i', (seed, expected) => {
    expect(lengths.map((length) => xxh32(bytes.subarray(0, length), seed))).toEqual(expected);
  });

  it('does not care where in a buffer the bytes lie', () => {
    for (let offset = 0; offset < 5; offset++) {
      const shifted = new Uint8Array(200).fill(9);
      shifted.set(bytes, offset);
      expect(xxh32(shifted.subarray(offset, offset + 100))).toBe(1428109801);
    }
  });

  it('changes with every single bit', () => {
    const hashes = new Set([xxh32(bytes)]);
    for (let bit = 0; bit < 800; bit++) {
      const changed = bytes.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      hashes.add(xxh32(changed));
    }
    expect(hashes.size).toBe(801);
  });
});

it('xxh32Pair is two hashes in 16 digits, padded', () => {
  expect(xxh32Pair(text(''))).toMatch(/^02cc5d05[\da-f]{8}$/);
  const seen = new Set(Array.from({ length: 300 }, (_, seed) => xxh32Pair(text('x'), seed)));
  expect(seen.size).toBe(300);
  for (const pair of seen) expect(pair).toMatch(/^[\da-f]{16}$/);
});
