/**
 * exp, log, tanh, sigmoid, the normal quantile, expm1, log1p, erf, pow, sin and cos against the engine's float64
 * functions, whose own error (below 1e-15 relative) is negligible beside the 6e-8 of a float32 ulp.
 */
import { describe, expect, it } from 'vitest';
import { exp, log, normalQuantile, sigmoid, tanh } from '../../src/core/elementary.ts';
import { erf, expm1, log1p, pow } from '../../src/core/exponentials.ts';
import { atan, cos, sin, TRIGONOMETRIC_LIMIT } from '../../src/core/trigonometry.ts';
import { erf64 } from '../support/float64.ts';
import { float32FromBits, ulpDistance } from '../support/ulp.ts';

/**
 * An odd stride over all 2^32 bit patterns: 1.05 million arguments in every binade of both signs, with all kinds of low
 * bits.
 */
const STRIDE = 4093;
const PATTERNS = 2 ** 32;

const sigmoid64 = (x: number): number => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));

function worst(
  fn: (x: number) => number,
  exact: (x: number) => number,
  xs: Iterable<number>,
): { ulp: number; x: number } {
  let ulp = 0;
  let at = 0;
  for (const x of xs) {
    const distance = ulpDistance(fn(x), exact(x));
    if (!(distance <= ulp)) {
      ulp = distance;
      at = x;
    }
  }
  return { ulp, x: at };
}

function* allBinades(): Generator<number> {
  for (let pattern = 0; pattern < PATTERNS; pattern += STRIDE) yield float32FromBits(pattern | 0);
}

/** Consecutive float32 numbers from the one below `from`. */
function* neighbours(from: number, count: number): Generator<number> {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, from);
  const start = view.getInt32(0);
  for (let i = -count; i <= count; i++) yield float32FromBits(start + i);
}

function* range(low: number, high: number, steps: number): Generator<number> {
  for (let i = 0; i <= steps; i++) yield Math.fround(low + ((high - low) * i) / steps);
}

/** sin and cos have no digits beyond the limit, by design. */
function withinLimit(of: (x: number) => number): (x: number) => number {
  return (x) => (Math.abs(x) <= TRIGONOMETRIC_LIMIT ? of(x) : NaN);
}

describe.each([
  { name: 'exp', fn: exp, exact: Math.exp, low: -104, high: 89 },
  { name: 'log', fn: log, exact: Math.log, low: 0.25, high: 4 },
  { name: 'tanh', fn: tanh, exact: Math.tanh, low: -10, high: 10 },
  { name: 'sigmoid', fn: sigmoid, exact: sigmoid64, low: -104, high: 20 },
  { name: 'expm1', fn: expm1, exact: Math.expm1, low: -20, high: 89 },
  { name: 'log1p', fn: log1p, exact: Math.log1p, low: -1, high: 4, limit: 3 },
  { name: 'erf', fn: erf, exact: erf64, low: -4, high: 4 },
  { name: 'atan', fn: atan, exact: Math.atan, low: -4, high: 4 },
  { name: 'sin', fn: sin, exact: withinLimit(Math.sin), low: -20, high: 20 },
  { name: 'cos', fn: cos, exact: withinLimit(Math.cos), low: -20, high: 20 },
])('$name', ({ fn, exact, low, high, limit = 2 }) => {
  it(`is within ${limit} ulp of float64 in every binade (bit patterns, stride 4093)`, () => {
    const { ulp, x } = worst(fn, exact, allBinades());
    expect(ulp, `at x = ${x}`).toBeLessThanOrEqual(limit);
  });

  it(`is within ${limit} ulp over the range where it changes (400,001 points)`, () => {
    const { ulp, x } = worst(fn, exact, range(low, high, 400_000));
    expect(ulp, `at x = ${x}`).toBeLessThanOrEqual(limit);
  });

  it(`is within ${limit} ulp at 2001 neighbours of each seam of its formula`, () => {
    for (const seam of [
      0.625,
      -0.625,
      Math.SQRT1_2,
      Math.SQRT2,
      1,
      Math.LN2 / 2,
      -Math.LN2 / 2,
      2 ** -126,
      Math.PI / 4,
      Math.PI / 2,
      4,
      88,
      -87.33654,
      -103,
    ]) {
      const { ulp, x } = worst(fn, exact, neighbours(seam, 1000));
      expect(ulp, `at x = ${x}`).toBeLessThanOrEqual(limit);
    }
  });

  it('gives float32 numbers only', () => {
    for (const x of range(low, high, 10_000)) expect(fn(x), `at x = ${x}`).toBe(Math.fround(fn(x)));
  });
});

