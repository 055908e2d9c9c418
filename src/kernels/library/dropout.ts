/** Dropout; with dy for x it is its own gradient. */
import { f32x4, v128 } from '../../wasm/index.ts';
import { type Address, type Float, type Integer, type Kernel, kernel } from '../kernel.ts';
import { mapVectors } from '../simd/vectors.ts';

/** out = u >= rate ? x scale : 0 */
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
