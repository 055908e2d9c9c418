/**
 * Smooth functions of one number. Where a gradient is more than a product or a quotient, its kernel follows the
 * function.
 */
import { f32x4 } from '../../wasm/index.ts';
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