it('sin and cos are within 2 ulp at the neighbours of each multiple of pi/2 up to 100,000', () => {
  const xs = Array.from({ length: 63_000 }, (_, k) => [...neighbours(Math.fround(((k + 1) * Math.PI) / 2), 1)]).flat();
  expect(worst(sin, Math.sin, xs).ulp).toBeLessThanOrEqual(2);
  expect(worst(cos, Math.cos, xs).ulp).toBeLessThanOrEqual(2);
});

describe('pow', () => {
  it.each([
    ['bases near 1, exponents up to 8000', 0.99, 1.01, 8000],
    ['bases from 0 to 100, exponents up to 20', 0, 100, 20],
    ['bases up to 3e38, exponents up to 1', 0, 3e38, 1],
    ['subnormal bases, exponents up to 1', 0, 2 ** -126, 1],
  ])('is within 2 ulp for %s (200,001 pairs)', (_, low, high, most) => {
    let i = 0;
    // Steps through the exponents, both signs.
    const exponents = Float32Array.from({ length: 200_001 }, (_, k) => most * (((k * 7919) % 200_003) / 100_001.5 - 1));
    const { ulp, x } = worst(
      (base) => pow(base, exponents[i]!),
      (base) => base ** exponents[i++]!,
      range(low, high, 200_000),
    );
    expect(ulp, `base ${x}`).toBeLessThanOrEqual(2);
  });

  it('of whole numbers is exact for powers of 2, and follows the sign of odd exponents', () => {
    for (let y = -149; y < 128; y++) expect(pow(2, y)).toBe(2 ** y);
    expect([pow(-2, 3), pow(-2, 2), pow(-2, -1), pow(-2, 2 ** 24)]).toEqual([-8, 4, -0.5, Infinity]);
    expect([pow(-0, 3), pow(-0, 2), pow(-0, -3), pow(0, -2)]).toEqual([-0, 0, -Infinity, Infinity]);
    expect([pow(-2, 0.5), pow(-Infinity, 3), pow(-Infinity, 0.5), pow(Infinity, -1)]).toEqual([
      NaN,
      -Infinity,
      Infinity,
      0,
    ]);
  });

  it('x^0 and 1^y are 1; infinite exponents are limits; NaN stays NaN', () => {
    expect([pow(0, 0), pow(NaN, 0), pow(Infinity, -0), pow(1, Infinity), pow(1, -3e38)]).toEqual([1, 1, 1, 1, 1]);
    expect([pow(2, Infinity), pow(0.5, Infinity), pow(2, -Infinity), pow(0, Infinity)]).toEqual([Infinity, 0, 0, 0]);
    expect([pow(NaN, 1), pow(1, NaN), pow(0, NaN)]).toEqual([NaN, NaN, NaN]);
  });
});

