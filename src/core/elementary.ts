/**
 * exp, log, tanh, sigmoid and the normal quantile in IEEE float32. They use only addition, multiplication, division and
 * square root, each rounded with Math.fround. So they give the same bits on every engine, and the same bits as the SIMD
 * kernels, which do the same steps on four lanes.
 *
 * Sources: range reductions and polynomials of exp, log and tanh from the Cephes Mathematical Library (S. L. Moshier;
 * expf, logf, tanhf); the quantile is algorithm AS 241, PPND7 (M. J. Wichura, Applied Statistics 37, 1988).
 * Errors over dense sweeps of the whole range are at most 2 ulp (test/core/elementary.test.ts).
 */

/** Polynomial coefficients, highest power first, as float32. */
const float32 = (...values: number[]): readonly number[] => values.map(Math.fround);

/**
 * exp(r) = 1 + r + r^2 P(r) for |r| <= ln(2) / 2. ln(2) is split in two parts; the first has few bits, so that n
 * LN2_HIGH is exact.
 */
export const EXP_POLYNOMIAL: readonly number[] = float32(
  1.98756915e-4,
  1.3981999507e-3,
  8.3334519073e-3,
  4.1665795894e-2,
  1.6666665459e-1,
  5.0000001201e-1,
);
export const LOG2_E: number = Math.fround(Math.LOG2E);
export const LN2_HIGH = 0.693359375;
export const LN2_LOW: number = Math.fround(-2.1219444e-4);
/** Above EXP_MAX exp is infinity in float32, below EXP_MIN it is 0. */
export const EXP_MAX = 89;
export const EXP_MIN = -104;
/** 1.5 * 2^23. Adding and subtracting it rounds a float32 to the nearest whole number, ties to even. */
export const ROUNDING_MAGIC = 12582912;

/** log(1 + r) = r - r^2 / 2 + r^3 P(r) for sqrt(1/2) - 1 <= r < sqrt(2) - 1. */
export const LOG_POLYNOMIAL: readonly number[] = float32(
  7.0376836292e-2,
  -1.151461031e-1,
  1.167699874e-1,
  -1.2420140846e-1,
  1.4249322787e-1,
  -1.6668057665e-1,
  2.0000714765e-1,
  -2.4999993993e-1,
  3.3333331174e-1,
);
/** The bits of sqrt(1/2) in float32: the mantissa is taken from [sqrt(1/2), sqrt(2)). */
export const SQRT_HALF_BITS = 0x3f3504f3;
export const SMALLEST_NORMAL: number = 2 ** -126;

/** tanh(x) = x + x^3 P(x^2) for |x| < 0.625, else 1 - 2 / (exp(2 |x|) + 1) with x's sign. */
export const TANH_POLYNOMIAL: readonly number[] = float32(
  -5.70498872745e-3,
  2.06390887954e-2,
  -5.37397155531e-2,
  1.33314422036e-1,
  -3.33332819422e-1,
);
export const TANH_SMALL = 0.625;

/** AS 241 for |q| <= 0.425: quantile(p) = q A(r) / B(r) with q = p - 1/2 and r = 0.425^2 - q^2. */
export const QUANTILE_CENTRE: number = Math.fround(0.425);
export const QUANTILE_CENTRE_SQUARED: number = Math.fround(0.180625);
export const QUANTILE_A: readonly number[] = float32(59.10937472, 159.29113202, 50.434271938, 3.3871327179);
export const QUANTILE_B: readonly number[] = float32(67.1875636, 78.757757664, 17.895169469, 1);
/** AS 241 outside: quantile(p) = +-C(r) / D(r) with r = sqrt(-log(min(p, 1 - p))) - 1.6. */
export const QUANTILE_TAIL_SHIFT: number = Math.fround(1.6);
export const QUANTILE_C: readonly number[] = float32(0.17023821103, 1.3067284816, 2.75681539, 1.4234372777);
export const QUANTILE_D: readonly number[] = float32(0.12021132975, 0.7370016425, 1);

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/**
 * 2^n for -75 <= n <= 64, the range that exp() needs. It multiplies by two of them, since 2^n itself may overflow or be
 * subnormal.
 */
const POWERS_OF_TWO = Float32Array.from({ length: 140 }, (_, i) => 2 ** (i - 75));

/**
 * e^x = 2^n e^r with n = round(x / ln 2) and r = x - n ln 2. 2^n is applied in two halves, so that results at the ends
 * of the range are right.
 */
