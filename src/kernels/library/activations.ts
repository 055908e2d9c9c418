/** Activations, each followed by its gradient. */
import { f32x4, v128 } from '../../wasm/index.ts';
import { type GradientKernel, gradient, type UnaryKernel, unary } from '../elementwise.ts';
import { type Address, type Float, type Integer, type Kernel, kernel } from '../kernel.ts';
import * as elementary from '../simd/elementary.ts';
import { choose, mapVectors } from '../simd/vectors.ts';

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

/** out = max(x, 0); NaN stays NaN, -0 becomes 0 */
export const relu: UnaryKernel = /*#__PURE__*/ unary('relu', {
  portable: () => (x) => Math.max(x, 0),
  // max, unlike pmax, keeps a NaN and makes -0 a 0.
  simd: (_, x) => f32x4.max(x, f32x4.const(0)),
});

/** dx = x > 0 ? dy : 0 */
export const reluBackward: GradientKernel = /*#__PURE__*/ gradient('reluBackward', {
  portable: () => (dy, x) => (x > 0 ? dy : 0),
  simd: (_, dy, x) => v128.and(f32x4.gt(x, 0), dy),
});

/** out = x > 0 ? x : slope x */
export const leakyRelu: Kernel<[out: Address, x: Address, slope: Float, count: Integer]> = /*#__PURE__*/ kernel(
  'leakyRelu',
  {
    parameters: { out: 'address', x: 'address', slope: 'f32', count: 'i32' },
    portable:
      (heap, { round }) =>
      (out, x, slope, count) => {
        const f = heap.floats;
        const negativeSlope = round(slope);
        for (let i = 0; i < count; i++) {
          const value = f[x + i]!;
          f[out + i] = value > 0 ? value : negativeSlope * value;
        }
      },
    simd: (f, { out, x, slope, count }) => {
      const slopes = f.let(f32x4.splat(slope));
      mapVectors(f, out, [x], count, (value) => choose(f32x4.gt(value!, 0), value!, f32x4.mul(slopes, value!)));
    },
    split: { along: 'count', move: ['out', 'x'] },
  },
);

/** dx = x > 0 ? dy : slope dy */
export const leakyReluBackward: Kernel<[dx: Address, dy: Address, x: Address, slope: Float, count: Integer]> =
  /*#__PURE__*/ kernel('leakyReluBackward', {
    parameters: { dx: 'address', dy: 'address', x: 'address', slope: 'f32', count: 'i32' },
    portable:
      (heap, { round }) =>
      (dx, dy, x, slope, count) => {
        const f = heap.floats;
        const negativeSlope = round(slope);
        for (let i = 0; i < count; i++) {
          const gradient = f[dy + i]!;
          f[dx + i] = f[x + i]! > 0 ? gradient : negativeSlope * gradient;
        }
      },
    simd: (f, { dx, dy, x, slope, count }) => {
      const slopes = f.let(f32x4.splat(slope));
      mapVectors(f, dx, [dy, x], count, (g, value) => choose(f32x4.gt(value!, 0), g!, f32x4.mul(slopes, g!)));
    },
    split: { along: 'count', move: ['dx', 'dy', 'x'] },
  });
