/** Elementwise functions with a kink or a threshold, each followed by its gradient kernel. */
import { f32x4, v128 } from '../../wasm/index.ts';
import { type GradientKernel, gradient, type UnaryKernel, unary } from '../elementwise.ts';
import { type Address, type Float, type Integer, type Kernel, kernel } from '../kernel.ts';
import { choose, mapVectors } from '../simd/vectors.ts';

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

/** out = min(max(x, low), high); NaN stays NaN */
export const clip: Kernel<[out: Address, x: Address, low: Float, high: Float, count: Integer]> = /*#__PURE__*/ kernel(
  'clip',
  {
    parameters: { out: 'address', x: 'address', low: 'f32', high: 'f32', count: 'i32' },
    portable:
      (heap, { round }) =>
      (out, x, low, high, count) => {
        const f = heap.floats;
        const least = round(low);
        const most = round(high);
        for (let i = 0; i < count; i++) f[out + i] = Math.min(Math.max(f[x + i]!, least), most);
      },
    simd: (f, { out, x, low, high, count }) => {
      const lows = f.let(f32x4.splat(low));
      const highs = f.let(f32x4.splat(high));
      mapVectors(f, out, [x], count, (value) => f32x4.min(f32x4.max(value!, lows), highs));
    },
    split: { along: 'count', move: ['out', 'x'] },
  },
);

/** dx = low <= x <= high ? dy : 0 */
export const clipBackward: Kernel<[dx: Address, dy: Address, x: Address, low: Float, high: Float, count: Integer]> =
  /*#__PURE__*/ kernel('clipBackward', {
    parameters: { dx: 'address', dy: 'address', x: 'address', low: 'f32', high: 'f32', count: 'i32' },
    portable:
      (heap, { round }) =>
      (dx, dy, x, low, high, count) => {
        const f = heap.floats;
        const least = round(low);
        const most = round(high);
        for (let i = 0; i < count; i++) f[dx + i] = f[x + i]! >= least && f[x + i]! <= most ? f[dy + i]! : 0;
      },
    simd: (f, { dx, dy, x, low, high, count }) => {
      const lows = f.let(f32x4.splat(low));
      const highs = f.let(f32x4.splat(high));
      mapVectors(f, dx, [dy, x], count, (g, value) =>
        v128.and(g!, v128.and(f32x4.ge(value!, lows), f32x4.le(value!, highs))),
      );
    },
    split: { along: 'count', move: ['dx', 'dy', 'x'] },
  });

/** out = u >= rate ? x scale : 0. The gradient is the same kernel with dy for x. */
export const dropout: Kernel<[out: Address, x: Address, u: Address, rate: Float, scale: Float, count: Integer]> =
  /*#__PURE__*/ kernel('dropout', {
    parameters: { out: 'address', x: 'address', u: 'address', rate: 'f32', scale: 'f32', count: 'i32' },
    portable:
      (heap, { round }) =>
      (out, x, u, rate, scale, count) => {
        const f = heap.floats;
        const threshold = round(rate);
        const factor = round(scale);
        for (let i = 0; i < count; i++) f[out + i] = f[u + i]! >= threshold ? f[x + i]! * factor : 0;
      },
    simd: (f, { out, x, u, rate, scale, count }) => {
      const rates = f.let(f32x4.splat(rate));
      const scales = f.let(f32x4.splat(scale));
      mapVectors(f, out, [x, u], count, (value, draw) => v128.and(f32x4.ge(draw!, rates), f32x4.mul(value!, scales)));
    },
    split: { along: 'count', move: ['out', 'x', 'u'] },
  });