export function exp(x: number): number {
  const fround = Math.fround;
  const clamped = Math.min(Math.max(x, EXP_MIN), EXP_MAX);
  const n = fround(fround(fround(clamped * LOG2_E) + ROUNDING_MAGIC) - ROUNDING_MAGIC);
  const r = fround(fround(clamped - fround(n * LN2_HIGH)) - fround(n * LN2_LOW));
  let p = EXP_POLYNOMIAL[0]!;
  p = fround(fround(p * r) + EXP_POLYNOMIAL[1]!);
  p = fround(fround(p * r) + EXP_POLYNOMIAL[2]!);
  p = fround(fround(p * r) + EXP_POLYNOMIAL[3]!);
  p = fround(fround(p * r) + EXP_POLYNOMIAL[4]!);
  p = fround(fround(p * r) + EXP_POLYNOMIAL[5]!);
  p = fround(fround(fround(p * fround(r * r)) + r) + 1);
  const whole = n | 0;
  const half = whole >> 1;
  return fround(fround(p * POWERS_OF_TWO[half + 75]!) * POWERS_OF_TWO[whole - half + 75]!);
}

/** Natural logarithm: x = 2^e m, log x = e ln 2 + log m. log(0) is -infinity; log of a negative number is NaN. */
export function log(x: number): number {
  const fround = Math.fround;
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return Infinity;
  const subnormal = x < SMALLEST_NORMAL;
  float[0] = subnormal ? x * 2 ** 23 : x;
  const shifted = bits[0]! - SQRT_HALF_BITS;
  const exponent = shifted >> 23;
  bits[0] = (shifted & 0x7fffff) + SQRT_HALF_BITS;
  const e = subnormal ? exponent - 23 : exponent;
  const r = fround(float[0]! - 1);
  const square = fround(r * r);
  let p = LOG_POLYNOMIAL[0]!;
  p = fround(fround(p * r) + LOG_POLYNOMIAL[1]!);
  p = fround(fround(p * r) + LOG_POLYNOMIAL[2]!);
  p = fround(fround(p * r) + LOG_POLYNOMIAL[3]!);
  p = fround(fround(p * r) + LOG_POLYNOMIAL[4]!);
  p = fround(fround(p * r) + LOG_POLYNOMIAL[5]!);
  p = fround(fround(p * r) + LOG_POLYNOMIAL[6]!);
  p = fround(fround(p * r) + LOG_POLYNOMIAL[7]!);
  p = fround(fround(p * r) + LOG_POLYNOMIAL[8]!);
  let y = fround(fround(r * square) * p);
  y = fround(y + fround(LN2_LOW * e));
  y = fround(y - fround(0.5 * square));
  return fround(fround(r + y) + fround(LN2_HIGH * e));
}

/** tanh. It is odd: the result for |x| gets the sign of x, so tanh(-0) is -0. */
export function tanh(x: number): number {
  const fround = Math.fround;
  if (x === 0) return x;
  const magnitude = Math.abs(x);
  if (magnitude < TANH_SMALL) {
    const square = fround(x * x);
    let p = TANH_POLYNOMIAL[0]!;
    p = fround(fround(p * square) + TANH_POLYNOMIAL[1]!);
    p = fround(fround(p * square) + TANH_POLYNOMIAL[2]!);
    p = fround(fround(p * square) + TANH_POLYNOMIAL[3]!);
    p = fround(fround(p * square) + TANH_POLYNOMIAL[4]!);
    return fround(fround(fround(p * square) * x) + x);
  }
  const y = fround(1 - fround(2 / fround(exp(fround(magnitude + magnitude)) + 1)));
  return x < 0 ? -y : y;
}

/**
 * 1 / (1 + e^-x), computed from e = e^-|x| so that both tails keep their relative accuracy: q = (x < 0 ? e : 1) / s
 * with s = 1 + e. The result is q - q (lost / s), where lost = e - (s - 1) is the rounding error of s.
 */
export function sigmoid(x: number): number {
  const fround = Math.fround;
  const e = exp(-Math.abs(x));
  const s = fround(1 + e);
  const lost = fround(e - fround(s - 1));
  const q = fround((x < 0 ? e : 1) / s);
  return fround(q - fround(q * fround(lost / s)));
}

/** The standard normal quantile at p, 0 < p < 1, by AS 241. Accurate for p from 2^-24 to 1 - 2^-24. */
export function normalQuantile(p: number): number {
  const fround = Math.fround;
  const q = fround(p - 0.5);
  if (Math.abs(q) <= QUANTILE_CENTRE) {
    const r = fround(QUANTILE_CENTRE_SQUARED - fround(q * q));
    return fround(fround(q * horner(QUANTILE_A, r)) / horner(QUANTILE_B, r));
  }
  const tail = q < 0 ? p : fround(1 - p);
  const r = fround(fround(Math.sqrt(-log(tail))) - QUANTILE_TAIL_SHIFT);
  const y = fround(horner(QUANTILE_C, r) / horner(QUANTILE_D, r));
  return q < 0 ? -y : y;
}

export function horner(coefficients: readonly number[], x: number): number {
  let p = coefficients[0]!;
  for (let i = 1; i < coefficients.length; i++) p = Math.fround(Math.fround(p * x) + coefficients[i]!);
  return p;
}
