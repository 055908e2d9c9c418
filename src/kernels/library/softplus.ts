/** Softplus, the smooth ReLU, and its gradient. */
import { f32x4 } from '../../wasm/index.ts';
import { type GradientKernel, gradient, type UnaryKernel, unary } from '../elementwise.ts';
import { exp, log, sigmoid } from '../simd/elementary.ts';
import { choose } from '../simd/vectors.ts';

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
    const e = f.let(exp(f, f32x4.neg(f32x4.abs(x))));
    const s = f.let(f32x4.add(e, 1));
    const log1p = f32x4.mul(log(f, s), f32x4.div(e, f32x4.sub(s, 1)));
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
  simd: (f, dy, x) => f32x4.mul(dy, sigmoid(f, x)),
  cost: 6,
});
