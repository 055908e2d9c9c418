/**
 * exp, log and cos in float64, with additions, subtractions, multiplications and divisions only. So they give the same
 * bits on every engine, which Math.exp and similar functions do not guarantee. They are for single numbers, such as the
 * learning rate of a step; tensors use the float32 functions of elementary.ts.
 *
 * Sources: Taylor series after the range reductions named below. Errors are at most 3 ulp (test/core/float64.test.ts).
 */

/** ln(2) in two parts; the first has 32 bits, so that its product with an exponent is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** Above EXP_MAX exp is infinity, below EXP_MIN it is 0. */
const EXP_MAX = 709.8;
const EXP_MIN = -745.2;

/** e^x = 2^n e^r: n = round(x / ln 2), r = x - n ln 2, |r| <= ln(2) / 2, e^r by its series up to r^13. */
export function exp(x: number): number {
  if (!(x < EXP_MAX)) return x >= EXP_MAX ? Infinity : NaN;
  if (x < EXP_MIN) return 0;
  const n = Math.round(x / LN2_HIGH);
  const r = x - n * LN2_HIGH - n * LN2_LOW;
  let series = 1;
  for (let k = 13; k > 0; k--) series = 1 + (r * series) / k;
  // Multiplied in two halves, since 2^n itself may be out of range.
  const half = n >> 1;
  return series * 2 ** half * 2 ** (n - half);
}

const bits = new DataView(new ArrayBuffer(8));

/**
 * Natural logarithm: x = 2^e m with sqrt(1/2) <= m < sqrt(2), and log m = 2 (s + s^3 / 3 + s^5 / 5 + ...) with s = (m -
 * 1) / (m + 1).
 */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  // A subnormal number is scaled up to a normal one.
  const scaled = x < 2 ** -1022 ? x * 2 ** 54 : x;
  bits.setFloat64(0, scaled);
  let e = (bits.getUint32(0) >>> 20) - 1023;
  let m = scaled / 2 ** e;
  if (m > Math.SQRT2) {
    m /= 2;
    e++;
  }
  if (scaled !== x) e -= 54;
  const s = (m - 1) / (m + 1);
  const square = s * s;
  let series = 0;
  for (let k = 23; k > 1; k -= 2) series = (series + 1 / k) * square;
  return e * LN2_HIGH + (2 * s + (2 * s * series + e * LN2_LOW));
}

/** base^exponent for a base above 0. */
export function power(base: number, exponent: number): number {
  return exp(exponent * log(base));
}

/** cos(pi t) for t from 0 to 1, exact at 0, 1/2 and 1. */
export function cosPi(t: number): number {
  if (t > 0.5) return -cosPi(1 - t);
  return t <= 0.25 ? cosSeries(Math.PI * t) : sinSeries(Math.PI * (0.5 - t));
}

/** cos(x) for |x| <= pi / 4: Taylor series up to x^18. */
function cosSeries(x: number): number {
  const square = x * x;
  let series = 1;
  for (let k = 18; k > 0; k -= 2) series = 1 - (square * series) / (k * (k - 1));
  return series;
}

/** sin(x) for |x| <= pi / 4: Taylor series up to x^19. */
function sinSeries(x: number): number {
  const square = x * x;
  let series = 1;
  for (let k = 19; k > 1; k -= 2) series = 1 - (square * series) / (k * (k - 1));
  return x * series;
}
