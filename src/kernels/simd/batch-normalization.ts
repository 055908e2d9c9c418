/** SIMD batch normalisation with the LeakyReLU behind it: statistics down the rows, columns in registers; the rest row by row. */
import {
  type Expr,
  type FunctionBuilder,
  type FunctionHandle,
  f32,
  f32x4,
  i32,
  type Local,
  type ModuleBuilder,
  v128,
} from '../../wasm/index.ts';
import { sumsDownRows } from './sums.ts';
import { advance, choose, forColumnGroups, mapVectors, type Pointer, toBytes, type Vector } from './vectors.ts';

type Names =
  | 'moments'
  | 'inverseStddev'
  | 'movingAverage'
  | 'batchNormalize'
  | 'batchNormalizeSums'
  | 'batchNormalizeBackward';

export function batchNormalization(module: ModuleBuilder): Readonly<Record<Names, FunctionHandle>> {
  return {
    moments: module.function(
      'f32_moments_simd128',
      { mean: 'i32', variance: 'i32', x: 'i32', rows: 'i32', columns: 'i32', stride: 'i32' },
      'void',
      (f, { mean, variance, x, rows, columns, stride }) => {
        toBytes(f, mean, variance, x, stride);
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
    ),

    // out = 1 / sqrt(variance + epsilon)
    inverseStddev: module.function(
      'f32_inverseStddev_simd128',
      { out: 'i32', variance: 'i32', epsilon: 'f32', count: 'i32' },
      'void',
      (f, { out, variance, epsilon, count }) => {
        toBytes(f, out, variance);
        const epsilons = f.let(f32x4.splat(epsilon));
        mapVectors(f, out, [variance], count, (value) =>
          f32x4.div(f32x4.const(1), f32x4.sqrt(f32x4.add(value!, epsilons))),
        );
      },
    ),

    // moving = oldShare moving + newShare batch
    movingAverage: module.function(
      'f32_movingAverage_simd128',
      { moving: 'i32', batch: 'i32', oldShare: 'f32', newShare: 'f32', count: 'i32' },
      'void',
      (f, { moving, batch, oldShare, newShare, count }) => {
        toBytes(f, moving, batch);
        const kept = f.let(f32x4.splat(oldShare));
        const taken = f.let(f32x4.splat(newShare));
        const before = f.let(moving, 'before');
        mapVectors(f, moving, [before, batch], count, (old, fresh) =>
          f32x4.add(f32x4.mul(kept, old!), f32x4.mul(taken, fresh!)),
        );
      },
    ),

    batchNormalize: module.function(
      'f32_batchNormalize_simd128',
      {
        y: 'i32',
        x: 'i32',
        mean: 'i32',
        inverse: 'i32',
        gamma: 'i32',
        beta: 'i32',
        slope: 'f32',
        rows: 'i32',
        columns: 'i32',
      },
      'void',
      (f, { y, x, mean, inverse, gamma, beta, slope, rows, columns }) => {
        toBytes(f, y, x, mean, inverse, gamma, beta);
        const slopes = f.let(f32x4.splat(slope));
        forRows(f, rows, columns, y, [x], [mean, inverse, gamma, beta], ([value, m, s, g, b]) => {
          const v = f.let(scaleAndShift(normalized(value!, m!, s!), g!, b!));
          return choose(f32x4.gt(v, 0), v, f32x4.mul(slopes, v));
        });
      },
    ),

    batchNormalizeSums: module.function(
      'f32_batchNormalizeSums_simd128',
      {
        dgamma: 'i32',
        dbeta: 'i32',
        dy: 'i32',
        x: 'i32',
        mean: 'i32',
        inverse: 'i32',
        gamma: 'i32',
        beta: 'i32',
        slope: 'f32',
        rows: 'i32',
        columns: 'i32',
        stride: 'i32',
      },
      'void',
      (f, { dgamma, dbeta, dy, x, mean, inverse, gamma, beta, slope, rows, columns, stride }) => {
        toBytes(f, dgamma, dbeta, dy, x, mean, inverse, gamma, beta, stride);
        const slopes = f.let(f32x4.splat(slope));
        const i = f.local('i32', 'i');
        const j = f.local('i32', 'j');
        forColumnGroups(f, columns, 2, (vectors, offset, store) => {
          const columnsOf = (pointer: Pointer): Vector[] =>
            Array.from({ length: vectors }, (_, index) => f.let(v128.load(i32.add(pointer, offset), 16 * index)));
          const [means, inverses, gammas, betas] = [mean, inverse, gamma, beta].map(columnsOf);
          f.set(i, i32.add(x, offset));
          f.set(j, i32.add(dy, offset));
          // The sums of dgamma, and behind them those of dbeta.
          const sums = sumsDownRows(f, i, rows, stride, 2 * vectors, (chain) => {
            for (let index = 0; index < vectors; index++) {
              const [sumGamma, sumBeta] = [chain[index]!, chain[vectors + index]!];
              const xhat = f.let(normalized(v128.load(i, 16 * index), means![index]!, inverses![index]!));
              const v = scaleAndShift(xhat, gammas![index]!, betas![index]!);
              // dv = v > 0 ? dy : slope dy; dgamma += dv xhat; dbeta += dv
              const g = f.let(v128.load(j, 16 * index));
              const dv = f.let(choose(f32x4.gt(v, 0), g, f32x4.mul(slopes, g)));
              f.set(sumGamma, f32x4.add(sumGamma, f32x4.mul(dv, xhat)));
              f.set(sumBeta, f32x4.add(sumBeta, dv));
            }
            advance(f, stride, j);
          });
          for (let index = 0; index < vectors; index++) {
            store(dgamma, index, sums[index]!);
            store(dbeta, index, sums[vectors + index]!);
          }
        });
      },
    ),

    batchNormalizeBackward: module.function(
      'f32_batchNormalizeBackward_simd128',
      {
        dx: 'i32',
        dy: 'i32',
        x: 'i32',
        mean: 'i32',
        inverse: 'i32',
        gamma: 'i32',
        beta: 'i32',
        dgamma: 'i32',
        dbeta: 'i32',
        slope: 'f32',
        share: 'f32',
        rows: 'i32',
        columns: 'i32',
      },
      'void',
      (f, { dx, dy, x, mean, inverse, gamma, beta, dgamma, dbeta, slope, share, rows, columns }) => {
        toBytes(f, dx, dy, x, mean, inverse, gamma, beta, dgamma, dbeta);
        const slopes = f.let(f32x4.splat(slope));
        const shares = f.let(f32x4.splat(share));
        const perColumn = [mean, inverse, gamma, beta, dgamma, dbeta];
        forRows(f, rows, columns, dx, [dy, x], perColumn, ([g, value, m, s, scale, shift, sumGamma, sumBeta]) => {
          const xhat = f.let(normalized(value!, m!, s!));
          const v = scaleAndShift(xhat, scale!, shift!);
          const dv = choose(f32x4.gt(v, 0), g!, f32x4.mul(slopes, g!));
          // (gamma inverse) ((dv - dbeta share) - xhat (dgamma share))
          const centred = f32x4.sub(dv, f32x4.mul(sumBeta!, shares));
          const orthogonal = f32x4.sub(centred, f32x4.mul(xhat, f32x4.mul(sumGamma!, shares)));
          return f32x4.mul(f32x4.mul(scale!, s!), orthogonal);
        });
      },
    ),
  };
}

/** xhat = (x - mean) inverse */
function normalized(x: Expr<'v128'>, mean: Vector, inverse: Vector): Expr<'v128'> {
  return f32x4.mul(f32x4.sub(x, mean), inverse);
}

/** v = xhat gamma + beta */
function scaleAndShift(xhat: Expr<'v128'>, gamma: Vector, beta: Vector): Expr<'v128'> {
  return f32x4.add(f32x4.mul(xhat, gamma), beta);
}

/** Row by row: out[r, c] = body(matrices[r, c]..., vectors[c]...). Matrices are dense. */
function forRows(
  f: FunctionBuilder,
  rows: Local<'i32'>,
  columns: Local<'i32'>,
  out: Pointer,
  matrices: readonly Pointer[],
  vectors: readonly Pointer[],
  body: (values: readonly Vector[]) => Expr<'v128'>,
): void {
  const starts = vectors.map(() => f.local('i32'));
  f.while(rows, () => {
    for (const [index, start] of starts.entries()) f.set(start, vectors[index]!);
    mapVectors(f, out, [...matrices, ...starts], columns, (...values) => body(values));
    f.set(rows, i32.sub(rows, 1));
  });
}
