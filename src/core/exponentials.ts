/**
 * expm1, log1p, erf and pow in IEEE float32, by the rounded operations that core/elementary.ts allows. Errors are at
 * most 2 ulp, of log1p 3 ulp (test/core/elementary.test.ts).
 *
 * Sources: expm1 uses the polynomial of exp (core/elementary.ts); log1p is Theorem 4 of D. Goldberg, "What every
 * computer scientist should know about floating-point arithmetic", 1991; the exact products of pow are T. J. Dekker's,
 * "A floating-point technique for extending the available precision", 1971. The other polynomials are fits with the
 * smallest error.
 */
import {
  EXP_MAX,
  EXP_MIN,
  EXP_POLYNOMIAL,
  exp,
  horner,
  LN2_HIGH,
  LN2_LOW,
  LOG2_E,
  log,
  ROUNDING_MAGIC,
  SMALLEST_NORMAL,
  SQRT_HALF_BITS,
} from './elementary.ts';

/** Below this expm1 is -1 in float32. */
export const EXPM1_MIN = -20;

/** e^x - 1 = 2^n (e^r - 1) + (2^n - 1), with n and r of exp(x), at half the size, so that 2^n does not overflow. */
export function expm1(x: number): number {
  const fround = Math.fround;
  const clamped = Math.min(Math.max(x, EXPM1_MIN), EXP_MAX);
  const n = fround(fround(fround(clamped * LOG2_E) + ROUNDING_MAGIC) - ROUNDING_MAGIC);
  const r = fround(fround(clamped - fround(n * LN2_HIGH)) - fround(n * LN2_LOW));
  const p = fround(fround(horner(EXP_POLYNOMIAL, r) * fround(r * r)) + r);
  const half = 2 ** (n - 1);
  const y = fround(fround(fround(half * p) + fround(half - 0.5)) * 2);
  // Small results keep the sign of x.
  return x > 0 ? y : x < 0 ? -Math.abs(y) : x;
}

/** log(1 + x) = log(s) (x / (s - 1)) with s = 1 + x rounded: the quotient makes up for the rounding. */
export function log1p(x: number): number {
  const fround = Math.fround;
  const s = fround(1 + x);
  return s === 1 || s === Infinity ? x : fround(log(s) * fround(x / fround(s - 1)));
}

/** erf(x) = x + x P(x^2) for |x| < 1, else 1 - e^-Q(|x|) with the sign of x; 1 from ERF_END on. */
export const ERF_POLYNOMIAL: readonly number[] = [
  ...[7.88911931e-5, -8.02084105e-4, 5.1895352e-3, -2.68544443e-2, 0.112836003, -0.37612626, 0.128379107],
].map(Math.fround);
export const ERFC_EXPONENT: readonly number[] = [
  ...[
    2.14672289e-5, -4.3863813e-4, 4.19076905e-3, -2.51697918e-2, 0.108355582, 0.633280516, 1.12954664, -1.81047275e-4,
  ],
].map(Math.fround);
export const ERF_END = 4;

export function erf(x: number): number {
  const fround = Math.fround;
  const magnitude = Math.abs(x);
  if (magnitude < 1) return fround(x + fround(x * horner(ERF_POLYNOMIAL, fround(x * x))));
  const y = fround(1 - exp(-horner(ERFC_EXPONENT, Math.min(magnitude, ERF_END))));
  return x < 0 ? -y : y;
}

