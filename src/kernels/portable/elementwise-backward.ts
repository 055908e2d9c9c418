/** Portable elementwise gradients, and dropout, whose forward and backward are one kernel. */
import type { Kernels } from '../contract.ts';
import type { Heap } from '../heap.ts';
import type { Arithmetic } from './arithmetic.ts';

type Names =
  | 'absBackward'
  | 'tanhBackward'
  | 'sigmoidBackward'
  | 'reluBackward'
  | 'leakyReluBackward'
  | 'clipBackward'
  | 'dropout';

export function elementwiseBackward(heap: Heap, { round }: Arithmetic): Pick<Kernels, Names> {
  return {
    absBackward(dx, dy, x, count) {
      const f = heap.floats;
      for (let i = 0; i < count; i++) {
        const value = f[x + i]!;
        f[dx + i] = (value > 0 ? 1 : value < 0 ? -1 : 0) * f[dy + i]!;
      }
    },

    tanhBackward(dx, dy, y, count) {
      const f = heap.floats;
      for (let i = 0; i < count; i++) f[dx + i] = f[dy + i]! * round(1 - round(f[y + i]! * f[y + i]!));
    },

    sigmoidBackward(dx, dy, y, count) {
      const f = heap.floats;
      for (let i = 0; i < count; i++) f[dx + i] = f[dy + i]! * round(f[y + i]! * round(1 - f[y + i]!));
    },

    reluBackward(dx, dy, x, count) {
      const f = heap.floats;
      for (let i = 0; i < count; i++) f[dx + i] = f[x + i]! > 0 ? f[dy + i]! : 0;
    },

    leakyReluBackward(dx, dy, x, slope, count) {
      const f = heap.floats;
      const negativeSlope = round(slope);
      for (let i = 0; i < count; i++) {
        const gradient = f[dy + i]!;
        f[dx + i] = f[x + i]! > 0 ? gradient : negativeSlope * gradient;
      }
    },

    clipBackward(dx, dy, x, low, high, count) {
      const f = heap.floats;
      const least = round(low);
      const most = round(high);
      for (let i = 0; i < count; i++) f[dx + i] = f[x + i]! >= least && f[x + i]! <= most ? f[dy + i]! : 0;
    },

    dropout(out, x, u, rate, scale, count) {
      const f = heap.floats;
      const threshold = round(rate);
      const factor = round(scale);
      for (let i = 0; i < count; i++) f[out + i] = f[u + i]! >= threshold ? f[x + i]! * factor : 0;
    },
  };
}
