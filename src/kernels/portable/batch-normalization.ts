/**
 * Portable batch normalisation, with the LeakyReLU that may follow it. The variance is taken about the mean in a second pass, never as
 * E[x^2] - E[x]^2, which loses all digits when the mean is large.
 */
import type { Kernels } from '../contract.ts';
import type { Heap } from '../heap.ts';
import type { Arithmetic } from './arithmetic.ts';

type Names =
  | 'moments'
  | 'inverseStddev'
  | 'movingAverage'
  | 'batchNormalize'
  | 'batchNormalizeSums'
  | 'batchNormalizeBackward';

export function batchNormalization(heap: Heap, { round }: Arithmetic): Pick<Kernels, Names> {
  return {
    moments(mean, variance, x, rows, columns, stride) {
      const f = heap.floats;
      f.fill(0, mean, mean + columns);
      f.fill(0, variance, variance + columns);
      for (let row = 0; row < rows; row++) {
        const start = x + row * stride;
        for (let c = 0; c < columns; c++) f[mean + c] = f[mean + c]! + f[start + c]!;
      }
      for (let c = 0; c < columns; c++) f[mean + c] = f[mean + c]! / rows;
      for (let row = 0; row < rows; row++) {
        const start = x + row * stride;
        for (let c = 0; c < columns; c++) {
          const deviation = round(f[start + c]! - f[mean + c]!);
          f[variance + c] = f[variance + c]! + round(deviation * deviation);
        }
      }
      for (let c = 0; c < columns; c++) f[variance + c] = f[variance + c]! / rows;
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
      f.fill(0, dgamma, dgamma + columns);
      f.fill(0, dbeta, dbeta + columns);
      for (let row = 0; row < rows; row++) {
        const start = row * stride;
        for (let c = 0; c < columns; c++) {
          const normalized = round(round(f[x + start + c]! - f[mean + c]!) * f[inverse + c]!);
          const v = round(round(normalized * f[gamma + c]!) + f[beta + c]!);
          const gradient = f[dy + start + c]!;
          const dv = v > 0 ? gradient : round(negativeSlope * gradient);
          f[dgamma + c] = f[dgamma + c]! + round(dv * normalized);
          f[dbeta + c] = f[dbeta + c]! + dv;
        }
      }
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
