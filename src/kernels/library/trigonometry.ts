/** sin and cos: the steps of core/trigonometry.ts on four lanes. */
import { ROUNDING_MAGIC } from '../../core/elementary.ts';
import * as core from '../../core/trigonometry.ts';
import { type Expr, type FunctionBuilder, f32x4, i32x4, v128 } from '../../wasm/index.ts';
import { type UnaryKernel, unary } from '../elementwise.ts';
import { ROUNDING_MAGIC_BITS } from '../simd/elementary.ts';
import { choose, horner, signOf, type Vector } from '../simd/vectors.ts';

/** out = sin(x); NaN beyond TRIGONOMETRIC_LIMIT */
export const sin: UnaryKernel = /*#__PURE__*/ unary('sin', {
  portable: ({ own }) => own(core.sin),
  simd: (f, x) => v128.xor(quarterTurns(f, x, 0), signOf(x)),
  cost: 12,
});

/** out = cos(x); NaN beyond TRIGONOMETRIC_LIMIT */
export const cos: UnaryKernel = /*#__PURE__*/ unary('cos', {
  portable: ({ own }) => own(core.cos),
  simd: (f, x) => quarterTurns(f, x, 1),
  cost: 12,
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
  const quadrant = f.let(i32x4.add(i32x4.sub(shifted, i32x4.const(ROUNDING_MAGIC_BITS)), i32x4.const(turns)));
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
