/**
 * Portable batch normalisation, with the LeakyReLU that may follow it. The variance is taken about the mean in a second pass, never as
 * E[x^2] - E[x]^2, which loses all digits when the mean is large.
 */
import type { Kernels } from '../contract.ts';
import type { Heap } from '../heap.ts';
import type { Arithmetic } from './arithmetic.ts';
import { createSums, inTiles } from './sums.ts';

type Names =
  | 'moments'
  | 'inverseStddev'
  | 'movingAverage'
  | 'batchNormalize'
  | 'batchNormalizeSums'
  | 'batchNormalizeBackward';

export function batchNormalization(heap: Heap, { round }: Arithmetic): Pick<Kernels, Names> {
  const sums = createSums(heap, round);
  return {
    moments(mean, variance, x, rows, columns, stride) {
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
    },

    inverseStddev(out, variance, epsilon, count) {
      const f = heap.floats;
      const smallest = round(epsilon);
      for (let i = 0; i < count; i++) f[out + i] = 1 / round(Math.sqrt(round(f[variance + i]! + smallest)));
    },

    movingAverage(moving, batch, oldShare, newShare, count) {
      const f = heap.floats;
      const kept = round(oldShare);
      const taken = round(newShare);
      for (let i = 0; i < count; i++) f[moving + i] = round(kept * f[moving + i]!) + round(taken * f[batch + i]!);
    },

    batchNormalize(y, x, mean, inverse, gamma, beta, slope, rows, columns) {
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

    batchNormalizeSums(dgamma, dbeta, dy, x, mean, inverse, gamma, beta, slope, rows, columns, stride) {
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
    },

    batchNormalizeBackward(dx, dy, x, mean, inverse, gamma, beta, dgamma, dbeta, slope, share, rows, columns) {
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
  };
}
