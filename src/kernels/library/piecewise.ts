/** Elementwise functions with a kink or a threshold, each followed by its gradient kernel. */
import { f32x4, v128 } from '../../wasm/index.ts';
import {
  type ElementwiseKernel,
  elementwise,
  type GradientKernel,
  gradient,
  type UnaryKernel,
  unary,
} from '../elementwise.ts';
import type { Address, Float } from '../kernel.ts';
import { choose, signOf } from '../simd/vectors.ts';

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

/** out = max(x, 0); NaN stays NaN, -0 becomes 0 */
export const relu: UnaryKernel = /*#__PURE__*/ unary('relu', {
  portable: () => (x) => Math.max(x, 0),
  // max keeps a NaN and turns -0 into 0; pmax does not.
  simd: (_, x) => f32x4.max(x, f32x4.const(0)),
});

/** dx = x > 0 ? dy : 0 */
export const reluBackward: GradientKernel = /*#__PURE__*/ gradient('reluBackward', {
  portable: () => (dy, x) => (x > 0 ? dy : 0),
  simd: (_, dy, x) => v128.and(f32x4.gt(x, 0), dy),
});

/** out = x > 0 ? x : slope x */
export const leakyRelu: UnaryKernel<[slope: Float]> = /*#__PURE__*/ unary('leakyRelu', {
  scalars: 1,
  portable: () => (x, slope) => (x > 0 ? x : slope * x),
  simd: (_, x, slope) => choose(f32x4.gt(x, 0), x, f32x4.mul(slope, x)),
});

/** dx = x > 0 ? dy : slope dy */
export const leakyReluBackward: GradientKernel<[slope: Float]> = /*#__PURE__*/ gradient('leakyReluBackward', {
  scalars: 1,
  portable: () => (dy, x, slope) => (x > 0 ? dy : slope * dy),
  simd: (_, dy, x, slope) => choose(f32x4.gt(x, 0), dy, f32x4.mul(slope, dy)),
});

/** out = min(max(x, low), high); NaN stays NaN */
export const clip: UnaryKernel<[low: Float, high: Float]> = /*#__PURE__*/ unary('clip', {
  scalars: 2,
  portable: () => (x, low, high) => Math.min(Math.max(x, low), high),
  simd: (_, x, low, high) => f32x4.min(f32x4.max(x, low), high),
});

/** dx = low <= x <= high ? dy : 0 */
export const clipBackward: GradientKernel<[low: Float, high: Float]> = /*#__PURE__*/ gradient('clipBackward', {
  scalars: 2,
  portable: () => (dy, x, low, high) => (x >= low && x <= high ? dy : 0),
  simd: (_, dy, x, low, high) => v128.and(dy, v128.and(f32x4.ge(x, low), f32x4.le(x, high))),
});

/** out = u >= rate ? x scale : 0. The gradient is the same kernel with dy for x. */
export const dropout: ElementwiseKernel<[x: Address, u: Address], [rate: Float, scale: Float]> =
  /*#__PURE__*/ elementwise('dropout', {
    inputs: 2,
    scalars: 2,
    portable: () => (x, u, rate, scale) => (u >= rate ? x * scale : 0),
    simd: (_, x, u, rate, scale) => v128.and(f32x4.ge(u, rate), f32x4.mul(x, scale)),
  });

/** out = x > 0 ? 1 : x < 0 ? -1 : x */
export const sign: UnaryKernel = /*#__PURE__*/ unary('sign', {
  rare: true,
  portable: () => Math.sign,
  // Where |x| > 0, 1 with the sign of x.
  simd: (_, x) => {
    const one = v128.or(signOf(x), f32x4.const(1));
    return choose(f32x4.gt(f32x4.abs(x), 0), one, x);
  },
});

/** out = the largest whole number <= x */
export const floor: UnaryKernel = /*#__PURE__*/ unary('floor', {
  rare: true,
  portable: () => Math.floor,
  simd: (_, x) => f32x4.floor(x),
});

/** out = the nearest whole number to x, of two the even one; it keeps the sign of x, so -0.3 gives -0 */
export const round: UnaryKernel = /*#__PURE__*/ unary('round', {
  rare: true,
  portable: () => (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)),
  simd: (_, x) => f32x4.nearest(x),
});

/** out = condition != 0 ? a : b, where NaN is not 0 */
export const select: ElementwiseKernel<[condition: Address, a: Address, b: Address]> = /*#__PURE__*/ elementwise(
  'select',
  {
    rare: true,
    inputs: 3,
    portable: () => (condition, a, b) => (condition !== 0 ? a : b),
    simd: (_, condition, a, b) => choose(f32x4.ne(condition, 0), a, b),
  },
);
