/**
 * sin, cos and atan in IEEE float32, by the rounded operations that core/elementary.ts allows, within 2 ulp
 * (test/core/elementary.test.ts). sin and cos are NaN for |x| above TRIGONOMETRIC_LIMIT, where neighbouring float32
 * numbers are more than 2^-7 apart: the reduction below would lose its digits there.
 *
 * |x| = k pi/2 + r with |r| <= pi/4. pi/2 is cut into parts of 8 bits, so that their products with k are exact. The
 * polynomials are fits with the smallest relative error.
 */
import { horner, ROUNDING_MAGIC } from './elementary.ts';

export const TRIGONOMETRIC_LIMIT = 100_000;
export const TWO_OVER_PI: number = Math.fround(2 / Math.PI);
/** The first 40 bits of pi/2, 8 at a time, leading zeros apart, and the rest. */
export const HALF_PI_PARTS: readonly [number, number, number, number, number] = [
  201 * 2 ** -7,
  253 * 2 ** -19,
  170 * 2 ** -27,
  136 * 2 ** -37,
  180 * 2 ** -46,
];
export const HALF_PI_REST: number = Math.fround(5.3903029e-15);
/** sin r = r + r r^2 P(r^2) */
export const SIN_POLYNOMIAL: readonly number[] = [-0.00019585494, 0.0083327377, -0.16666664].map(Math.fround);
/** cos r = 1 - r^2 / 2 + r^4 P(r^2) */
export const COS_POLYNOMIAL: readonly number[] = [2.4545519e-5, -0.0013888292, 0.041666664].map(Math.fround);

export function sin(x: number): number {
  const y = quarterTurns(Math.abs(x), 0);
  return x < 0 || Object.is(x, -0) ? -y : y;
}

export function cos(x: number): number {
  return quarterTurns(Math.abs(x), 1);
}

/** sin(x + turns pi/2), x >= 0 */
function quarterTurns(x: number, turns: 0 | 1): number {
  const fround = Math.fround;
  if (!(x <= TRIGONOMETRIC_LIMIT)) return NaN;
  const k = fround(fround(fround(x * TWO_OVER_PI) + ROUNDING_MAGIC) - ROUNDING_MAGIC);
  const [first, second, third, fourth, fifth] = HALF_PI_PARTS;
  // These two differences are exact.
  const coarse = fround(fround(x - fround(k * first)) - fround(k * second));
  // These two are not: their errors are added to what is left.
  const finer = fround(coarse - fround(k * third));
  const finest = fround(finer - fround(k * fourth));
  const lost = fround(
    differenceError(coarse, fround(k * third), finer) + differenceError(finer, fround(k * fourth), finest),
  );
  const r = fround(finest + fround(lost - fround(fround(k * fifth) + fround(k * HALF_PI_REST))));
  const square = fround(r * r);
  const quadrant = k + turns;
  const y =
    quadrant % 2 === 0
      ? fround(fround(fround(horner(SIN_POLYNOMIAL, square) * square) * r) + r)
      : fround(fround(fround(fround(horner(COS_POLYNOMIAL, square) * square) * square) - fround(0.5 * square)) + 1);
  return quadrant % 4 < 2 ? y : -y;
}

/** The rounding error of difference = a - b: (a - b) - difference. */
function differenceError(a: number, b: number, difference: number): number {
  const fround = Math.fround;
  const part = fround(a - difference);
  return fround(fround(a - fround(difference + part)) + fround(part - b));
}

/** atan t = t + t t^2 P(t^2) for t up to 1 */
export const ATAN_POLYNOMIAL: readonly number[] = /*#__PURE__*/ [
  ...[-1.93941605e-3, 1.15795378e-2, -3.24439444e-2, 5.92606775e-2, -8.48181844e-2, 0.109799393, -0.142697647],
  ...[0.199990943, -0.333333194],
].map(Math.fround);
/** pi/2 as the sum of two float32 numbers. */
export const HALF_PI_HIGH: number = Math.fround(Math.PI / 2);
export const HALF_PI_LOW: number = /*#__PURE__*/ Math.fround(Math.PI / 2 - HALF_PI_HIGH);

/** For |x| > 1 it is pi/2 - atan(1 / |x|), with the sign of x. */
export function atan(x: number): number {
  const fround = Math.fround;
  const magnitude = Math.abs(x);
  const t = magnitude > 1 ? fround(1 / magnitude) : magnitude;
  const square = fround(t * t);
  const near = fround(fround(fround(horner(ATAN_POLYNOMIAL, square) * square) * t) + t);
  const y = magnitude > 1 ? fround(fround(HALF_PI_HIGH - near) + HALF_PI_LOW) : near;
  return x < 0 || Object.is(x, -0) ? -y : y;
}
