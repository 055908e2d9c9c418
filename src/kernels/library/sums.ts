/** Sums and counts. Rows are summed in four lanes, columns down the rows, both in chains (summation.ts). */
import { f32, f32x4, i32, i32x4, v128 } from '../../wasm/index.ts';
import type { Floats } from '../heap.ts';
import { type KernelOf, kernel } from '../kernel.ts';
import { advance, forColumnGroups, keepLanes, sumIntegers, sumLanes, toBytes } from '../simd/vectors.ts';
import { CHAIN, createSums, inTiles, sumInLanes, sumsDownRows } from '../summation.ts';

const SUMS = 'out, x: address; rows, columns, stride: i32';

/** out[r] = sum over c of x[r, c], in four lanes */
export const sumRows: KernelOf<typeof SUMS> = /*#__PURE__*/ kernel('sumRows', SUMS, {
  portable: (heap, { round }) => {
    const sums = createSums(heap, round);
    return (out, x, rows, columns, stride) => {
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
    };
  },
  simd: (f, { out, x, rows, columns, stride }) => {
    toBytes(f, stride);
    const i = f.local('i32', 'i');
    const lanes = f.local('v128', 'lanes');
    const rest = f.let(i32.and(columns, 3), 'rest');
    f.while(rows, () => {
      f.set(i, x);
      f.if(
        i32.le_u(columns, 4 * CHAIN),
        // A short row is a single chain: managing several chains would take longer than the sum.
        () => {
          f.set(lanes, f32x4.const(0));
          const end = f.let(i32.add(x, i32.shl(i32.and(columns, -4), 2)));
          f.for(i, end, 16, () => f.set(lanes, f32x4.add(lanes, v128.load(i))));
          f.if(rest, () => f.set(lanes, f32x4.add(lanes, keepLanes(v128.load(i), rest))));
          f.emit(f32.store(out, sumLanes(lanes)));
        },
        () => {
          const sum = sumInLanes(f, i, columns, () => v128.load(i));
          f.emit(f32.store(out, sum));
        },
      );
      advance(f, 4, out);
      advance(f, stride, x);
      f.set(rows, i32.sub(rows, 1));
    });
  },
  split: { along: 'rows', move: { out: 1, x: 'stride' }, each: 'columns' },
});

/** out[c] = sum over r of x[r, c], down the rows */
export const sumColumns: KernelOf<typeof SUMS> = /*#__PURE__*/ kernel('sumColumns', SUMS, {
  portable: (heap, { round }) => {
    const sums = createSums(heap, round);
    return (out, x, rows, columns, stride) => {
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
    };
  },
  simd: (f, { out, x, rows, columns, stride }) => {
    toBytes(f, stride);
    const i = f.local('i32', 'i');
    forColumnGroups(f, columns, 8, (vectors, offset, store) => {
      f.set(i, i32.add(x, offset));
      const sums = sumsDownRows(f, i, rows, stride, vectors, (chain) => {
        for (const [index, sum] of chain.entries()) f.set(sum, f32x4.add(sum, v128.load(i, 16 * index)));
      });
      for (const [index, sum] of sums.entries()) store(out, index, sum);
    });
  },
  split: { along: 'columns', move: ['out', 'x'], each: 'rows' },
});

const COUNT_NON_FINITE = 'x: address; count: i32 -> i32';

/** The number of x[0..count) that are NaN or infinite: x - x is 0 for a finite x, else NaN. */
export const countNonFinite: KernelOf<typeof COUNT_NON_FINITE> = /*#__PURE__*/ kernel(
  'countNonFinite',
  COUNT_NON_FINITE,
  {
    portable: (heap) => (x, count) => {
      const f = heap.floats;
      let found = 0;
      for (let i = x; i < x + count; i++) if (f[i]! - f[i]! !== 0) found++;
      return found;
    },
    simd: (f, { x, count }) => {
      const found = f.let(i32x4.const(0), 'found');
      const rest = f.let(i32.and(count, 3), 'rest');
      const end = f.let(i32.add(x, i32.shl(i32.and(count, -4), 2)), 'end');
      const value = f.local('v128', 'value');
      // A true lane is -1.
      const tally = (): void => f.set(found, i32x4.sub(found, f32x4.ne(f32x4.sub(value, value), 0)));
      f.for(x, end, 16, () => {
        f.set(value, v128.load(x));
        tally();
      });
      f.if(rest, () => {
        f.set(value, keepLanes(v128.load(x), rest));
        tally();
      });
      return sumIntegers(found);
    },
    split: { along: 'count', move: ['x'] },
  },
);
