/** Portable kernels that move data: fill, strided copy, and the dataset's gather-and-normalise. */
import type { Kernels } from '../contract.ts';
import type { Heap } from '../heap.ts';
import type { Arithmetic } from './arithmetic.ts';

export function movement(heap: Heap, { round }: Arithmetic): Pick<Kernels, 'fill' | 'copy' | 'gatherBytes'> {
  return {
    fill(out, value, count) {
      heap.floats.fill(value, out, out + count);
    },

    copy(out, x, rows, columns, outStride, xRowStep, xColumnStep) {
      const f = heap.floats;
      for (let row = 0; row < rows; row++) {
        let i = x + row * xRowStep;
        let o = out + row * outStride;
        for (const end = o + columns; o < end; o++, i += xColumnStep) f[o] = f[i]!;
      }
    },

    gatherBytes(out, bytes, indices, centre, halfRange, rows, columns) {
      const f = heap.floats;
      const source = heap.bytes;
      const middle = round(centre);
      const half = round(halfRange);
      const first = bytes * heap.bytesPerElement;
      const index = (indices * heap.bytesPerElement) / 4;
      for (let row = 0; row < rows; row++) {
        let i = first + heap.ints[index + row]! * columns;
        let o = out + row * columns;
        for (const end = o + columns; o < end; o++, i++) f[o] = round(source[i]! - middle) / half;
      }
    },
  };
}
