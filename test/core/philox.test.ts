import { describe, expect, it } from 'vitest';
import { multiplyHigh, philox } from '../../src/core/philox.ts';
import { hashedFloats } from '../support/reference.ts';

function words(counter: readonly number[], key: readonly number[]): number[] {
  const out = new Int32Array(4);
  const [c0, c1, c2, c3] = counter as [number, number, number, number];
  const [k0, k1] = key as [number, number];
  philox(out, c0 | 0, c1 | 0, c2 | 0, c3 | 0, k0 | 0, k1 | 0);
  return Array.from(out, (word) => word >>> 0);
}

/** Philox4x32-10 with BigInt, as in the figure of the paper. */
function philoxBigInt(counter: readonly number[], key: readonly number[]): number[] {
  const mask = 0xffffffffn;
  let [c0, c1, c2, c3] = counter.map((word) => BigInt(word >>> 0)) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map((word) => BigInt(word >>> 0)) as [bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const p0 = 0xd2511f53n * c0;
    const p1 = 0xcd9e8d57n * c2;
    [c0, c1, c2, c3] = [(p1 >> 32n) ^ c1 ^ k0, p1 & mask, (p0 >> 32n) ^ c3 ^ k1, p0 & mask];
    k0 = (k0 + 0x9e3779b9n) & mask;
    k1 = (k1 + 0xbb67ae85n) & mask;
  }
  return [c0, c1, c2, c3].map(Number);
}

const randomWord = (i: number, salt: number): number =>
  (hashedFloats(i + 1, salt, 0, 1)[i]! * 2 ** 24 * 256 + (Math.imul(i + 1, salt) & 0xff)) >>> 0;

describe('philox', () => {
  // The three lines "philox4x32 10" of tests/kat_vectors in the Random123 library: counter, key, result.
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])('gives the known answer of Random123 for counter %j', (counter, key, expected) => {
    expect(words(counter, key)).toEqual(expected);
  });

  it('equals a BigInt evaluation at 300 counters and keys', () => {
    for (let i = 0; i < 300; i++) {
      const counter = [1, 2, 3, 4].map((salt) => randomWord(i, salt));
      const key = [5, 6].map((salt) => randomWord(i, salt));
      expect(words(counter, key), `counter ${counter.join()}, key ${key.join()}`).toEqual(philoxBigInt(counter, key));
    }
  });
});

describe('multiplyHigh', () => {
  const corners = [
    0, 1, 2, 0xffff, 0x10000, 0x10001, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff, 0xd2511f53,
  ];

  const high = (a: number, b: number): number => Number((BigInt(a >>> 0) * BigInt(b >>> 0)) >> 32n);

  it('is exact at all pairs of corner values, signed and unsigned spelling', () => {
    for (const a of corners) {
      for (const b of corners) {
        expect(multiplyHigh(a, b) >>> 0, `${a} ${b}`).toBe(high(a, b));
        expect(multiplyHigh(a | 0, b | 0) >>> 0, `${a} ${b}`).toBe(high(a, b));
      }
    }
  });

  it('is exact at 2000 other pairs', () => {
    let a = 12345;
    for (let i = 0; i < 2000; i++) {
      a = (Math.imul(a, 1664525) + 1013904223) >>> 0;
      const b = Math.imul(a ^ (a >>> 13), 0x85ebca6b) >>> 0;
      expect(multiplyHigh(a, b) >>> 0, `${a} ${b}`).toBe(high(a, b));
    }
  });
});
