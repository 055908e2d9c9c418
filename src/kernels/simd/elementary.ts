/**
 * exp, log, tanh, sigmoid and the normal quantile on four lanes: the same operations as core/elementary.ts, with
 * selections instead of branches.
 */
import {
  EXP_MAX,
  EXP_MIN,
  EXP_POLYNOMIAL,
  LN2_HIGH,
  LN2_LOW,
  LOG_POLYNOMIAL,
  LOG2_E,
  QUANTILE_A,
  QUANTILE_B,
  QUANTILE_C,
  QUANTILE_CENTRE,
  QUANTILE_CENTRE_SQUARED,
  QUANTILE_D,
  QUANTILE_TAIL_SHIFT,
  ROUNDING_MAGIC,
  SMALLEST_NORMAL,
  SQRT_HALF_BITS,
  TANH_POLYNOMIAL,
  TANH_SMALL,
} from '../../core/elementary.ts';
import { type Expr, type FunctionBuilder, f32x4, i32x4, v128 } from '../../wasm/index.ts';
import { choose, horner, signOf, type Vector } from './vectors.ts';

/** The bits of 1.5 * 2^23 in float32. Adding this number leaves a whole number in the low bits. */
export const ROUNDING_MAGIC_BITS = 0x4b400000;

/** e^x, or e^(x + low) for a small `low`. */
export function exp(f: FunctionBuilder, x: Expr<'v128'>, low?: Expr<'v128'>): Expr<'v128'> {
  // pmax and pmin with x first keep a NaN.
  const clamped = f.let(f32x4.pmin(f32x4.pmax(x, f32x4.const(EXP_MIN)), f32x4.const(EXP_MAX)));
  // n = round(x / ln 2)
  const shifted = f.let(f32x4.add(f32x4.mul(clamped, LOG2_E), ROUNDING_MAGIC));
  const n = f.let(f32x4.sub(shifted, ROUNDING_MAGIC));
  // r = x - n ln 2
  const rest = f32x4.sub(f32x4.sub(clamped, f32x4.mul(n, LN2_HIGH)), f32x4.mul(n, LN2_LOW));
  const r = f.let(low === undefined ? rest : f32x4.add(rest, low));
  // p = (P(r) r^2 + r) + 1
  const p = f32x4.add(f32x4.add(f32x4.mul(horner(EXP_POLYNOMIAL, r), f32x4.mul(r, r)), r), 1);
  // (p 2^half) 2^(n - half)
  const whole = f.let(i32x4.sub(shifted, i32x4.const(ROUNDING_MAGIC_BITS)));
  const half = f.let(i32x4.shr_s(whole, 1));
  return f32x4.mul(f32x4.mul(p, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
}

/** 2^n from the bits of its exponent. */
export function powerOfTwo(n: Expr<'v128'>): Expr<'v128'> {
  return i32x4.shl(i32x4.add(n, i32x4.const(127)), 23);
}

export function log(f: FunctionBuilder, x: Vector): Expr<'v128'> {
  const subnormal = f.let(f32x4.lt(x, SMALLEST_NORMAL));
  const scaled = choose(subnormal, f32x4.mul(x, 2 ** 23), x);
  const shifted = f.let(i32x4.sub(scaled, i32x4.const(SQRT_HALF_BITS)));
  // x = 2^e m, m in [sqrt(1/2), sqrt(2))
  const exponent = i32x4.sub(i32x4.shr_s(shifted, 23), v128.and(subnormal, i32x4.const(23)));
  const e = f.let(f32x4.convert_i32x4_s(exponent));
  const mantissa = i32x4.add(v128.and(shifted, i32x4.const(0x7fffff)), i32x4.const(SQRT_HALF_BITS));
  const r = f.let(f32x4.sub(mantissa, 1));
  const square = f.let(f32x4.mul(r, r));
  // y = ((r r^2 P(r) + e LN2_LOW) - r^2 / 2)
  const cubic = f32x4.mul(f32x4.mul(r, square), horner(LOG_POLYNOMIAL, r));
  const y = f32x4.sub(f32x4.add(cubic, f32x4.mul(e, LN2_LOW)), f32x4.mul(square, 0.5));
  const regular = f32x4.add(f32x4.add(r, y), f32x4.mul(e, LN2_HIGH));
  // log(inf) = inf, log(0) = -inf, log of a negative number or NaN = NaN
  const ends = choose(f32x4.eq(x, 0), f32x4.const(-Infinity), f32x4.const(Number.NaN));
  const finite = choose(f32x4.eq(x, Infinity), x, regular);
  return choose(f32x4.gt(x, 0), finite, ends);
}

export function tanh(f: FunctionBuilder, x: Vector): Expr<'v128'> {
  const magnitude = f.let(f32x4.abs(x));
  const square = f.let(f32x4.mul(x, x));
  // |x| < 0.625: (P(x^2) x^2) x + x
  const small = f32x4.add(f32x4.mul(f32x4.mul(horner(TANH_POLYNOMIAL, square), square), x), x);
  // else +-(1 - 2 / (e^2|x| + 1))
  const e = exp(f, f32x4.add(magnitude, magnitude));
  const large = f32x4.sub(f32x4.const(1), f32x4.div(f32x4.const(2), f32x4.add(e, 1)));
  // Both results get the sign of x: for x = -0 the sum of `small` would give +0.
  return v128.or(choose(f32x4.lt(magnitude, TANH_SMALL), small, large), signOf(x));
}

export function sigmoid(f: FunctionBuilder, x: Vector): Expr<'v128'> {
  const e = f.let(exp(f, f32x4.neg(f32x4.abs(x))));
  const s = f.let(f32x4.add(e, 1));
  // lost = e - (s - 1), q = (x < 0 ? e : 1) / s
  const lost = f32x4.sub(e, f32x4.sub(s, 1));
  const q = f.let(f32x4.div(choose(f32x4.lt(x, 0), e, f32x4.const(1)), s));
  return f32x4.sub(q, f32x4.mul(q, f32x4.div(lost, s)));
}

export function normalQuantile(f: FunctionBuilder, p: Vector): Expr<'v128'> {
  const q = f.let(f32x4.sub(p, 0.5));
  // |q| <= 0.425: q A(r) / B(r), r = 0.425^2 - q^2
  const r = f.let(f32x4.sub(f32x4.const(QUANTILE_CENTRE_SQUARED), f32x4.mul(q, q)));
  const centre = f32x4.div(f32x4.mul(q, horner(QUANTILE_A, r)), horner(QUANTILE_B, r));
  // else +-C(t) / D(t), t = sqrt(-log(min(p, 1 - p))) - 1.6
  const tail = f.let(choose(f32x4.lt(q, 0), p, f32x4.sub(f32x4.const(1), p)));
  const t = f.let(f32x4.sub(f32x4.sqrt(f32x4.neg(log(f, tail))), QUANTILE_TAIL_SHIFT));
  const outer = f32x4.div(horner(QUANTILE_C, t), horner(QUANTILE_D, t));
  const signed = v128.xor(outer, signOf(q));
  return choose(f32x4.le(f32x4.abs(q), QUANTILE_CENTRE), centre, signed);
}
