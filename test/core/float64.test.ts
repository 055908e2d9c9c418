/**
 * exp, log, power and cosPi against Math's functions, which are within 1 ulp of the exact value in the engines that run
 * this.
 */
import { describe, expect, it } from 'vitest';
import { cosPi, exp, log, power } from '../../src/core/float64.ts';

/** The distance of two float64 numbers next to x. */
function ulp(x: number): number {
  const exponent = x === 0 ? -1022 : Math.max(Math.floor(Math.log2(Math.abs(x))), -1022);
  return 2 ** (exponent - 52);
}

/** The largest error in ulp over n points from low to high. */
function worst(got: (x: number) => number, expected: (x: number) => number, low: number, high: number): number {
  const n = 100_000;
  let most = 0;
  for (let i = 0; i <= n; i++) {
    const x = low + ((high - low) * i) / n;
    most = Math.max(most, Math.abs(got(x) - expected(x)) / ulp(expected(x)));
  }
  return most;
}

describe('float64 functions', () => {
  it('exp is within 3 ulp of Math.exp from the smallest subnormal to the largest number', () => {
    expect(worst(exp, Math.exp, -745, 709)).toBeLessThanOrEqual(3);
    expect(worst(exp, Math.exp, -1, 1)).toBeLessThanOrEqual(3);
  });

  it('log is within 3 ulp of Math.log', () => {
    expect(worst(log, Math.log, 1e-3, 4)).toBeLessThanOrEqual(3);
    expect(
      worst(
        (x) => log(Math.exp(x)),
        (x) => Math.log(Math.exp(x)),
        -744,
        709,
      ),
    ).toBeLessThanOrEqual(3);
  });

  it('power is within 1e-13 of Math.pow for what schedules compute', () => {
    for (const base of [0.3, 0.5, 0.96, 0.999, 1, 1.05, 3]) {
      for (const exponent of [0, 1e-3, 0.5, 1, 7.25, 100, 500]) {
        expect(Math.abs(power(base, exponent) / base ** exponent - 1)).toBeLessThan(1e-13);
      }
    }
  });

  it('cosPi is within 4 ulp of 1 of Math.cos, whose argument is rounded too, and exact at 0, 1/2 and 1', () => {
    for (let i = 0; i <= 100_000; i++) {
      const t = i / 100_000;
      expect(Math.abs(cosPi(t) - Math.cos(Math.PI * t)) <= 4 * 2 ** -53, `cosPi(${t})`).toBe(true);
    }
    expect([cosPi(0), cosPi(0.5), cosPi(1)]).toEqual([1, 0, -1]);
  });

  it('the ends of the ranges', () => {
    expect([exp(710), exp(Infinity), exp(-746), exp(-Infinity), exp(0), exp(NaN)]).toEqual([
      ...[Infinity, Infinity, 0, 0, 1, NaN],
    ]);
    expect([log(0), log(-1), log(Infinity), log(1), log(NaN)]).toEqual([-Infinity, NaN, Infinity, 0, NaN]);
  });
});
