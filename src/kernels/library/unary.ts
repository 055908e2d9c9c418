/**
 * Smooth functions of one number. Where a gradient is more than a product or a quotient, its kernel follows the
 * function.
 */
import { ROUNDING_MAGIC } from '../../core/elementary.ts';
import * as core from '../../core/trigonometry.ts';
import { type Expr, type FunctionBuilder, f32x4, i32x4, v128 } from '../../wasm/index.ts';
import { type GradientKernel, gradient, type UnaryKernel, unary } from '../elementwise.ts';
import * as elementary from '../simd/elementary.ts';
import { choose, horner, signOf, type Vector } from '../simd/vectors.ts';

/** out = -x */
export const neg: UnaryKernel = /*#__PURE__*/ unary('neg', {
  portable: () => (x) => -x,
  simd: (_, x) => f32x4.neg(x),
});

/** out = x x */
export const square: UnaryKernel = /*#__PURE__*/ unary('square', {
  portable: () => (x) => x * x,
  simd: (_, x) => f32x4.mul(x, x),
});

/** out = sqrt(x), NaN for negative x */
export const sqrt: UnaryKernel = /*#__PURE__*/ unary('sqrt', {
  portable: () => Math.sqrt,
  simd: (_, x) => f32x4.sqrt(x),
});

/** out = e^x */
export const exp: UnaryKernel = /*#__PURE__*/ unary('exp', {
  portable: ({ exp }) => exp,
  simd: (f, x) => elementary.exp(f, x),
  cost: 4,
});

/** out = log(x), the natural logarithm */
export const log: UnaryKernel = /*#__PURE__*/ unary('log', {
  portable: ({ log }) => log,
  simd: (f, x) => elementary.log(f, x),
  cost: 4,
});

/** out = tanh(x) */
export const tanh: UnaryKernel = /*#__PURE__*/ unary('tanh', {
  portable: ({ tanh }) => tanh,
  simd: (f, x) => elementary.tanh(f, x),
  cost: 6,
});

/** dx = dy (1 - y y) */
export const tanhBackward: GradientKernel = /*#__PURE__*/ gradient('tanhBackward', {
  portable:
    ({ round }) =>
    (dy, y) =>
      dy * round(1 - round(y * y)),
  simd: (_, dy, y) => f32x4.mul(dy, f32x4.sub(f32x4.const(1), f32x4.mul(y, y))),
});

/** out = 1 / (1 + e^-x) */
export const sigmoid: UnaryKernel = /*#__PURE__*/ unary('sigmoid', {
  portable: ({ sigmoid }) => sigmoid,
  simd: (f, x) => elementary.sigmoid(f, x),
  cost: 6,
});

/** dx = dy (y (1 - y)) */
export const sigmoidBackward: GradientKernel = /*#__PURE__*/ gradient('sigmoidBackward', {
  portable:
    ({ round }) =>
    (dy, y) =>
      dy * round(y * round(1 - y)),
  simd: (_, dy, y) => f32x4.mul(dy, f32x4.mul(y, f32x4.sub(f32x4.const(1), y))),
});

/**
 * out = log(1 + e^x) = max(x, 0) + log1p(e) with e = e^-|x|, which cannot overflow. With s = 1 + e rounded, log1p(e) is
 * s = 1 ? e : log(s) (e / (s - 1)), so that small results stay accurate.
 */
export const softplus: UnaryKernel = /*#__PURE__*/ unary('softplus', {
  portable:
    ({ round, exp, log }) =>
    (x) => {
      const e = exp(-Math.abs(x));
      const s = round(1 + e);
      return Math.max(x, 0) + (s === 1 ? e : round(log(s) * round(e / round(s - 1))));
    },
  simd: (f, x) => {
    const e = f.let(elementary.exp(f, f32x4.neg(f32x4.abs(x))));
    const s = f.let(f32x4.add(e, 1));
    const log1p = f32x4.mul(elementary.log(f, s), f32x4.div(e, f32x4.sub(s, 1)));
    return f32x4.add(f32x4.max(x, f32x4.const(0)), choose(f32x4.eq(s, 1), e, log1p));
  },
  cost: 8,
});

