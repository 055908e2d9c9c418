/** SIMD sums: rows in four lanes, columns down the rows, both in chains (summation.ts). */
import { type FunctionHandle, f32, f32x4, i32, i32x4, type ModuleBuilder, v128 } from '../../wasm/index.ts';
import { CHAIN } from '../summation.ts';
import { sumInLanes, sumsDownRows } from './sums.ts';
import { advance, forColumnGroups, keepLanes, sumIntegers, sumLanes, toBytes } from './vectors.ts';

export function reductions(
  module: ModuleBuilder,
): Readonly<Record<'sumRows' | 'sumColumns' | 'countNonFinite', FunctionHandle>> {
  return {
    sumRows: module.function(
      'f32_sumRows_simd128',
      { out: 'i32', x: 'i32', rows: 'i32', columns: 'i32', stride: 'i32' },
      'void',
      (f, { out, x, rows, columns, stride }) => {
        toBytes(f, out, x, stride);
        const i = f.local('i32', 'i');
        const lanes = f.local('v128', 'lanes');
        const rest = f.let(i32.and(columns, 3), 'rest');
        f.while(rows, () => {
          f.set(i, x);
          f.if(
            i32.le_u(columns, 4 * CHAIN),
            // A single chain: for a short row the bookkeeping of several would take longer than the sum.
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
    ),

    sumColumns: module.function(
      'f32_sumColumns_simd128',
      { out: 'i32', x: 'i32', rows: 'i32', columns: 'i32', stride: 'i32' },
      'void',
      (f, { out, x, rows, columns, stride }) => {
        toBytes(f, out, x, stride);
        const i = f.local('i32', 'i');
        forColumnGroups(f, columns, 8, (vectors, offset, store) => {
          f.set(i, i32.add(x, offset));
          const sums = sumsDownRows(f, i, rows, stride, vectors, (chain) => {
            for (const [index, sum] of chain.entries()) f.set(sum, f32x4.add(sum, v128.load(i, 16 * index)));
          });
          for (const [index, sum] of sums.entries()) store(out, index, sum);
        });
      },
    ),

    // x - x is 0 for finite x, else NaN
    countNonFinite: module.function(
      'f32_countNonFinite_simd128',
      { x: 'i32', count: 'i32' },
      'i32',
      (f, { x, count }) => {
        toBytes(f, x);
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
    ),
  };
}
