/**
 * Mean and variance of columns, and the numbers that batch normalisation computes from them. The variance is computed
 * about the mean in a second pass, never as E[x^2] - E[x]^2, which loses all digits when the mean is large.
 */
import { type Expr, f32, f32x4, i32, v128 } from '../../wasm/index.ts';
import { type ElementwiseKernel, elementwise, type UnaryKernel, unary } from '../elementwise.ts';
import { type Address, type Float, type KernelOf, kernel } from '../kernel.ts';
import { forColumnGroups, toBytes, type Vector } from '../simd/vectors.ts';
import { createSums, inTiles, sumsDownRows } from '../summation.ts';

const MOMENTS = 'mean, variance, x: address; rows, columns, stride: i32';

/** mean[c] = (sum over r of x[r, c]) / rows; variance[c] = (sum over r of (x[r, c] - mean[c])^2) / rows */
export const moments: KernelOf<typeof MOMENTS> = /*#__PURE__*/ kernel('moments', MOMENTS, {
  portable: (heap, { round }) => {
    const sums = createSums(heap, round);
    return (mean, variance, x, rows, columns, stride) => {
      const f = heap.floats;
      const count = round(rows);
      inTiles(columns, (first, width) => {
        const totals = sums.chained(rows, width, (chain, from, to) => {
          const f = heap.floats;
          for (let row = from; row < to; row++) {
            const start = x + row * stride + first;
            for (let c = 0; c < width; c++) chain[c] = chain[c]! + f[start + c]!;
          }
        });
        for (let c = 0; c < width; c++) f[mean + first + c] = totals[c]! / count;
        const squares = sums.chained(rows, width, (chain, from, to) => {
          const f = heap.floats;
          for (let row = from; row < to; row++) {
            const start = x + row * stride + first;
            for (let c = 0; c < width; c++) {
              const deviation = round(f[start + c]! - f[mean + first + c]!);
              chain[c] = chain[c]! + round(deviation * deviation);
            }
          }
        });
        for (let c = 0; c < width; c++) f[variance + first + c] = squares[c]! / count;
      });
    };
  },
  simd: (f, { mean, variance, x, rows, columns, stride }) => {
    toBytes(f, stride);
    const i = f.local('i32', 'i');
    const count = f.let(f32x4.splat(f32.convert_i32_s(rows)), 'count');
    forColumnGroups(f, columns, 4, (vectors, offset, store) => {
      const downTheRows = (add: (sum: Vector, value: Expr<'v128'>, index: number) => void): readonly Vector[] => {
        f.set(i, i32.add(x, offset));
        return sumsDownRows(f, i, rows, stride, vectors, (chain) => {
          for (const [index, sum] of chain.entries()) add(sum, v128.load(i, 16 * index), index);
        });
      };
      // mean = (sum x) / rows
      const means = downTheRows((sum, value) => f.set(sum, f32x4.add(sum, value)));
      for (const [index, sum] of means.entries()) {
        f.set(sum, f32x4.div(sum, count));
        store(mean, index, sum);
      }
      // variance = (sum (x - mean)^2) / rows
      const variances = downTheRows((sum, value, index) => {
        const deviation = f.let(f32x4.sub(value, means[index]!));
        f.set(sum, f32x4.add(sum, f32x4.mul(deviation, deviation)));
      });
      for (const [index, sum] of variances.entries()) {
        f.set(sum, f32x4.div(sum, count));
        store(variance, index, sum);
      }
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