/** dx = dy / (1 + e^-x) */
export const softplusBackward: GradientKernel = /*#__PURE__*/ gradient('softplusBackward', {
  portable:
    ({ sigmoid }) =>
    (dy, x) =>
      dy * sigmoid(x),
  simd: (f, dy, x) => f32x4.mul(dy, elementary.sigmoid(f, x)),
  cost: 6,
});

/** out = sin(x); NaN beyond TRIGONOMETRIC_LIMIT */
export const sin: UnaryKernel = /*#__PURE__*/ unary('sin', {
  rare: true,
  portable: ({ own }) => own(core.sin),
  simd: (f, x) => v128.xor(quarterTurns(f, x, 0), signOf(x)),
  cost: 12,
});

/** out = cos(x); NaN beyond TRIGONOMETRIC_LIMIT */
export const cos: UnaryKernel = /*#__PURE__*/ unary('cos', {
  rare: true,
  portable: ({ own }) => own(core.cos),
  simd: (f, x) => quarterTurns(f, x, 1),
  cost: 12,
});

/** out = atan(x) */
export const atan: UnaryKernel = /*#__PURE__*/ unary('atan', {
  rare: true,
  portable: ({ own }) => own(core.atan),
  simd: (f, x) => {
    const magnitude = f.let(f32x4.abs(x));
    const isFar = f.let(f32x4.gt(magnitude, 1));
    const t = f.let(choose(isFar, f32x4.div(f32x4.const(1), magnitude), magnitude));
    const square = f.let(f32x4.mul(t, t));
    const near = f.let(f32x4.add(f32x4.mul(f32x4.mul(horner(core.ATAN_POLYNOMIAL, square), square), t), t));
    const far = f32x4.add(f32x4.sub(f32x4.const(core.HALF_PI_HIGH), near), core.HALF_PI_LOW);
    return v128.or(choose(isFar, far, near), signOf(x));
  },
  cost: 8,
});

/** sin(|x| + turns pi/2) */
function quarterTurns(f: FunctionBuilder, signed: Vector, turns: 0 | 1): Expr<'v128'> {
  const x = f.let(f32x4.abs(signed));
  const shifted = f.let(f32x4.add(f32x4.mul(x, core.TWO_OVER_PI), ROUNDING_MAGIC));
  const k = f.let(f32x4.sub(shifted, ROUNDING_MAGIC));
  const [first, second, third, fourth, fifth] = core.HALF_PI_PARTS;
  const coarse = f.let(f32x4.sub(f32x4.sub(x, f32x4.mul(k, first)), f32x4.mul(k, second)));
  const [finer, lost] = difference(f, coarse, f.let(f32x4.mul(k, third)));
  const [finest, lostAgain] = difference(f, finer, f.let(f32x4.mul(k, fourth)));
  const rest = f32x4.add(f32x4.mul(k, fifth), f32x4.mul(k, core.HALF_PI_REST));
  const r = f.let(f32x4.add(finest, f32x4.sub(f32x4.add(lost, lostAgain), rest)));
  const square = f.let(f32x4.mul(r, r));
  const sine = f32x4.add(f32x4.mul(f32x4.mul(horner(core.SIN_POLYNOMIAL, square), square), r), r);
  const quartic = f32x4.mul(f32x4.mul(horner(core.COS_POLYNOMIAL, square), square), square);
  const cosine = f32x4.add(f32x4.sub(quartic, f32x4.mul(square, 0.5)), 1);
  const quadrant = f.let(
    i32x4.add(i32x4.sub(shifted, i32x4.const(elementary.ROUNDING_MAGIC_BITS)), i32x4.const(turns)),
  );
  const isSine = i32x4.eq(v128.and(quadrant, i32x4.const(1)), i32x4.const(0));
  const sign = i32x4.shl(v128.and(quadrant, i32x4.const(2)), 30);
  const value = v128.xor(choose(isSine, sine, cosine), sign);
  return choose(f32x4.le(x, core.TRIGONOMETRIC_LIMIT), value, f32x4.const(Number.NaN));
}

/** a - b, and what its rounding lost. */
function difference(f: FunctionBuilder, a: Vector, b: Vector): [Vector, Vector] {
  const rounded = f.let(f32x4.sub(a, b));
  const part = f.let(f32x4.sub(a, rounded));
  return [rounded, f.let(f32x4.add(f32x4.sub(a, f32x4.add(rounded, part)), f32x4.sub(part, b)))];
}
