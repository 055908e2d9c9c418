/** expm1, log1p, erf and pow: the steps of core/exponentials.ts on four lanes. */
import {
  EXP_MAX,
  EXP_POLYNOMIAL,
  LN2_HIGH,
  LN2_LOW,
  LOG2_E,
  ROUNDING_MAGIC,
  SMALLEST_NORMAL,
  SQRT_HALF_BITS,
} from '../../core/elementary.ts';
import * as core from '../../core/exponentials.ts';
import { type Expr, type FunctionBuilder, f32x4, i32x4, v128 } from '../../wasm/index.ts';
import { type ElementwiseKernel, elementwise, type UnaryKernel, unary } from '../elementwise.ts';
import type { Address } from '../kernel.ts';
import { exp, log, powerOfTwo, ROUNDING_MAGIC_BITS } from '../simd/elementary.ts';
import { choose, horner, signOf, type Vector } from '../simd/vectors.ts';

/** out = e^x - 1, accurate near 0 */
export const expm1: UnaryKernel = /*#__PURE__*/ unary('expm1', {
  rare: true,
  portable: ({ own }) => own(core.expm1),
  simd: (f, x) => {
    const clamped = f.let(f32x4.pmin(f32x4.pmax(x, f32x4.const(core.EXPM1_MIN)), f32x4.const(EXP_MAX)));
    const shifted = f.let(f32x4.add(f32x4.mul(clamped, LOG2_E), ROUNDING_MAGIC));
    const n = f.let(f32x4.sub(shifted, ROUNDING_MAGIC));
    const r = f.let(f32x4.sub(f32x4.sub(clamped, f32x4.mul(n, LN2_HIGH)), f32x4.mul(n, LN2_LOW)));
    const p = f32x4.add(f32x4.mul(horner(EXP_POLYNOMIAL, r), f32x4.mul(r, r)), r);
    const half = f.let(powerOfTwo(i32x4.sub(shifted, i32x4.const(ROUNDING_MAGIC_BITS + 1))));
    const y = f32x4.mul(f32x4.add(f32x4.mul(half, p), f32x4.sub(half, 0.5)), 2);
    return v128.or(y, signOf(x));
  },
  cost: 5,
});

/** out = log(1 + x), accurate near 0 */
export const log1p: UnaryKernel = /*#__PURE__*/ unary('log1p', {
  rare: true,
  portable: ({ own }) => own(core.log1p),
  simd: (f, x) => {
    const s = f.let(f32x4.add(f32x4.const(1), x));
    const y = f32x4.mul(log(f, s), f32x4.div(x, f32x4.sub(s, 1)));
    return choose(v128.or(f32x4.eq(s, 1), f32x4.eq(s, Infinity)), x, y);
  },
  cost: 5,
});

/** out = erf(x), the error function */
export const erf: UnaryKernel = /*#__PURE__*/ unary('erf', {
  rare: true,
  portable: ({ own }) => own(core.erf),
  simd: (f, x) => {
    const magnitude = f.let(f32x4.abs(x));
    const small = f32x4.add(x, f32x4.mul(x, horner(core.ERF_POLYNOMIAL, f.let(f32x4.mul(x, x)))));
    const limited = f.let(f32x4.min(magnitude, f32x4.const(core.ERF_END)));
    const large = f32x4.sub(f32x4.const(1), exp(f, f32x4.neg(horner(core.ERFC_EXPONENT, limited))));
    return choose(f32x4.lt(magnitude, 1), small, v128.or(large, signOf(x)));
  },
  cost: 6,
});

/** out = x^y */
export const pow: ElementwiseKernel<[x: Address, y: Address]> = /*#__PURE__*/ elementwise('pow', {
  rare: true,
  inputs: 2,
  portable: ({ own }) => own(core.pow),
  simd: (f, x, y) => {
    const base = f.let(f32x4.abs(x));
    const isWhole = f.let(f32x4.eq(f32x4.floor(y), y));
    const half = f.let(f32x4.mul(y, 0.5));
    const isOdd = f.let(v128.and(isWhole, f32x4.ne(f32x4.floor(half), half)));
    const isZero = f.let(f32x4.eq(base, 0));
    const isInfinite = f.let(f32x4.eq(base, Infinity));
    // 0^y is 0 for y above 0, infinity^y for y below 0.
    const end = v128.and(v128.xor(isZero, f32x4.gt(y, 0)), f32x4.const(Infinity));
    const size = choose(v128.or(isZero, isInfinite), end, positivePower(f, base, y));
    const signed = v128.xor(size, v128.and(isOdd, signOf(x)));
    const hasNone = v128.andnot(f32x4.lt(x, 0), v128.or(isWhole, isInfinite));
    const isNumber = v128.and(f32x4.eq(x, x), f32x4.eq(y, y));
    const power = choose(v128.andnot(isNumber, hasNone), signed, f32x4.const(Number.NaN));
    return choose(f32x4.eq(y, 0), f32x4.const(1), power);
  },
  cost: 16,
});

