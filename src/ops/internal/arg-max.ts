/** The indices of the largest or smallest elements. No gradient. */
import type { Tensor } from '../../autograd/tensor.ts';
import type { Floats } from '../../kernels/heap.ts';

/**
 * The values are read as [outer, length, inner], the result is [outer, inner]: the index of the largest value along
 * `length` for sign 1, of the smallest for -1. Of equal values it is the first, and a NaN comes before any number.
 */
export function indicesOfExtremes(values: Floats, length: number, inner: number, sign: 1 | -1): Int32Array {
  const indices = new Int32Array(length === 0 ? 0 : values.length / length);
  for (let i = 0; i < indices.length; i++) {
    const start = (i - (i % inner)) * length + (i % inner);
    let best = sign * values[start]!;
    for (let index = 1; index < length && !Number.isNaN(best); index++) {
      const value = sign * values[start + index * inner]!;
      if (value <= best) continue;
      best = value;
      indices[i] = index;
    }
  }
  return indices;
}

/** The index of the largest value in each row of a matrix [n, d]. */
export function argMaxRows(matrix: Tensor): Int32Array {
  return indicesOfExtremes(matrix.storage.values(), matrix.shape[1]!, 1, 1);
}
