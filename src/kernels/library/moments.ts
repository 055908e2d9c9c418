/**
 * Mean and variance of columns, and the numbers that batch normalisation computes from them. The variance is computed
 * about the mean in a second pass, never as E[x^2] - E[x]^2, which loses all digits when the mean is large.
 */
import { f32, f32x4 } from '../../wasm/index.ts';
import { type ElementwiseKernel, elementwise, type UnaryKernel, unary } from '../elementwise.ts';
import { type Address, type Float, type KernelOf, kernel } from '../kernel.ts';
import type { Pointer, Vector } from '../simd/vectors.ts';
import { createSums, forColumnSums } from '../summation.ts';

const MOMENTS = 'mean, variance, x: address; rows, columns, stride: i32';

/** mean[c] = (sum over r of x[r, c]) / rows; variance[c] = (sum over r of (x[r, c] - mean[c])^2) / rows */
export const moments: KernelOf<typeof MOMENTS> = /*#__PURE__*/ kernel('moments', MOMENTS, {
  portable: (heap, arithmetic) => {
    const { round } = arithmetic;
    const { chained } = createSums(arithmetic);
    return (mean, variance, x, rows, columns, stride) => {
      const f = heap.floats;
      for (let c = 0; c < columns; c++) {
        f[mean + c] = chained(rows, (r) => f[x + r * stride + c]!) / round(rows);
        const squares = chained(rows, (r) => {
          const deviation = round(f[x + r * stride + c]! - f[mean + c]!);
          return round(deviation * deviation);
        });
        f[variance + c] = squares / round(rows);
      }
    };
  },
  simd: (f, { mean, variance, x, ...shape }) => {
    const count = f.let(f32x4.splat(f32.convert_i32_s(shape.rows)), 'count');
    forColumnSums(f, shape, 4, 1, ({ sum, store }) => {
      const averages = (out: Pointer, [sums]: readonly (readonly Vector[])[]): readonly Vector[] => {
        for (const one of sums!) f.set(one, f32x4.div(one, count));
        store(out, sums!);
        return sums!;
      };
      const means = averages(
        mean,
        sum([x], (elements) => elements),
      );
      const squares = sum([x], ([value], index) => {
        const deviation = f.let(f32x4.sub(value!, means[index]!));
        return [f32x4.mul(deviation, deviation)];
      });
      averages(variance, squares);
    });
  },
  split: { along: 'columns', move: ['mean', 'variance', 'x'], each: 'rows', cost: 2 },
});

/** out = 1 / sqrt(variance + epsilon) */
export const inverseStddev: UnaryKernel<[epsilon: Float]> = /*#__PURE__*/ unary('inverseStddev', {
  scalars: 1,
  portable:
    ({ round }) =>
    (variance, epsilon) =>
      1 / round(Math.sqrt(round(variance + epsilon))),
  simd: (_, variance, epsilon) => f32x4.div(f32x4.const(1), f32x4.sqrt(f32x4.add(variance, epsilon))),
});

/** out = moving oldShare + batch newShare */
export const movingAverage: ElementwiseKernel<[moving: Address, batch: Address], [oldShare: Float, newShare: Float]> =
  /*#__PURE__*/ elementwise('movingAverage', {
    inputs: 2,
    scalars: 2,
    portable:
      ({ round }) =>
      (moving, batch, oldShare, newShare) =>
        round(oldShare * moving) + round(newShare * batch),
    simd: (_, moving, batch, oldShare, newShare) => f32x4.add(f32x4.mul(oldShare, moving), f32x4.mul(newShare, batch)),
  });
