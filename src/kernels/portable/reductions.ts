/** Portable sums. Rows in four lanes, columns down the rows: the order is part of the contract. */
import type { Kernels } from '../contract.ts';
import type { Heap } from '../heap.ts';
import type { Arithmetic } from './arithmetic.ts';

export function reductions(
  heap: Heap,
  { round }: Arithmetic,
): Pick<Kernels, 'sumRows' | 'sumColumns' | 'countNonFinite'> {
  return {
    sumRows(out, x, rows, columns, stride) {
      const f = heap.floats;
      const whole = columns & ~3;
      for (let row = 0; row < rows; row++) {
        const start = x + row * stride;
        let lane0 = 0;
        let lane1 = 0;
        let lane2 = 0;
        let lane3 = 0;
        for (let i = start; i < start + whole; i += 4) {
          lane0 = round(lane0 + f[i]!);
          lane1 = round(lane1 + f[i + 1]!);
          lane2 = round(lane2 + f[i + 2]!);
          lane3 = round(lane3 + f[i + 3]!);
        }
        if (columns > whole) lane0 = round(lane0 + f[start + whole]!);
        if (columns > whole + 1) lane1 = round(lane1 + f[start + whole + 1]!);
        if (columns > whole + 2) lane2 = round(lane2 + f[start + whole + 2]!);
        f[out + row] = round(round(lane0 + lane1) + round(lane2 + lane3));
      }
    },

    sumColumns(out, x, rows, columns, stride) {
      const f = heap.floats;
      f.fill(0, out, out + columns);
      for (let row = 0; row < rows; row++) {
        const start = x + row * stride;
        for (let c = 0; c < columns; c++) f[out + c] = f[out + c]! + f[start + c]!;
      }
    },

    countNonFinite(x, count) {
      const f = heap.floats;
      let found = 0;
      for (let i = x; i < x + count; i++) if (f[i]! - f[i]! !== 0) found++;
      return found;
    },
  };
}
