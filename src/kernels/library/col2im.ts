/**
 * col2im, the adjoint of im2col: each pixel is the sum over all windows that contain it. These windows form a
 * rectangle, which is the same for all channels of the pixel.
 */
import { type Expr, f32, f32x4, i32, type Local, v128 } from '../../wasm/index.ts';
import { advance, forColumnGroups, type Pointer, type Vector } from '../simd/vectors.ts';
import { type LinesKernel, least, linesKernel } from '../windows.ts';

/** Number of pixels of one channel that are summed at once. */
const SIDE_BY_SIDE = 4;

/**
 * x[y, w, c] = the sum, from 0, over ky and within it over kx upwards, of columns[(oy, ox), k] where
 * oy strideHeight + ky - padTop = y and ox strideWidth + kx - padLeft = w, k as in im2col.
 * The lines are those of x, which is the output here; image 0 of the columns begins with its first window.
 */
export const col2im: LinesKernel = /*#__PURE__*/ linesKernel('col2im', {
  linesPerImage: 'height',
  line: ['width', 'channels'],
  image: ['outHeight', 'outWidth', 'kernelHeight', 'kernelWidth', 'channels'],
  portable(f, out, image, y, geometry) {
    const { width, channels, kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft } = geometry;
    const { outHeight, outWidth } = geometry;
    f.fill(0, out, out + width * channels);
    for (let w = 0; w < width; w++) {
      const o = out + w * channels;
      // When ky increases, oy decreases: the first ky belongs to the last window that contains the pixel.
      for (let oy = Math.min(Math.floor((y + padTop) / strideHeight), outHeight - 1); oy >= 0; oy--) {
        const ky = y + padTop - oy * strideHeight;
        if (ky >= kernelHeight) break;
        for (let ox = Math.min(Math.floor((w + padLeft) / strideWidth), outWidth - 1); ox >= 0; ox--) {
          const kx = w + padLeft - ox * strideWidth;
          if (kx >= kernelWidth) break;
          const source = image + (((oy * outWidth + ox) * kernelHeight + ky) * kernelWidth + kx) * channels;
          for (let c = 0; c < channels; c++) f[o + c] = f[o + c]! + f[source + c]!;
        }
      }
    }
  },
  // The range of windows is computed once for each pixel, and up to 32 channels are summed in registers. A single
  // channel cannot fill lanes, since each float of the columns lies in another patch. In that case four pixels, one
  // stride apart, are summed side by side; their ranges are alike.
  simd(f, { out: x, image, y, ...geometry }) {
    const { width, channels, kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft } = geometry;
    const { outHeight, outWidth, pixelBytes, runBytes, patchBytes } = geometry;
    const lineBytes = f.let(i32.mul(outWidth, patchBytes), 'lineBytes');
    // When ky increases by a stride, oy decreases by one; likewise kx and ox.
    const nextKy = f.let(i32.sub(i32.mul(strideHeight, runBytes), lineBytes), 'nextKy');
    const nextKx = f.let(i32.sub(i32.mul(strideWidth, pixelBytes), patchBytes), 'nextKx');
    const lastWindow = f.let(i32.sub(outWidth, 1), 'lastWindow');
    const bottom = f.let(i32.add(y, padTop), 'bottom');
    const lastY = f.let(least(i32.div_u(bottom, strideHeight), i32.sub(outHeight, 1)), 'lastY');
    const firstKy = f.let(i32.sub(bottom, i32.mul(lastY, strideHeight)), 'firstKy');
    const endKy = f.let(least(i32.add(bottom, 1), kernelHeight), 'endKy');
    // The run of the last window's first ky, of the window ox = 0.
    const firstRun = i32.add(i32.mul(lastY, lineBytes), i32.mul(firstKy, runBytes));
    const start = f.let(i32.add(image, firstRun), 'start');
    const endOfRow = f.let(i32.add(x, i32.mul(width, pixelBytes)), 'endOfRow');

    /**
     * Finds the kernel elements that a pixel contributes to: the one `right` pixels after the start of window 0, where
     * `window` = floor(right / strideWidth) is the last window that may contain it. Returns a function that runs its
     * body for each of them, with the address of its first channel.
     */
    const findElements = (
      right: Local<'i32'>,
      window: Local<'i32'>,
    ): ((offset: Expr<'i32'>, body: (i: Pointer) => void) => void) => {
      const lastX = f.let(least(window, lastWindow), 'lastX');
      const firstKx = f.let(i32.sub(right, i32.mul(lastX, strideWidth)), 'firstKx');
      const endKx = f.let(least(i32.add(right, 1), kernelWidth), 'endKx');
      const first = i32.add(i32.mul(lastX, patchBytes), i32.mul(firstKx, pixelBytes));
      const pixel = f.let(i32.add(start, first), 'pixel');
      return (offset, body) => {
        const row = f.let(i32.add(pixel, offset), 'row');
        const i = f.local('i32', 'i');
        const ky = f.let(firstKy, 'ky');
        const kx = f.local('i32', 'kx');
        f.for(ky, endKy, strideHeight, () => {
          f.set(i, row);
          f.set(kx, firstKx);
          f.for(kx, endKx, strideWidth, () => {
            body(i);
            advance(f, nextKx, i);
          });
          advance(f, nextKy, row);
        });
      };
    };

    const sumChannels = (): void => {
      const right = f.let(padLeft, 'right');
      f.for(x, endOfRow, pixelBytes, () => {
        const forElements = findElements(right, f.let(i32.div_u(right, strideWidth), 'window'));
        forColumnGroups(f, channels, 8, (vectors, offset, store) => {
          const sums = Array.from({ length: vectors }, (): Vector => f.let(f32x4.const(0)));
          forElements(offset, (i) => {
            for (const [index, sum] of sums.entries()) f.set(sum, f32x4.add(sum, v128.load(i, 16 * index)));
          });
          for (const [index, sum] of sums.entries()) store(x, index, sum);
        });
        advance(f, 1, right);
      });
    };

    // The line of a single channel, one remainder of the stride after the other.
    const sumPixels = (): void => {
      const strideBytes = f.let(i32.shl(strideWidth, 2), 'strideBytes');
      const groupBytes = f.let(i32.mul(strideBytes, SIDE_BY_SIDE - 1), 'groupBytes');
      const patches = Array.from({ length: SIDE_BY_SIDE }, (_, n) => f.let(i32.mul(patchBytes, n), 'patches'));
      const first = f.let(padLeft, 'first');
      const o = f.local('i32', 'o');
      const right = f.local('i32', 'right');
      const window = f.local('i32', 'window');
      const sumSideBySide = (pixels: number): void => {
        const sums = patches.slice(0, pixels).map(() => f.let(f32.const(0), 'sum'));
        findElements(right, window)(i32.const(0), (i) => {
          for (const [n, sum] of sums.entries()) f.set(sum, f32.add(sum, f32.load(i32.add(i, patches[n]!))));
        });
        for (const sum of sums) {
          f.emit(f32.store(o, sum));
          advance(f, strideBytes, o);
        }
        advance(f, i32.mul(strideWidth, pixels), right);
        advance(f, pixels, window);
      };
      const nextRemainder = f.let(i32.add(x, strideBytes), 'nextRemainder');
      const stop = f.let(least(endOfRow, nextRemainder), 'stop');
      f.for(x, stop, 4, () => {
        f.set(o, x);
        f.set(right, first);
        f.set(window, i32.div_u(right, strideWidth));
        f.while(i32.lt_u(o, endOfRow), () => {
          // The range of the first pixel is not cut off at the left, and that of the last is not cut off at the right.
          const whole = i32.and(
            i32.ge_u(right, i32.sub(kernelWidth, 1)),
            i32.le_s(i32.add(window, SIDE_BY_SIDE - 1), lastWindow),
          );
          f.if(
            i32.and(whole, i32.lt_u(groupBytes, i32.sub(endOfRow, o))),
            () => sumSideBySide(SIDE_BY_SIDE),
            () => sumSideBySide(1),
          );
        });
        advance(f, 1, first);
      });
      f.set(x, endOfRow);
    };
    f.if(i32.eq(channels, 1), sumPixels, sumChannels);
  },
});
