/** Sums and counts. Rows are summed in four lanes, columns down the rows, both in chains (summation.ts). */
import { f32, f32x4, i32, i32x4, v128 } from '../../wasm/index.ts';
import { type KernelOf, kernel } from '../kernel.ts';
import { advance, keepLanes, repeat, sumIntegers, sumLanes, toBytes } from '../simd/vectors.ts';
import { CHAIN, createSums, forColumnSums, sumInLanes } from '../summation.ts';

const SUMS = 'out, x: address; rows, columns, stride: i32';

/** out[r] = sum over c of x[r, c], in four lanes */
export const sumRows: KernelOf<typeof SUMS> = /*#__PURE__*/ kernel('sumRows', SUMS, {
  portable: (heap, arithmetic) => {
    const { inLanes } = createSums(arithmetic);
    return (out, x, rows, columns, stride) => {
      const f = heap.floats;
      for (let r = 0; r < rows; r++) f[out + r] = inLanes(columns, (c) => f[x + r * stride + c]!);
    };
  },
  simd: (f, { out, x, rows, columns, stride }) => {
    toBytes(f, stride);
    const i = f.local('i32', 'i');
    const lanes = f.local('v128', 'lanes');
    const rest = f.let(i32.and(columns, 3), 'rest');
    repeat(f, rows, () => {
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
    });
  },
  split: { along: 'rows', move: { out: 1, x: 'stride' }, each: 'columns' },
});

/** out[c] = sum over r of x[r, c], down the rows */
export const sumColumns: KernelOf<typeof SUMS> = /*#__PURE__*/ kernel('sumColumns', SUMS, {
  portable: (heap, arithmetic) => {
    const { chained } = createSums(arithmetic);
    return (out, x, rows, columns, stride) => {
      const f = heap.floats;
      for (let c = 0; c < columns; c++) f[out + c] = chained(rows, (r) => f[x + r * stride + c]!);
    };
  },
  simd: (f, { out, x, ...shape }) =>
    forColumnSums(f, shape, 8, 1, ({ sum, store }) => {
      const [sums] = sum([x], (elements) => elements);
      store(out, sums!);
    }),
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
