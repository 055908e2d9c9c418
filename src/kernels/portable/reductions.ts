/** Portable sums. Rows in four lanes, columns down the rows, both in chains (summation.ts): the order is part of the contract. */
import type { Kernels } from '../contract.ts';
import type { Floats, Heap } from '../heap.ts';
import type { Arithmetic } from './arithmetic.ts';
import { createSums, inTiles } from './sums.ts';

export function reductions(
  heap: Heap,
  { round }: Arithmetic,
): Pick<Kernels, 'sumRows' | 'sumColumns' | 'countNonFinite'> {
  const sums = createSums(heap, round);
  return {
    sumRows(out, x, rows, columns, stride) {
      const f = heap.floats;
      let start = x;
      const addLanes = (lanes: Floats, from: number, to: number): void => {
        let lane0 = 0;
        let lane1 = 0;
        let lane2 = 0;
        let lane3 = 0;
        let i = start + from;
        for (const end = i + ((to - from) & ~3); i < end; i += 4) {
          lane0 = round(lane0 + f[i]!);
          lane1 = round(lane1 + f[i + 1]!);
          lane2 = round(lane2 + f[i + 2]!);
          lane3 = round(lane3 + f[i + 3]!);
        }
        const rest = start + to - i;
        lanes[0] = rest > 0 ? lane0 + f[i]! : lane0;
        lanes[1] = rest > 1 ? lane1 + f[i + 1]! : lane1;
        lanes[2] = rest > 2 ? lane2 + f[i + 2]! : lane2;
        lanes[3] = lane3;
      };
      for (let row = 0; row < rows; row++, start += stride) f[out + row] = sums.inLanes(columns, addLanes);
    },

    sumColumns(out, x, rows, columns, stride) {
      const f = heap.floats;
      inTiles(columns, (first, width) => {
        const totals = sums.chained(rows, width, (chain, from, to) => {
          const f = heap.floats;
          for (let row = from; row < to; row++) {
            const start = x + row * stride + first;
            for (let c = 0; c < width; c++) chain[c] = chain[c]! + f[start + c]!;
          }
        });
        for (let c = 0; c < width; c++) f[out + first + c] = totals[c]!;
      });
    },

    countNonFinite(x, count) {
      const f = heap.floats;
      let found = 0;
      for (let i = x; i < x + count; i++) if (f[i]! - f[i]! !== 0) found++;
      return found;
    },
  };
}
