/** Batch normalisation and a LeakyReLU that follows it: forward and backward, each in one pass. */
import { type Expr, type FunctionBuilder, f32x4, i32, type Local, v128 } from '../../wasm/index.ts';
import { type KernelOf, kernel } from '../kernel.ts';
import { advance, choose, forColumnGroups, mapVectors, type Pointer, toBytes, type Vector } from '../simd/vectors.ts';
import { createSums, inTiles, sumsDownRows } from '../summation.ts';

const BATCH_NORMALIZE = 'y, x, mean, inverse, gamma, beta: address; slope: f32; rows, columns: i32';

/** xhat = (x - mean) inverse; v = xhat gamma + beta; y = v > 0 ? v : slope v. With slope 1 there is no LeakyReLU. */
export const batchNormalize: KernelOf<typeof BATCH_NORMALIZE> = /*#__PURE__*/ kernel(
  'batchNormalize',
  BATCH_NORMALIZE,
  {
    portable:
      (heap, { round }) =>
      (y, x, mean, inverse, gamma, beta, slope, rows, columns) => {
        const f = heap.floats;
        const negativeSlope = round(slope);
        for (let row = 0; row < rows; row++) {
          const start = row * columns;
          for (let c = 0; c < columns; c++) {
            const normalized = round(round(f[x + start + c]! - f[mean + c]!) * f[inverse + c]!);
            const v = round(round(normalized * f[gamma + c]!) + f[beta + c]!);
            f[y + start + c] = v > 0 ? v : negativeSlope * v;
          }
        }
      },
    simd: (f, { y, x, mean, inverse, gamma, beta, slope, rows, columns }) => {
      const slopes = f.let(f32x4.splat(slope));
      forRows(f, rows, columns, y, [x], [mean, inverse, gamma, beta], ([value, m, s, g, b]) => {
        const v = f.let(scaleAndShift(normalized(value!, m!, s!), g!, b!));
        return choose(f32x4.gt(v, 0), v, f32x4.mul(slopes, v));
      });
    },
    split: { along: 'rows', move: { y: 'columns', x: 'columns' }, each: 'columns', cost: 2 },
  },
);

const BATCH_NORMALIZE_SUMS =
  'dgamma, dbeta, dy, x, mean, inverse, gamma, beta: address; slope: f32; rows, columns, stride: i32';

/**
 * With xhat and v as above and dv = v > 0 ? dy : slope dy: dgamma[c] = sum over r of dv xhat; dbeta[c] = sum over r of
 * dv
 */
export const batchNormalizeSums: KernelOf<typeof BATCH_NORMALIZE_SUMS> = /*#__PURE__*/ kernel(
  'batchNormalizeSums',
  BATCH_NORMALIZE_SUMS,
  {
    portable: (heap, { round }) => {
      const sums = createSums(heap, round);
      return (dgamma, dbeta, dy, x, mean, inverse, gamma, beta, slope, rows, columns, stride) => {
        const f = heap.floats;
        const negativeSlope = round(slope);
        inTiles(columns, (first, width) => {
          // The sums of dgamma, and behind them those of dbeta.
          const totals = sums.chained(rows, 2 * width, (chain, from, to) => {
            const f = heap.floats;
            for (let row = from; row < to; row++) {
              const start = row * stride;
              for (let i = 0; i < width; i++) {
                const c = first + i;
                const normalized = round(round(f[x + start + c]! - f[mean + c]!) * f[inverse + c]!);
                const v = round(round(normalized * f[gamma + c]!) + f[beta + c]!);
                const gradient = f[dy + start + c]!;
                const dv = v > 0 ? gradient : round(negativeSlope * gradient);
                chain[i] = chain[i]! + round(dv * normalized);
                chain[width + i] = chain[width + i]! + dv;
              }
            }
          });
          for (let i = 0; i < width; i++) {
            f[dgamma + first + i] = totals[i]!;
            f[dbeta + first + i] = totals[width + i]!;
          }
        });
      };
    },
    simd: (f, { dgamma, dbeta, dy, x, mean, inverse, gamma, beta, slope, rows, columns, stride }) => {
      toBytes(f, stride);
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
    split: {
      along: 'columns',
      move: ['dgamma', 'dbeta', 'dy', 'x', 'mean', 'inverse', 'gamma', 'beta'],
      each: 'rows',
      cost: 3,
    },
  },
);

const BATCH_NORMALIZE_BACKWARD =
  'dx, dy, x, mean, inverse, gamma, beta, dgamma, dbeta: address; slope, share: f32; rows, columns: i32';

/**
 * dx = (gamma inverse) ((dv - dbeta share) - xhat (dgamma share)). `share` is 1 / rows if mean and inverse were
 * computed from this batch, and 0 if they are constants (inference).
 */
export const batchNormalizeBackward: KernelOf<typeof BATCH_NORMALIZE_BACKWARD> = /*#__PURE__*/ kernel(
  'batchNormalizeBackward',
  BATCH_NORMALIZE_BACKWARD,
  {
    portable:
      (heap, { round }) =>
      (dx, dy, x, mean, inverse, gamma, beta, dgamma, dbeta, slope, share, rows, columns) => {
        const f = heap.floats;
        const negativeSlope = round(slope);
        const part = round(share);
        for (let row = 0; row < rows; row++) {
          const start = row * columns;
          for (let c = 0; c < columns; c++) {
            const normalized = round(round(f[x + start + c]! - f[mean + c]!) * f[inverse + c]!);
            const v = round(round(normalized * f[gamma + c]!) + f[beta + c]!);
            const gradient = f[dy + start + c]!;
            const dv = v > 0 ? gradient : round(negativeSlope * gradient);
            const centred = round(dv - round(f[dbeta + c]! * part));
            const orthogonal = round(centred - round(normalized * round(f[dgamma + c]! * part)));
            f[dx + start + c] = round(f[gamma + c]! * f[inverse + c]!) * orthogonal;
          }
        }
      },
    simd: (f, { dx, dy, x, mean, inverse, gamma, beta, dgamma, dbeta, slope, share, rows, columns }) => {
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
    split: { along: 'rows', move: { dx: 'columns', dy: 'columns', x: 'columns' }, each: 'columns', cost: 3 },
  },
);

/** xhat = (x - mean) inverse */
function normalized(x: Expr<'v128'>, mean: Vector, inverse: Vector): Expr<'v128'> {
  return f32x4.mul(f32x4.sub(x, mean), inverse);
}

/** v = xhat gamma + beta */
function scaleAndShift(xhat: Expr<'v128'>, gamma: Vector, beta: Vector): Expr<'v128'> {
  return f32x4.add(f32x4.mul(xhat, gamma), beta);
}

/** out[r, c] = body(matrices[r, c]..., vectors[c]...), row by row. Matrices are dense. */
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