describe('special values', () => {
  it('expm1, log1p, erf, sin and cos', () => {
    expect([expm1, log1p, erf, sin].map((of) => of(-0))).toEqual([-0, -0, -0, -0]);
    expect([expm1, log1p, erf, sin, cos].map((of) => of(NaN))).toEqual([NaN, NaN, NaN, NaN, NaN]);
    expect([expm1, log1p, erf, sin, cos].map((of) => of(Infinity))).toEqual([Infinity, Infinity, 1, NaN, NaN]);
    expect([expm1, log1p, erf, sin, cos].map((of) => of(-Infinity))).toEqual([-1, NaN, -1, NaN, NaN]);
    expect([log1p(-1), log1p(-2), cos(0)]).toEqual([-Infinity, NaN, 1]);
    expect([0, -0, -Infinity, NaN].map(atan)).toEqual([0, -0, Math.fround(-Math.PI / 2), NaN]);
  });

  it('exp', () => {
    expect(exp(NaN)).toBeNaN();
    expect(exp(0)).toBe(1);
    expect(exp(-0)).toBe(1);
    expect(exp(Infinity)).toBe(Infinity);
    expect(exp(-Infinity)).toBe(0);
    expect(exp(2 ** -149)).toBe(1);
    // ln(2^128 (1 - 2^-25)) = 88.72284: the largest finite result, and overflow from the next number on.
    expect(exp(Math.fround(88.72283))).toBeLessThan(Infinity);
    expect(exp(Math.fround(88.7229))).toBe(Infinity);
    expect(exp(3.4e38)).toBe(Infinity);
    // ln(2^-149) = -103.2789; below ln(2^-150) = -103.9721 the nearest float32 is 0.
    expect(exp(Math.fround(-103.2))).toBe(2 ** -149);
    expect(exp(Math.fround(-103.98))).toBe(0);
    expect(exp(-3.4e38)).toBe(0);
  });

  it('log', () => {
    expect(log(NaN)).toBeNaN();
    expect(log(0)).toBe(-Infinity);
    expect(log(-0)).toBe(-Infinity);
    expect(log(-1)).toBeNaN();
    expect(log(-(2 ** -149))).toBeNaN();
    expect(log(-Infinity)).toBeNaN();
    expect(log(Infinity)).toBe(Infinity);
    expect(log(1)).toBe(0);
    expect(ulpDistance(log(2 ** -149), -149 * Math.LN2)).toBeLessThanOrEqual(1);
  });

  it('tanh', () => {
    expect(tanh(NaN)).toBeNaN();
    expect(tanh(0)).toBe(0);
    expect(tanh(-0)).toBe(-0);
    expect(tanh(Infinity)).toBe(1);
    expect(tanh(-Infinity)).toBe(-1);
    expect(tanh(2 ** -149)).toBe(2 ** -149);
    expect(tanh(-(2 ** -140))).toBe(-(2 ** -140));
  });

  it('sigmoid', () => {
    expect(sigmoid(NaN)).toBeNaN();
    expect(sigmoid(0)).toBe(0.5);
    expect(sigmoid(-0)).toBe(0.5);
    expect(sigmoid(Infinity)).toBe(1);
    expect(sigmoid(-Infinity)).toBe(0);
    expect(sigmoid(3.4e38)).toBe(1);
    expect(sigmoid(-3.4e38)).toBe(0);
    expect(sigmoid(2 ** -149)).toBe(0.5);
  });
});

describe('symmetry', () => {
  it.each([tanh, erf, atan, sin])('$name is odd, bit for bit', (of) => {
    for (const x of range(0, 12, 50_000))
      if (!Object.is(of(-x), -of(x))) throw new Error(`x = ${x}: ${of(x)}, ${of(-x)}`);
  });

  it('sigmoid(x) + sigmoid(-x) is 1 to one ulp', () => {
    for (const x of range(0, 20, 2000)) {
      expect(Math.abs(sigmoid(x) + sigmoid(-x) - 1), `x = ${x}`).toBeLessThanOrEqual(2 ** -23);
    }
  });
});

describe('sign and order', () => {
  it('exp and sigmoid are never negative, log changes its sign at 1, tanh keeps that of x', () => {
    for (const x of range(-110, 110, 40_000)) {
      const good =
        exp(x) >= 0 &&
        sigmoid(x) >= 0 &&
        sigmoid(x) <= 1 &&
        Math.sign(tanh(x)) === Math.sign(x) &&
        Math.abs(tanh(x)) <= 1;
      if (!good) throw new Error(`x = ${x}: exp ${exp(x)}, sigmoid ${sigmoid(x)}, tanh ${tanh(x)}`);
    }
    for (const x of neighbours(1, 1000)) expect(Math.sign(log(x)), `log(${x})`).toBe(Math.sign(x - 1));
  });
});

