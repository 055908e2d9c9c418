/**
 * Batch normalisation and a LeakyReLU that follows it: forward and backward, each in one pass. With one mean, inverse,
 * gamma and beta for each column:
 *   xhat = (x - mean) inverse; v = xhat gamma + beta; y = v > 0 ? v : slope v; dv = v > 0 ? dy : slope dy.
 * With slope 1 there is no LeakyReLU.
 */
import { type Expr, type FunctionBuilder, f32x4, type Local } from '../../wasm/index.ts';
import type { Heap } from '../heap.ts';
import { type Address, type KernelOf, kernel } from '../kernel.ts';
import type { Arithmetic } from '../sets.ts';
import { choose, mapVectors, type Pointer, repeat, type Vector } from '../simd/vectors.ts';
import { createSums, forColumnSums } from '../summation.ts';

const BATCH_NORMALIZE = 'y, x, mean, inverse, gamma, beta: address; slope: f32; rows, columns: i32';

/** y[r, c], as above */
export const batchNormalize: KernelOf<typeof BATCH_NORMALIZE> = /*#__PURE__*/ kernel(
  'batchNormalize',
  BATCH_NORMALIZE,
  {
    portable:
      (heap, { round }) =>
      (y, x, mean, inverse, gamma, beta, slope, rows, columns) => {
        const f = heap.floats;
        const { xhatOf, vOf } = normalizer(heap, round, x, mean, inverse, gamma, beta);
        for (let i = 0; i < rows * columns; i++) {
          const c = i % columns;
          const v = vOf(xhatOf(i, c), c);
          f[y + i] = v > 0 ? v : round(slope) * v;
        }
      },
    simd: (f, { y, x, mean, inverse, gamma, beta, slope, rows, columns }) => {
      const slopes = f.let(f32x4.splat(slope));
      mapRows(f, rows, columns, y, [x], [mean, inverse, gamma, beta], ([value, m, s, g, b]) => {
        const v = f.let(scaleAndShift(normalized(value!, m!, s!), g!, b!));
        return choose(f32x4.gt(v, 0), v, f32x4.mul(slopes, v));
      });
    },
    split: { along: 'rows', move: { y: 'columns', x: 'columns' }, each: 'columns', cost: 2 },
  },
);

const BATCH_NORMALIZE_SUMS =
  'dgamma, dbeta, dy, x, mean, inverse, gamma, beta: address; slope: f32; rows, columns, stride: i32';

/** dgamma[c] = sum over r of dv xhat; dbeta[c] = sum over r of dv */
export const batchNormalizeSums: KernelOf<typeof BATCH_NORMALIZE_SUMS> = /*#__PURE__*/ kernel(
  'batchNormalizeSums',
  BATCH_NORMALIZE_SUMS,
  {
    portable: (heap, arithmetic) => {
      const { round } = arithmetic;
      const { chained } = createSums(arithmetic);
      return (dgamma, dbeta, dy, x, mean, inverse, gamma, beta, slope, rows, columns, stride) => {
        const f = heap.floats;
        const { xhatOf, vOf } = normalizer(heap, round, x, mean, inverse, gamma, beta);
        for (let c = 0; c < columns; c++) {
          const dvOf = (i: number, xhat: number): number =>
            vOf(xhat, c) > 0 ? f[dy + i]! : round(round(slope) * f[dy + i]!);
          f[dgamma + c] = chained(rows, (r) => {
            const xhat = xhatOf(r * stride + c, c);
            return round(dvOf(r * stride + c, xhat) * xhat);
          });
          f[dbeta + c] = chained(rows, (r) => dvOf(r * stride + c, xhatOf(r * stride + c, c)));
        }
      };
    },
    simd: (f, { dgamma, dbeta, dy, x, mean, inverse, gamma, beta, slope, ...shape }) => {
      const slopes = f.let(f32x4.splat(slope));
      forColumnSums(f, shape, 2, 2, ({ load, sum, store }) => {
        const [means, inverses, gammas, betas] = [mean, inverse, gamma, beta].map(load);
        const [sumsGamma, sumsBeta] = sum([x, dy], ([value, gradient], index) => {
          const xhat = f.let(normalized(value!, means![index]!, inverses![index]!));
          const v = scaleAndShift(xhat, gammas![index]!, betas![index]!);
          const g = f.let(gradient!);
          const dv = f.let(choose(f32x4.gt(v, 0), g, f32x4.mul(slopes, g)));
          return [f32x4.mul(dv, xhat), dv];
        });
        store(dgamma, sumsGamma!);
        store(dbeta, sumsBeta!);
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
        const part = round(share);
        const { xhatOf, vOf } = normalizer(heap, round, x, mean, inverse, gamma, beta);
        for (let i = 0; i < rows * columns; i++) {
          const c = i % columns;
          const xhat = xhatOf(i, c);
          const dv = vOf(xhat, c) > 0 ? f[dy + i]! : round(round(slope) * f[dy + i]!);
          const centred = round(dv - round(f[dbeta + c]! * part));
          const orthogonal = round(centred - round(xhat * round(f[dgamma + c]! * part)));
          f[dx + i] = round(f[gamma + c]! * f[inverse + c]!) * orthogonal;
        }
      },
    simd: (f, { dx, dy, x, mean, inverse, gamma, beta, dgamma, dbeta, slope, share, rows, columns }) => {
      const slopes = f.let(f32x4.splat(slope));
      const shares = f.let(f32x4.splat(share));
      const perColumn = [mean, inverse, gamma, beta, dgamma, dbeta];
      mapRows(f, rows, columns, dx, [dy, x], perColumn, ([g, value, m, s, scale, shift, sumGamma, sumBeta]) => {
        const xhat = f.let(normalized(value!, m!, s!));
        const v = scaleAndShift(xhat, scale!, shift!);
        const dv = choose(f32x4.gt(v, 0), g!, f32x4.mul(slopes, g!));
        const centred = f32x4.sub(dv, f32x4.mul(sumBeta!, shares));
        const orthogonal = f32x4.sub(centred, f32x4.mul(xhat, f32x4.mul(sumGamma!, shares)));
        return f32x4.mul(f32x4.mul(scale!, s!), orthogonal);
      });
    },
    split: { along: 'rows', move: { dx: 'columns', dy: 'columns', x: 'columns' }, each: 'columns', cost: 3 },
  },
);

/** Portable xhat of element i, in column c, and v from its xhat. */
function normalizer(
  { floats: f }: Heap,
  round: Arithmetic['round'],
  ...[x, mean, inverse, gamma, beta]: [x: Address, mean: Address, inverse: Address, gamma: Address, beta: Address]
): Readonly<Record<'xhatOf' | 'vOf', (value: number, c: number) => number>> {
  return {
    xhatOf: (i, c) => round(round(f[x + i]! - f[mean + c]!) * f[inverse + c]!),
    vOf: (xhat, c) => round(round(xhat * f[gamma + c]!) + f[beta + c]!),
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

/** out[r, c] = body(matrices[r, c]..., vectors[c]...), row by row. Matrices are dense. */
function mapRows(
  f: FunctionBuilder,
  rows: Local<'i32'>,
  columns: Local<'i32'>,
  out: Pointer,
  matrices: readonly Pointer[],
  vectors: readonly Pointer[],
  body: (values: readonly Vector[]) => Expr<'v128'>,
): void {
  repeat(f, rows, () => {
    const starts = vectors.map((vector) => f.let(vector));
    mapVectors(f, out, [...matrices, ...starts], columns, (...values) => body(values));
  });
}
