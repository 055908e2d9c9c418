/** Values limited to a range, and the gradient. */
import { f32x4, v128 } from '../../wasm/index.ts';
import { type Address, type Float, type Integer, type Kernel, kernel } from '../kernel.ts';
import { mapVectors } from '../simd/vectors.ts';

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