/**
 * The standard normal distribution's lower tail in float64. The series Phi(x) = 1/2 + phi(x) (x + x^3/3 + x^5/(3 5) +
 * ...) near 0 and the continued fraction of Mills's ratio, Q(x) = phi(x) / (x + 1 / (x + 2 / (x + 3 / ...))), for |x| >
 * 2.5: Abramowitz and Stegun, 26.2.11 and 26.2.14.
 */
function lowerTail(x: number): number {
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (Math.abs(x) <= 2.5) {
    let term = x;
    let total = x;
    for (let n = 3; Math.abs(term) > 1e-18; n += 2) {
      term *= (x * x) / n;
      total += term;
    }
    return 0.5 + density * total;
  }
  const t = Math.abs(x);
  let fraction = t;
  for (let n = 200; n >= 1; n--) fraction = t + n / fraction;
  return x < 0 ? density / fraction : 1 - density / fraction;
}

/** Inverse by bisection on the smaller tail, which keeps the relative accuracy. */
function quantile64(p: number): number {
  if (p > 0.5) return -quantile64(1 - p);
  let low = -9;
  let high = 0;
  for (let i = 0; i < 70; i++) {
    const middle = (low + high) / 2;
    if (lowerTail(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

describe('normalQuantile', () => {
  it('has a reference that gives the tabulated quantiles', () => {
    // Abramowitz and Stegun, table 26.5 and 26.6: the classical percentage points.
    expect(quantile64(0.975)).toBeCloseTo(1.959963984540054, 12);
    expect(quantile64(0.995)).toBeCloseTo(2.5758293035489004, 12);
    expect(quantile64(0.0001)).toBeCloseTo(-3.719016485455709, 11);
    expect(quantile64(0.5)).toBeCloseTo(0, 12);
  });

  // AS 241 PPND7 claims about 1 part in 10^7; its float32 evaluation adds some roundings: 2e-6 relative is 34 ulp at
  // worst, and an error in a coefficient's fourth digit exceeds it. Near 0 the result is q times a ratio, so relative
  // there too.
  it('agrees with float64 within 2e-6 relative over (0, 1) and both tails', () => {
    const ps = [...range(2 ** -10, 1 - 2 ** -10, 4000)];
    for (let i = 1; i <= 24; i++) ps.push(2 ** -i, Math.fround(1 - 2 ** -i), Math.fround(1.37 * 2 ** -i));
    for (const p of [0.07499, 0.075, 0.0751, 0.92499, 0.925, 0.9251]) ps.push(Math.fround(p));
    for (const p of ps) {
      const exact = quantile64(p);
      expect(Math.abs(normalQuantile(p) - exact), `p = ${p}`).toBeLessThanOrEqual(2e-6 * Math.abs(exact) + 1e-12);
    }
  });

  it('is odd about 1/2, bit for bit, on the points the generator uses', () => {
    for (let word = 0; word < 2 ** 22; word += 1009) {
      const p = (word + 0.5) * 2 ** -23;
      expect(normalQuantile(1 - p), `p = ${p}`).toBe(-normalQuantile(p));
    }
  });

  it('rises', () => {
    let before = -Infinity;
    for (let word = 0; word < 2 ** 23; word += 4093) {
      const y = normalQuantile((word + 0.5) * 2 ** -23);
      expect(y).toBeGreaterThan(before);
      before = y;
    }
  });

  it('stays within 5.4 at the ends of the generator', () => {
    expect(normalQuantile(2 ** -24)).toBeGreaterThan(-5.4);
    expect(normalQuantile(2 ** -24)).toBeCloseTo(quantile64(2 ** -24), 4);
  });
});
