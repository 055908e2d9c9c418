/** Elementwise functions whose gradients are products and quotients, or kernels of their own beside them. */
import { f32x4, v128 } from '../../wasm/index.ts';
import { type GradientKernel, gradient, type UnaryKernel, unary } from '../elementwise.ts';
import * as elementary from '../simd/elementary.ts';

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

/** out = |x| */
export const abs: UnaryKernel = /*#__PURE__*/ unary('abs', {
  portable: () => Math.abs,
  simd: (_, x) => f32x4.abs(x),
});

/** dx = sign(x) dy, with sign(0) = 0 */
export const absBackward: GradientKernel = /*#__PURE__*/ gradient('absBackward', {
  portable: () => (dy, x) => (x > 0 ? 1 : x < 0 ? -1 : 0) * dy,
  simd: (_, dy, x) => {
    const sign = v128.or(v128.and(f32x4.gt(x, 0), f32x4.const(1)), v128.and(f32x4.lt(x, 0), f32x4.const(-1)));
    return f32x4.mul(sign, dy);
  },
});
