/**
 * SIMD im2col. For one ky the elements (kx, c) of a patch are one run of floats in the picture, so a patch is kernelHeight runs, clipped at
 * the picture's edge. The matrix is written from its beginning to its end: a vector may hang over the end of what is being written,
 * since what comes next overwrites it.
 */
import {
  type Expr,
  type FunctionBuilder,
  type FunctionHandle,
  f32,
  f32x4,
  i32,
  i32x4,
  type Local,
  type ModuleBuilder,
  v128,
} from '../../wasm/index.ts';
import { advance, type Pointer, toBytes } from './vectors.ts';
import { forLines, greatest, least, product, repeat, WINDOW_PARAMETERS } from './windows.ts';

/** Runs up to this long are copied as two vectors with the lanes beyond the edge masked: no branch on their length. */
const SHORT_RUN_BYTES = 32;

export function im2col(module: ModuleBuilder): FunctionHandle {
  return module.function(
    'f32_im2col_simd128',
    { columns: 'i32', x: 'i32', firstLine: 'i32', lines: 'i32', ...WINDOW_PARAMETERS },
    'void',
    (f, { columns, x, firstLine, lines, height, width, channels, kernelHeight, kernelWidth, ...rest }) => {
      const { strideHeight, strideWidth, padTop, padLeft, outHeight, outWidth } = rest;
      toBytes(f, columns, x);
      const pixelBytes = f.let(i32.shl(channels, 2), 'pixelBytes');
      const rowBytes = f.let(i32.mul(width, pixelBytes), 'rowBytes');
      const runBytes = f.let(i32.mul(kernelWidth, pixelBytes), 'runBytes');
      const patchBytes = f.let(i32.mul(kernelHeight, runBytes), 'patchBytes');
      const stepBytes = f.let(i32.mul(strideWidth, pixelBytes), 'stepBytes');
      const end = f.let(i32.add(columns, product(lines, outWidth, patchBytes)), 'end');
      // All before `o` is written.
      const o = f.let(columns, 'o');
      forLines(f, { firstLine, lines, linesPerImage: outHeight }, x, i32.mul(height, rowBytes), (oy, image) => {
        const top = f.let(i32.sub(i32.mul(oy, strideHeight), padTop), 'top');
        const firstKy = f.let(least(greatest(i32.sub(0, top), i32.const(0)), kernelHeight), 'firstKy');
        const endKy = f.let(greatest(least(i32.sub(height, top), kernelHeight), i32.const(0)), 'endKy');
        const firstRow = f.let(i32.add(image, i32.mul(i32.add(top, firstKy), rowBytes)), 'firstRow');
        // The runs of rows in the picture are the bytes [above, below) of a patch.
        const above = f.let(i32.mul(firstKy, runBytes), 'above');
        const below = f.let(i32.mul(endKy, runBytes), 'below');
        // Where the runs begin in their rows, in bytes; the part [from, to) of them lies within the row.
        const left = f.let(i32.sub(0, i32.mul(padLeft, pixelBytes)), 'left');
        repeat(f, outWidth, () => {
          const from = f.let(greatest(i32.sub(0, left), i32.const(0)), 'from');
          const to = f.let(least(i32.sub(rowBytes, left), runBytes), 'to');
          const source = f.let(i32.add(firstRow, left), 'source');
          const inside = f.let(i32.gt_s(to, from), 'inside');
          const patchEnd = f.let(i32.add(columns, patchBytes), 'patchEnd');
          const room = i32.le_u(i32.add(patchEnd, SHORT_RUN_BYTES - 4), end);
          f.if(
            i32.and(i32.and(i32.le_u(runBytes, SHORT_RUN_BYTES), inside), room),
            () => copyShortRuns(f, o, { source, from, to, rowBytes, runBytes, columns, above, below, patchEnd }),
            () => {
              f.if(inside, () => {
                advance(f, from, source);
                const size = f.let(i32.sub(to, from), 'size');
                const target = f.let(i32.add(i32.add(columns, above), from), 'target');
                const targetEnd = f.let(i32.add(columns, below), 'targetEnd');
                f.for(target, targetEnd, runBytes, () => {
                  writeUpTo(f, o, target, end);
                  const i = f.let(source, 'i');
                  const runEnd = f.let(i32.add(target, size), 'runEnd');
                  writeUpTo(f, o, runEnd, end, i);
                  advance(f, rowBytes, source);
                });
              });
            },
          );
          f.set(columns, patchEnd);
          advance(f, stepBytes, left);
        });
      });
      writeUpTo(f, o, end, end);
    },
  );
}

type Names = 'source' | 'from' | 'to' | 'rowBytes' | 'runBytes' | 'columns' | 'above' | 'below' | 'patchEnd';

/** A whole patch of short runs, which may be loaded from up to a vector before and behind the row: those lanes are masked. */
function copyShortRuns(f: FunctionBuilder, o: Pointer, patch: Readonly<Record<Names, Local<'i32'>>>): void {
  const { source, from, to, rowBytes, runBytes, columns, above, below, patchEnd } = patch;
  const zero = f32x4.const(0);
  const runsUpTo = (stop: Expr<'i32'>, vector: (index: number) => Expr<'v128'>, next: () => void): void => {
    const target = f.let(stop, 'target');
    f.for(o, target, runBytes, () => {
      for (const index of [0, 1]) f.emit(v128.store(o, vector(index), 16 * index));
      next();
    });
  };
  // Lane l of vector i is byte 16 i + 4 l of the run.
  const masks = [i32x4.const(0, 4, 8, 12), i32x4.const(16, 20, 24, 28)].map((bytes) =>
    f.let(v128.and(i32x4.ge_s(bytes, i32x4.splat(from)), i32x4.lt_s(bytes, i32x4.splat(to))), 'mask'),
  );
  runsUpTo(
    i32.add(columns, above),
    () => zero,
    () => {},
  );
  runsUpTo(
    i32.add(columns, below),
    (index) => v128.and(v128.load(source, 16 * index), masks[index]!),
    () => advance(f, rowBytes, source),
  );
  runsUpTo(
    patchEnd,
    () => zero,
    () => {},
  );
}

/**
 * Writes from `o` up to `stop`, copying from `i` on or, without it, zeros, and sets o to stop. Vectors may hang over `stop` but not over
 * `end`: near it floats are written one by one.
 */
function writeUpTo(f: FunctionBuilder, o: Pointer, stop: Pointer, end: Pointer, i?: Pointer): void {
  const step = (bytes: number): void => advance(f, bytes, ...(i === undefined ? [o] : [o, i]));
  const vector = (offset: number): Expr<'v128'> => (i === undefined ? f32x4.const(0) : v128.load(i, offset));
  f.if(
    i32.le_u(i32.add(stop, 12), end),
    () => {
      f.while(i32.le_u(i32.add(o, 64), stop), () => {
        for (const offset of [0, 16, 32, 48]) f.emit(v128.store(o, vector(offset), offset));
        step(64);
      });
      f.while(i32.lt_u(o, stop), () => {
        f.emit(v128.store(o, vector(0)));
        step(16);
      });
    },
    () =>
      f.while(i32.lt_u(o, stop), () => {
        f.emit(f32.store(o, i === undefined ? f32.const(0) : f32.load(i)));
        step(4);
      }),
  );
  f.set(o, stop);
}
