/**
 * Kernels that move data: fill, strided copy, sums of chosen rows, and the dataset kernel that gathers bytes and
 * normalises them.
 */
import { type Expr, f32, f32x4, i16x8, i32, i32x4, type Local, v128 } from '../../wasm/index.ts';
import { type ElementwiseKernel, elementwise } from '../elementwise.ts';
import { type Float, type KernelOf, kernel } from '../kernel.ts';
import { advance, forColumnGroups, mapVectors, repeat, toBytes, type Vector } from '../simd/vectors.ts';
import { CHAIN, chainedSums, createSums } from '../summation.ts';
import { forLines } from '../windows.ts';

/** out[i] = value */
export const fill: ElementwiseKernel<[], [value: Float]> = /*#__PURE__*/ elementwise('fill', {
  inputs: 0,
  scalars: 1,
  portable: () => (value) => value,
  simd: (_, value) => value,
});

const COPY = 'out, x: address; rows, columns, outStride, xRowStep, xColumnStep: i32';

/** out[r outStride + c] = x[r xRowStep + c xColumnStep]: for slices, transposes, broadcasts and concatenations */
export const copy: KernelOf<typeof COPY> = /*#__PURE__*/ kernel('copy', COPY, {
  portable: (heap) => (out, x, rows, columns, outStride, xRowStep, xColumnStep) => {
    const f = heap.floats;
    for (let row = 0; row < rows; row++) {
      let i = x + row * xRowStep;
      let o = out + row * outStride;
      for (const end = o + columns; o < end; o++, i += xColumnStep) f[o] = f[i]!;
    }
  },
  simd: (f, { out, x, rows, columns, outStride, xRowStep, xColumnStep }) => {
    toBytes(f, outStride, xRowStep, xColumnStep);
    const o = f.local('i32', 'o');
    const i = f.local('i32', 'i');
    repeat(f, rows, () => {
      f.set(o, out);
      f.set(i, x);
      f.if(
        i32.eq(xColumnStep, 4),
        () => mapVectors(f, o, [i], columns, (value) => value!),
        () => {
          const end = f.let(i32.add(o, i32.shl(columns, 2)));
          f.for(o, end, 4, () => {
            f.emit(f32.store(o, f32.load(i)));
            advance(f, xColumnStep, i);
          });
        },
      );
      advance(f, outStride, out);
      advance(f, xRowStep, x);
    });
  },
  sample: { xColumnStep: [1, 3] },
  split: { along: 'rows', move: { out: 'outStride', x: 'xRowStep' }, each: 'columns' },
});

const GATHER_BYTES = 'out, bytes, indices: address; centre, halfRange: f32; rows, columns: i32';

/**
 * out[r, c] = (bytes[indices[r], c] - centre) / halfRange. `bytes` are uint8, packed four to a float; indices are
 * int32.
 */