/** x^y for x above 0 and finite. */
function positivePower(f: FunctionBuilder, x: Vector, y: Vector): Expr<'v128'> {
  const subnormal = f.let(f32x4.lt(x, SMALLEST_NORMAL));
  const scaled = choose(subnormal, f32x4.mul(x, 2 ** 23), x);
  const shifted = f.let(i32x4.sub(scaled, i32x4.const(SQRT_HALF_BITS)));
  const exponentOf = i32x4.sub(i32x4.shr_s(shifted, 23), v128.and(subnormal, i32x4.const(23)));
  const e = f.let(f32x4.convert_i32x4_s(exponentOf));
  const m = f.let(i32x4.add(v128.and(shifted, i32x4.const(0x7fffff)), i32x4.const(SQRT_HALF_BITS)));
  const numerator = f.let(f32x4.sub(m, 1));
  const denominator = f.let(f32x4.add(m, 1));
  const denominatorError = f32x4.sub(m, f32x4.sub(denominator, 1));
  const s = f.let(f32x4.div(numerator, denominator));
  const product = f.let(f32x4.mul(s, denominator));
  const remainder = f32x4.sub(f32x4.sub(numerator, product), productError(f, s, denominator, product));
  const sError = f.let(f32x4.div(f32x4.sub(remainder, f32x4.mul(s, denominatorError)), denominator));
  const square = f.let(f32x4.mul(s, s));
  const tail = f32x4.mul(f32x4.mul(horner(core.POW_POLYNOMIAL, square), square), s);
  // log x = high + low
  const large = f.let(f32x4.mul(e, LN2_HIGH));
  const twice = f.let(f32x4.add(s, s));
  const sum = f.let(f32x4.add(large, twice));
  const part = f.let(f32x4.sub(sum, large));
  const lost = f32x4.add(f32x4.sub(large, f32x4.sub(sum, part)), f32x4.sub(twice, part));
  const small = f32x4.add(f32x4.add(lost, f32x4.mul(e, LN2_LOW)), f32x4.add(sError, sError));
  const rest = f.let(f32x4.add(small, tail));
  const high = f.let(f32x4.add(sum, rest));
  const low = f32x4.sub(rest, f32x4.sub(high, sum));
  // y log x = z + zLow
  const most = core.POW_MAX_EXPONENT;
  const exponent = f.let(f32x4.min(f32x4.max(y, f32x4.const(-most)), f32x4.const(most)));
  const z = f.let(f32x4.mul(exponent, high));
  const zLow = f32x4.add(productError(f, exponent, high, z), f32x4.mul(exponent, low));
  return exp(f, z, f32x4.min(f32x4.max(zLow, f32x4.const(-core.MOST_LOW)), f32x4.const(core.MOST_LOW)));
}

/** The rounding error of product = a b: a b - product. */
function productError(f: FunctionBuilder, a: Vector, b: Vector, product: Vector): Expr<'v128'> {
  const [aHigh, bHigh] = [highHalf(f, a), highHalf(f, b)];
  const [aLow, bLow] = [f.let(f32x4.sub(a, aHigh)), f.let(f32x4.sub(b, bHigh))];
  const high = f32x4.add(f32x4.sub(f32x4.mul(aHigh, bHigh), product), f32x4.mul(aHigh, bLow));
  return f32x4.add(f32x4.add(high, f32x4.mul(aLow, bHigh)), f32x4.mul(aLow, bLow));
}

/** The upper 12 bits. */
function highHalf(f: FunctionBuilder, x: Vector): Vector {
  const scaled = f.let(f32x4.mul(x, core.SPLITTER));
  return f.let(f32x4.sub(scaled, f32x4.sub(scaled, x)));
}
