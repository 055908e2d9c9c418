import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { zlibRuns } from '../../src/compression/deflate.ts';
import { pseudoBytes } from '../image/png-reader.ts';

/** The inflate of Node checks header, codes and Adler-32. */
function expectRestored(bytes: Uint8Array, what: string): Uint8Array {
  const stream = zlibRuns(bytes);
  expect(Buffer.compare(inflateSync(stream), bytes), what).toBe(0);
  return stream;
}

describe('zlibRuns', () => {
  test('encodes runs of 0 to 600 bytes, for bytes of both code lengths', () => {
    for (const value of [0, 143, 144, 255]) {
      for (let run = 0; run <= 600; run++) {
        const bytes = new Uint8Array(run + 1).fill(value);
        bytes[run] = value ^ 1;
        expectRestored(bytes, `${run} x ${value}`);
      }
    }
  });

  test('encodes all 256 bytes, and pseudo-random bytes with few and many runs', () => {
    expectRestored(
      Uint8Array.from({ length: 256 }, (_, i) => i),
      'all bytes',
    );
    for (const levels of [1, 2, 3, 16, 256]) {
      for (const size of [1, 2, 7, 1000, 70_001]) {
        expectRestored(pseudoBytes(size, size, levels), `seed ${size}, ${levels} levels, ${size} bytes`);
      }
    }
  });

  test('makes noise at most an eighth larger, and a black page two hundred times smaller', () => {
    const noise = new Uint8Array(10_000).map((_, i) => 144 + ((i * 37) % 111));
    expect(expectRestored(noise, 'nine-bit codes only').length).toBeLessThanOrEqual(10_000 * (9 / 8) + 8);
    // A match of 258 bytes takes 8 + 5 bits: 10,000 zeros need 39 of them, about 64 bytes.
    expect(expectRestored(new Uint8Array(10_000), 'zeros').length).toBeLessThan(80);
  });
});
