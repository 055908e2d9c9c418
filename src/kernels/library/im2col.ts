/**
 * im2col: the patches of a convolution as rows of a matrix. For one ky the elements (kx, c) of a patch are adjacent in
 * the image. So a patch is kernelHeight runs of kernelWidth * channels floats, clipped at the edge of the image.
 */
import { type Expr, type FunctionBuilder, f32, f32x4, i32, i32x4, v128 } from '../../wasm/index.ts';
import { advance, type Pointer, repeat } from '../simd/vectors.ts';
import { greatest, type LinesKernel, least, linesKernel } from '../windows.ts';

/**
 * Runs of up to this length are copied as two vectors, with the lanes beyond the edge masked: no branch depends on
 * their length.
 */
const SHORT_RUN_BYTES = 32;

/**
 * The patches; elements beyond the edge are 0. With k = (ky kernelWidth + kx) channels + c:
 *   columns[l outWidth + ox, k] = x[image, oy strideHeight + ky - padTop, ox strideWidth + kx - padLeft, c].
 * Row l is line firstLine + l of the windows. `out` is the address of the first of these lines.
 */
export const im2col: LinesKernel = /*#__PURE__*/ linesKernel('im2col', {
  linesPerImage: 'outHeight',
  line: ['outWidth', 'kernelHeight', 'kernelWidth', 'channels'],
  image: ['height', 'width', 'channels'],
  portable(f, out, image, oy, geometry) {
    const { height, width, channels, kernelHeight, kernelWidth, outWidth } = geometry;
    const rowSize = width * channels;
    const runSize = kernelWidth * channels;
    const top = oy * geometry.strideHeight - geometry.padTop;
    let o = out;
    for (let ox = 0; ox < outWidth; ox++) {
      // Where the run begins in its row. It may begin before the row and end after it.
      const left = (ox * geometry.strideWidth - geometry.padLeft) * channels;
      const from = Math.min(Math.max(-left, 0), runSize);
      const to = Math.max(Math.min(rowSize - left, runSize), from);
      for (let y = top; y < top + kernelHeight; y++, o += runSize) {
        f.fill(0, o, o + runSize);
        const source = image + y * rowSize + left;
        if (y >= 0 && y < height) for (let i = from; i < to; i++) f[o + i] = f[source + i]!;
      }
    }
  },
  // The matrix is written from start to end. A vector may extend past the part that is being written, since the next
  // part overwrites it. Everything below `o` has been written.
  simd(f, { out: o, end, image, y: oy, ...geometry }) {
    const { height, kernelHeight, strideHeight, strideWidth, padTop, padLeft, outWidth } = geometry;
    const { pixelBytes, rowBytes, runBytes, patchBytes } = geometry;
    const top = f.let(i32.sub(i32.mul(oy, strideHeight), padTop), 'top');
    const firstKy = f.let(least(greatest(i32.sub(0, top), i32.const(0)), kernelHeight), 'firstKy');
    const endKy = f.let(greatest(least(i32.sub(height, top), kernelHeight), i32.const(0)), 'endKy');
    const firstRow = f.let(i32.add(image, i32.mul(i32.add(top, firstKy), rowBytes)), 'firstRow');
    // The bytes [above, below) of a patch are the runs of rows inside the image.
    const above = f.let(i32.mul(firstKy, runBytes), 'above');
    const below = f.let(i32.mul(endKy, runBytes), 'below');
    // Where the runs begin in their rows, in bytes. Their part [from, to) lies inside the row.
    const left = f.let(i32.sub(0, i32.mul(padLeft, pixelBytes)), 'left');
    const patch = f.let(o, 'patch');
    repeat(f, outWidth, () => {
      const from = f.let(greatest(i32.sub(0, left), i32.const(0)), 'from');
      const to = f.let(least(i32.sub(rowBytes, left), runBytes), 'to');
      const source = f.let(i32.add(firstRow, left), 'source');
      const inside = f.let(i32.gt_s(to, from), 'inside');
      const patchEnd = f.let(i32.add(patch, patchBytes), 'patchEnd');

      // Loads may start up to a vector before the row and end up to a vector after it; those lanes are masked.
      const copyShortRuns = (): void => {
        // Lane l of vector i is byte 16 i + 4 l of the run.
        const masks = [i32x4.const(0, 4, 8, 12), i32x4.const(16, 20, 24, 28)].map((bytes) =>
          f.let(v128.and(i32x4.ge_s(bytes, i32x4.splat(from)), i32x4.lt_s(bytes, i32x4.splat(to))), 'mask'),
        );
        const runsUpTo = (stop: Expr<'i32'>, vectors: readonly Expr<'v128'>[], next?: () => void): void =>
          f.for(o, f.let(stop, 'stop'), runBytes, () => {
            for (const [index, vector] of vectors.entries()) f.emit(v128.store(o, vector, 16 * index));
            next?.();
          });
        const zeros = [f32x4.const(0), f32x4.const(0)];
        const run = masks.map((mask, index) => v128.and(v128.load(source, 16 * index), mask));
        runsUpTo(i32.add(patch, above), zeros);
        runsUpTo(i32.add(patch, below), run, () => advance(f, rowBytes, source));
        runsUpTo(patchEnd, zeros);
      };
      const copyRuns = (): void => {
        advance(f, from, source);
        const size = f.let(i32.sub(to, from), 'size');
        const target = f.let(i32.add(i32.add(patch, above), from), 'target');
        f.for(target, f.let(i32.add(patch, below), 'stop'), runBytes, () => {
          writeUpTo(f, o, target, end);
          writeUpTo(f, o, f.let(i32.add(target, size), 'runEnd'), end, f.let(source, 'i'));
          advance(f, rowBytes, source);
        });
      };
      const room = i32.le_u(i32.add(patchEnd, SHORT_RUN_BYTES - 4), end);
      f.if(i32.and(i32.and(i32.le_u(runBytes, SHORT_RUN_BYTES), inside), room), copyShortRuns, () =>
        f.if(inside, copyRuns),
      );
      f.set(patch, patchEnd);
      advance(f, i32.mul(strideWidth, pixelBytes), left);
    });
    writeUpTo(f, o, patch, end);
  },
});

/**
 * Writes from `o` up to `stop`: a copy from `i` on, or zeros if `i` is undefined. Sets o to stop. Vectors may extend
 * past `stop` but not past `end`; near `end` floats are written one by one.
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
