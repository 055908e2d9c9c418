/** Portable cross-entropy of a softmax from logits, row by row, with its gradient. */
import type { Address, Kernels } from '../contract.ts';
import type { Heap } from '../heap.ts';
import type { Arithmetic } from './arithmetic.ts';
import { createSums } from './sums.ts';

export function softmax(
  heap: Heap,
  { round, exp, log }: Arithmetic,
): Pick<Kernels, 'softmaxCrossEntropy' | 'softmaxCrossEntropyBackward'> {
  const sums = createSums(heap, round);
  const largest = (row: Address, classes: number): number => {
    const f = heap.floats;
    let max = -Infinity;
    for (let c = 0; c < classes; c++) max = Math.max(max, f[row + c]!);
    return max;
  };
  /** The sum of e^(z - max), in four lanes. */
  const sumOfExponentials = (row: Address, classes: number, max: number): number => {
    const f = heap.floats;
    return sums.inLanes(classes, (lanes, from, to) => {
      for (let c = from; c < to; c++) lanes[c & 3] = lanes[c & 3]! + exp(round(f[row + c]! - max));
    });
  };
  return {
    softmaxCrossEntropy(losses, logits, labels, rows, classes) {
      const f = heap.floats;
      for (let r = 0; r < rows; r++) {
        const row = logits + r * classes;
        const max = largest(row, classes);
        const sum = sumOfExponentials(row, classes, max);
        f[losses + r] = log(sum) - round(f[row + f[labels + r]!]! - max);
      }
    },

    softmaxCrossEntropyBackward(dz, dy, logits, labels, rows, classes) {
      const f = heap.floats;
      for (let r = 0; r < rows; r++) {
        const row = logits + r * classes;
        const max = largest(row, classes);
        const sum = sumOfExponentials(row, classes, max);
        const label = f[labels + r]!;
        const scale = f[dy + r]!;
        for (let c = 0; c < classes; c++) {
          const probability = round(exp(round(f[row + c]! - max)) / sum);
          f[dz + r * classes + c] = round(probability - (c === label ? 1 : 0)) * scale;
        }
      }
    },
  };
}
