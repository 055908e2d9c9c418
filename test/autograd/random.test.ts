import { describe, expect, it } from 'vitest';
import { createRandom, randomFromState } from '../../src/autograd/random.ts';
import { normalQuantile } from '../../src/core/elementary.ts';
import { philox } from '../../src/core/philox.ts';

/** Word i of the stream, by the definition: block i / 4 of (seed, stream). */
function word(seed: number, stream: number, i: number): number {
  const out = new Int32Array(4);
  const block = Math.floor(i / 4);
  philox(
    out,
    (block % 2 ** 32) | 0,
    Math.floor(block / 2 ** 32) | 0,
    stream,
    0,
    (seed % 2 ** 32) | 0,
    Math.floor(seed / 2 ** 32) | 0,
  );
  return out[i % 4]! >>> 0;
}

describe('uniform', () => {
  it('is low + (high - low) word 2^-24, word for word', () => {
    const seed = 2 ** 40 + 17;
    const got = createRandom(seed).uniform([3, 7], -2, 3).data;
    for (let i = 0; i < 21; i++) {
      const u = (word(seed, 0, i) >>> 8) * 2 ** -24;
      expect(got[i]).toBe(Math.fround(-2 + Math.fround(5 * u)));
    }
  });

  it('has the mean, variance and range of its distribution', () => {
    const n = 100_000;
    const x = createRandom(1).uniform([n]).data;
    let sum = 0;
    let squares = 0;
    for (const value of x) {
      sum += value;
      squares += (value - 0.5) ** 2;
      expect(value >= 0 && value < 1).toBe(true);
    }
    // Standard errors: 1 / sqrt(12 n) = 0.00091 for the mean, sqrt(1/180 / n) = 0.00024 for the variance; four of each.
    expect(Math.abs(sum / n - 0.5)).toBeLessThan(0.0037);
    expect(Math.abs(squares / n - 1 / 12)).toBeLessThan(0.001);
  });

  it('fills 64 cells evenly: chi-square with 63 degrees of freedom below its 0.999 quantile, 103.4', () => {
    const n = 64_000;
    const counts = new Array<number>(64).fill(0);
    for (const value of createRandom(2).uniform([n]).data) counts[Math.floor(value * 64)]!++;
    expect(counts.reduce((total, count) => total + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(103.4);
  });

  it('with low = high is constant', () => {
    expect(Array.from(createRandom(3).uniform([5], 2, 2).data)).toEqual([2, 2, 2, 2, 2]);
  });
});

describe('normal', () => {
  it('is mean + stddev quantile((word / 2^9 + 1/2) 2^-23), word for word', () => {
    const got = createRandom(5).normal([13], 10, 0.5).data;
    for (let i = 0; i < 13; i++) {
      const p = ((word(5, 0, i) >>> 9) + 0.5) * 2 ** -23;
      expect(got[i]).toBe(Math.fround(10 + Math.fround(0.5 * normalQuantile(p))));
    }
  });

  it('has the first four moments of its distribution', () => {
    const n = 200_000;
    const x = createRandom(11).normal([n]).data;
    const moments = [0, 0, 0, 0];
    let largest = 0;
    for (const value of x) {
      for (let k = 0; k < 4; k++) moments[k]! += value ** (k + 1) / n;
      largest = Math.max(largest, Math.abs(value));
    }
    // Variances of z, z^2, z^3, z^4: 1, 2, 15, 96; four standard errors of each mean.
    expect(Math.abs(moments[0]!)).toBeLessThan(4 * Math.sqrt(1 / n));
    expect(Math.abs(moments[1]! - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(moments[2]!)).toBeLessThan(4 * Math.sqrt(15 / n));
    expect(Math.abs(moments[3]! - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
    expect(largest).toBeGreaterThan(4);
    expect(largest).toBeLessThan(5.4);
  });

  it('with stddev 0 is the mean', () => {
    expect(Array.from(createRandom(3).normal([3], 7, 0).data)).toEqual([7, 7, 7]);
  });
});

describe('the stream', () => {
  it('is the same for the same seed and another for another', () => {
    const a = Array.from(createRandom(42).normal([100]).data);
    expect(Array.from(createRandom(42).normal([100]).data)).toEqual(a);
    expect(Array.from(createRandom(43).normal([100]).data)).not.toEqual(a);
    expect(Array.from(createRandom(42 + 2 ** 32).normal([100]).data)).not.toEqual(a);
  });

  it('begins each draw at a fresh block of four words', () => {
    const random = createRandom(9);
    const blocks = [1, 4, 5, 0, 8].map((size) => {
      random.uniform([size]);
      return random.state().block;
    });
    expect(blocks).toEqual([1, 2, 4, 4, 6]);
    expect(random.uniform([1]).item()).toBe((word(9, 0, 24) >>> 8) * 2 ** -24);
  });

  it('continues from a state stored as JSON with the same values', () => {
    const random = createRandom(2 ** 53 - 1);
    random.normal([10]);
    random.permutation(10);
    const copy = randomFromState(JSON.parse(JSON.stringify(random.state())));
    expect(copy.state()).toEqual(random.state());
    expect(Array.from(copy.normal([30]).data)).toEqual(Array.from(random.normal([30]).data));
    expect(copy.permutation(20)).toEqual(random.permutation(20));
    expect(copy.state()).toEqual(random.state());
  });

  it('carries from the low to the high counter word at block 2^32, inside one draw', () => {
    const at = 2 ** 32 - 2;
    const got = randomFromState({ seed: 3, stream: 0, block: at }).uniform([20]).data;
    for (let i = 0; i < 20; i++) expect(got[i], `element ${i}`).toBe((word(3, 0, 4 * at + i) >>> 8) * 2 ** -24);
    const beyond = randomFromState({ seed: 3, stream: 0, block: 2 ** 32 }).uniform([12]).data;
    expect(Array.from(got.subarray(8))).toEqual(Array.from(beyond));
    const start = createRandom(3).uniform([12]).data;
    expect(Array.from(beyond)).not.toEqual(Array.from(start));
  });

  it('has independent streams under one seed', () => {
    const one = randomFromState({ seed: 3, stream: 1, block: 0 }).uniform([50]).data;
    for (let i = 0; i < 50; i++) expect(one[i]).toBe((word(3, 1, i) >>> 8) * 2 ** -24);
    expect(Array.from(one)).not.toEqual(Array.from(createRandom(3).uniform([50]).data));
  });
});

describe('permutation', () => {
  it.each([0, 1, 2, 3, 17, 1000])('of %i numbers holds each once', (n) => {
    const order = createRandom(4).permutation(n);
    expect(order).toBeInstanceOf(Int32Array);
    expect(Array.from(order).sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  });

  it('is Fisher-Yates from the back, and redraws biased remainders (300,000 numbers, seed 12)', () => {
    const n = 300_000;
    const random = createRandom(12);
    const got = random.permutation(n);
    const expected = Int32Array.from({ length: n }, (_, i) => i);
    const words = new Int32Array(4);
    let used = 0;
    const next = (): number => {
      if (used % 4 === 0) philox(words, used / 4, 0, 0, 0, 12, 0);
      return words[used++ % 4]! >>> 0;
    };
    let refused = 0;
    for (let i = n - 1; i > 0; i--) {
      const whole = 2 ** 32 - (2 ** 32 % (i + 1));
      let drawn = next();
      while (drawn >= whole) {
        drawn = next();
        refused++;
      }
      const j = drawn % (i + 1);
      [expected[i], expected[j]] = [expected[j]!, expected[i]!];
    }
    // About n^2 / 4 / 2^32 = 5 redraws are expected; without any the test would prove nothing.
    expect(refused).toBeGreaterThan(0);
    expect(random.state().block).toBe(Math.ceil((n - 1 + refused) / 4));
    expect(got).toEqual(expected);
  });

  it('gives all 24 orders of 4 equally often: chi-square (23 degrees of freedom) below 49.7 (0.999 quantile)', () => {
    const random = createRandom(6);
    const counts = new Map<string, number>();
    const rounds = 24_000;
    for (let i = 0; i < rounds; i++) {
      const key = random.permutation(4).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const expected = rounds / 24;
    const chiSquare = [...counts.values()].reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(49.7);
  });

  it('puts every number in every place equally often: chi-square, 81 degrees of freedom, is below 124.8', () => {
    const random = createRandom(8);
    const counts = new Array<number>(100).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const order = random.permutation(10);
      for (let place = 0; place < 10; place++) counts[place * 10 + order[place]!]!++;
    }
    const chiSquare = counts.reduce((total, count) => total + (count - 1000) ** 2 / 1000, 0);
    // The sums of rows and columns are fixed, so there are 9 x 9 degrees of freedom; without the factor 10 / 9 it would
    // be even smaller.
    expect(chiSquare).toBeLessThan(124.8);
  });
});