/** log(m) = 2 s + s s^2 P(s^2) with s = (m - 1) / (m + 1). */
export const POW_POLYNOMIAL: readonly number[] = /*#__PURE__*/ [0.233437821, 0.285503149, 0.400001258, 0.666666687].map(
  Math.fround,
);
/** Larger exponents give the same powers, since |log x| is at least 2^-24 where it is not 0. */
export const POW_MAX_EXPONENT: number = 2 ** 60;
/** Where e^z is finite and not 0, the lower part of z is far smaller; elsewhere it has no digits. */
export const MOST_LOW: number = 2 ** -10;
/** 2^12 + 1: the factor by which Dekker splits a float32 into two halves of 12 bits. */
export const SPLITTER = 4097;

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/**
 * x^y = e^(y log x). log x is computed as a sum of two float32 numbers, and y log x too, so that large exponents cost
 * no digits. x^0 is 1 for every x, and 1^y for every y but NaN. A negative x has a power if y is a whole number; else
 * it is NaN.
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  const base = Math.abs(x);
  const size = base === 0 || base === Infinity ? ((base === 0) === y > 0 ? 0 : Infinity) : positivePower(base, y);
  const isWhole = Math.floor(y) === y;
  const isOdd = isWhole && Math.floor(y / 2) * 2 !== y;
  if (isOdd && (x < 0 || Object.is(x, -0))) return -size;
  return x < 0 && !isWhole && base !== Infinity ? NaN : size;
}

/** x^y for x above 0 and finite. */
function positivePower(x: number, y: number): number {
  const fround = Math.fround;
  const subnormal = x < SMALLEST_NORMAL;
  float[0] = subnormal ? x * 2 ** 23 : x;
  const shifted = bits[0]! - SQRT_HALF_BITS;
  const e = (shifted >> 23) - (subnormal ? 23 : 0);
  bits[0] = (shifted & 0x7fffff) + SQRT_HALF_BITS;
  const m = float[0]!;
  // s = (m - 1) / (m + 1), and what its rounding and that of m + 1 lost.
  const numerator = fround(m - 1);
  const denominator = fround(m + 1);
  const denominatorError = fround(m - fround(denominator - 1));
  const s = fround(numerator / denominator);
  const product = fround(s * denominator);
  const remainder = fround(fround(numerator - product) - productError(s, denominator, product));
  const sError = fround(fround(remainder - fround(s * denominatorError)) / denominator);
  const square = fround(s * s);
  const tail = fround(fround(horner(POW_POLYNOMIAL, square) * square) * s);
  // log x = high + low
  const large = fround(e * LN2_HIGH);
  const twice = fround(s + s);
  const sum = fround(large + twice);
  const part = fround(sum - large);
  const lost = fround(fround(large - fround(sum - part)) + fround(twice - part));
  const rest = fround(fround(fround(lost + fround(e * LN2_LOW)) + fround(sError + sError)) + tail);
  const high = fround(sum + rest);
  const low = fround(rest - fround(high - sum));
  // y log x = z + zLow
  const exponent = Math.min(Math.max(y, -POW_MAX_EXPONENT), POW_MAX_EXPONENT);
  const z = fround(exponent * high);
  return expOfSum(z, fround(productError(exponent, high, z) + fround(exponent * low)));
}

/** e^(x + low) by the steps of exp(x), with a small `low` added to what is left of x. */
function expOfSum(x: number, low: number): number {
  const fround = Math.fround;
  const clamped = Math.min(Math.max(x, EXP_MIN), EXP_MAX);
  const n = fround(fround(fround(clamped * LOG2_E) + ROUNDING_MAGIC) - ROUNDING_MAGIC);
  const rest = fround(fround(clamped - fround(n * LN2_HIGH)) - fround(n * LN2_LOW));
  const r = fround(rest + Math.min(Math.max(low, -MOST_LOW), MOST_LOW));
  const p = fround(fround(fround(horner(EXP_POLYNOMIAL, r) * fround(r * r)) + r) + 1);
  const half = Math.floor(n / 2);
  return fround(fround(p * 2 ** half) * 2 ** (n - half));
}

/** The rounding error of product = a b: a b - product. */
function productError(a: number, b: number, product: number): number {
  const fround = Math.fround;
  const [aHigh, bHigh] = [highHalf(a), highHalf(b)];
  const [aLow, bLow] = [fround(a - aHigh), fround(b - bHigh)];
  const high = fround(fround(fround(fround(aHigh * bHigh) - product) + fround(aHigh * bLow)) + fround(aLow * bHigh));
  return fround(high + fround(aLow * bLow));
}

/** The upper 12 bits of x. */
function highHalf(x: number): number {
  const fround = Math.fround;
  const scaled = fround(SPLITTER * x);
  return fround(scaled - fround(scaled - x));
}