export const gatherBytes: KernelOf<typeof GATHER_BYTES> = /*#__PURE__*/ kernel('gatherBytes', GATHER_BYTES, {
  portable:
    (heap, { round }) =>
    (out, bytes, indices, centre, halfRange, rows, columns) => {
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
  // Sixteen bytes at a time.
  simd: (f, { out, bytes, indices, centre, halfRange, rows, columns }) => {
    const centres = f.let(f32x4.splat(centre));
    const halves = f.let(f32x4.splat(halfRange));
    const normalize = (words: Expr<'v128'>): Expr<'v128'> =>
      f32x4.div(f32x4.sub(f32x4.convert_i32x4_u(words), centres), halves);
    const i = f.local('i32', 'i');
    repeat(f, rows, () => {
      f.set(i, i32.add(bytes, i32.mul(i32.load(indices), columns)));
      const end = f.let(i32.add(out, i32.shl(columns, 2)));
      const wholeEnd = f.let(i32.add(out, i32.shl(i32.and(columns, -16), 2)));
      f.for(out, wholeEnd, 64, () => {
        const sixteen = f.let(v128.load(i));
        const low = f.let(i16x8.extend_low_i8x16_u(sixteen));
        const high = f.let(i16x8.extend_high_i8x16_u(sixteen));
        f.emit(
          v128.store(out, normalize(i32x4.extend_low_i16x8_u(low))),
          v128.store(out, normalize(i32x4.extend_high_i16x8_u(low)), 16),
          v128.store(out, normalize(i32x4.extend_low_i16x8_u(high)), 32),
          v128.store(out, normalize(i32x4.extend_high_i16x8_u(high)), 48),
        );
        advance(f, 16, i);
      });
      f.for(out, end, 4, () => {
        f.emit(f32.store(out, f32.div(f32.sub(f32.convert_i32_u(i32.load8_u(i)), centre), halfRange)));
        advance(f, 1, i);
      });
      advance(f, 4, indices);
    });
  },
  sample: { indices: 0 },
  split: { along: 'rows', move: { out: 'columns', indices: 1 }, each: 'columns' },
});

const SUM_CHOSEN_ROWS =
  'out, x, starts, counts, indices, weights: address; firstRow, rows, outRows, xRows, columns: i32';

/**
 * out[image, r, :] = sum over t of weights[t] x[image, indices[t], :], for the counts[r] entries t from starts[r] on.
 * `out` has `outRows` and `x` has `xRows` rows in each image; the images have the same table, which is int32. `out` is
 * the address of row firstRow of all images' rows, `x` that of image 0. Row by row it is the product with a sparse
 * matrix: pooling, resizing, gathering, padding and mirroring are all of this kind.
 */
export const sumChosenRows: KernelOf<typeof SUM_CHOSEN_ROWS> = /*#__PURE__*/ kernel('sumChosenRows', SUM_CHOSEN_ROWS, {
  rare: true,
  portable: (heap, arithmetic) => {
    const { round } = arithmetic;
    const { chained } = createSums(arithmetic);
    return (out, x, starts, counts, indices, weights, firstRow, rows, outRows, xRows, columns) => {
      const { floats: f, ints } = heap;
      const places = heap.bytesPerElement / 4;
      for (let row = 0; row < rows; row++) {
        const place = (firstRow + row) % outRows;
        const image = x + ((firstRow + row - place) / outRows) * xRows * columns;
        const first = ints[starts * places + place]!;
        for (let c = 0; c < columns; c++) {
          f[out + row * columns + c] = chained(ints[counts * places + place]!, (t) => {
            const index = ints[indices * places + first + t]!;
            return round(f[weights + first + t]! * f[image + index * columns + c]!);
          });
        }
      }
    };
  },
  simd: (f, { out, x, starts, counts, indices, weights, firstRow, rows, outRows, xRows, columns }) => {
    const rowBytes = f.let(i32.shl(columns, 2), 'rowBytes');
    const index = f.local('i32', 'index');
    const weight = f.local('i32', 'weight');
    const split = { firstLine: firstRow, lines: rows, linesPerImage: outRows };
    forLines(f, split, x, i32.mul(xRows, rowBytes), (row, image) => {
      const place = f.let(i32.shl(row, 2));
      const first = f.let(i32.shl(i32.load(i32.add(starts, place)), 2));
      const count = f.let(i32.load(i32.add(counts, place)), 'count');
      forColumnGroups(f, columns, 8, (vectors, offset, store) => {
        const column = f.let(i32.add(image, offset));
        f.set(index, i32.add(indices, first));
        f.set(weight, i32.add(weights, first));
        const addTerms = (chain: readonly Vector[], length: Local<'i32'>): void => {
          const end = f.let(i32.add(index, i32.shl(length, 2)));
          f.for(index, end, 4, () => {
            const i = f.let(i32.add(column, i32.mul(i32.load(index), rowBytes)));
            const factor = f.let(v128.load32_splat(weight));
            for (const [at, sum] of chain.entries())
              f.set(sum, f32x4.add(sum, f32x4.mul(factor, v128.load(i, 16 * at))));
            advance(f, 4, weight);
          });
        };
        const write = (sums: readonly Vector[]): void => {
          for (const [at, sum] of sums.entries()) store(out, at, sum);
        };
        f.if(
          i32.le_u(count, CHAIN),
          // Few terms are a single chain: managing several chains would take longer than the sum.
          () => {
            const chain = Array.from({ length: vectors }, () => f.let(f32x4.const(0)));
            addTerms(chain, count);
            write(chain);
          },
          () => write(chainedSums(f, count, vectors, addTerms)),
        );
      });
      advance(f, rowBytes, out);
    });
  },
  // Three entries a row, each with index 1: the numbers are int32, written as the floats with these bits, 3 2^-149 and
  // 2^-149. A bundler that finds an operator such as ** here would keep the kernel even if nothing imports it.
  sample: { starts: 0, counts: 4.2e-45, indices: 1.4e-45, firstRow: 3, rows: 5, outRows: 4, xRows: 2 },
  split: { along: 'rows', move: { out: 'columns', firstRow: 1 }, each: 'columns', cost: 2 },
});
