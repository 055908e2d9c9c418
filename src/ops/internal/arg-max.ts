/** The index of the largest value in each row of a matrix [n, d], the first one if several are equal. No gradient. */
import type { Tensor } from '../../autograd/tensor.ts';

export function argMax(matrix: Tensor): Int32Array {
  const [n, d] = matrix.shape as readonly [number, number];
  const data = matrix.storage.view();
  return Int32Array.from({ length: n }, (_, row) => {
    let best = 0;
    for (let column = 1; column < d; column++) {
      if (data[row * d + column]! > data[row * d + best]!) best = column;
    }
    return best;
  });
}
