/**
 * col2im, the adjoint of im2col: each pixel is the sum over all windows that contain it. These windows form a
 * rectangle, which is the same for all channels of the pixel.
 */
import { type Expr, type FunctionBuilder, f32, f32x4, i32, type Local, v128 } from '../../wasm/index.ts';
import { kernel } from '../kernel.ts';
import { advance, forColumnGroups, type Pointer, type Vector } from '../simd/vectors.ts';
import {
  elementsOfImage,
  forLines,
  type LinesKernel,
  least,
  splitLines,
  timesAll,
  WINDOW,
  WINDOW_SAMPLE,
} from '../windows.ts';

/** Number of pixels of one channel that are summed at once. */
const SIDE_BY_SIDE = 4;

/**
 * x[y, w, c] = the sum, from 0, over ky and within it over kx upwards, of columns[(oy, ox), k] where
 * oy strideHeight + ky - padTop = y and ox strideWidth + kx - padLeft = w, k as in im2col.
 * `x` is the address of line firstLine of the bigger side, `columns` that of image 0's first window.
 */
export const col2im: LinesKernel = /*#__PURE__*/ kernel(
  'col2im',
  `x, columns: address; firstLine, lines, ${WINDOW}: i32`,
  {
    portable:
      (heap) =>
      (x, columns, firstLine, lines, ...geometry) => {
        const [height, width, channels, kernelHeight, kernelWidth] = geometry;
        const [, , , , , strideHeight, strideWidth, padTop, padLeft, outHeight, outWidth] = geometry;
        const f = heap.floats;
        const runSize = kernelWidth * channels;
        const patchSize = kernelHeight * runSize;
        const lineSize = outWidth * patchSize;
        let o = x;
        for (let line = firstLine; line < firstLine + lines; line++) {
          const y = line % height;
          const image = columns + ((line - y) / height) * outHeight * lineSize;
          // When ky increases, oy decreases: the first ky belongs to the last window that contains the pixel.
          const lastY = Math.min(Math.floor((y + padTop) / strideHeight), outHeight - 1);
          for (let w = 0; w < width; w++, o += channels) {
            const lastX = Math.min(Math.floor((w + padLeft) / strideWidth), outWidth - 1);
            f.fill(0, o, o + channels);
            for (let oy = lastY, ky = y + padTop - oy * strideHeight; oy >= 0 && ky < kernelHeight; oy--) {
              for (let ox = lastX, kx = w + padLeft - ox * strideWidth; ox >= 0 && kx < kernelWidth; ox--) {
                const source = image + oy * lineSize + ox * patchSize + ky * runSize + kx * channels;
                for (let c = 0; c < channels; c++) f[o + c] = f[o + c]! + f[source + c]!;
                kx += strideWidth;
              }
              ky += strideHeight;
            }
          }
        }
      },
    // The range of windows is computed once for each pixel, and up to 32 channels are summed in registers. A single
    // channel cannot fill lanes, since each float of the columns lies in another patch. In that case four pixels, one
    // stride apart, are summed side by side; their ranges are alike.
    simd: (f, { x, columns, firstLine, lines, height, width, channels, kernelHeight, kernelWidth, ...rest }) => {
      const { strideHeight, strideWidth, padTop, padLeft, outHeight, outWidth } = rest;
      const pixelBytes = f.let(i32.shl(channels, 2), 'pixelBytes');
      const runBytes = f.let(i32.mul(kernelWidth, pixelBytes), 'runBytes');
      const patchBytes = f.let(i32.mul(kernelHeight, runBytes), 'patchBytes');
      const lineBytes = f.let(i32.mul(outWidth, patchBytes), 'lineBytes');
      // When ky increases by a stride, oy decreases by one; likewise kx and ox.
      const nextKy = f.let(i32.sub(i32.mul(strideHeight, runBytes), lineBytes), 'nextKy');
      const nextKx = f.let(i32.sub(i32.mul(strideWidth, pixelBytes), patchBytes), 'nextKx');
      const lastWindow = f.let(i32.sub(outWidth, 1), 'lastWindow');
      const endOfRow = f.local('i32', 'endOfRow');

      forLines(f, { firstLine, lines, linesPerImage: height }, columns, i32.mul(outHeight, lineBytes), (y, image) => {
        const bottom = f.let(i32.add(y, padTop), 'bottom');
        const lastY = f.let(least(i32.div_u(bottom, strideHeight), i32.sub(outHeight, 1)), 'lastY');
        const firstKy = f.let(i32.sub(bottom, i32.mul(lastY, strideHeight)), 'firstKy');
        const endKy = f.let(least(i32.add(bottom, 1), kernelHeight), 'endKy');
        const firstRun = i32.add(i32.mul(lastY, lineBytes), i32.mul(firstKy, runBytes));
        const start = f.let(i32.add(image, firstRun), 'start');
        const geometry = { kernelWidth, strideHeight, strideWidth, pixelBytes, patchBytes, nextKy, nextKx, lastWindow };
        const line: Line = { ...geometry, start, firstKy, endKy };
        f.set(endOfRow, i32.add(x, i32.mul(width, pixelBytes)));
        f.if(
          i32.eq(channels, 1),
          () => sumPixels(f, line, x, endOfRow, padLeft),
          () => sumChannels(f, line, x, endOfRow, padLeft, channels),
        );
      });
    },
    sample: WINDOW_SAMPLE,
    split: (at) => {
      const all = elementsOfImage(at);
      // Each element of the windows is added once, whatever line it belongs to.
      return splitLines({ ...at, out: at.x }, timesAll(at.width, at.channels), (args) => all(args) / args[at.height]!);
    },
  },
);

/** What the pixels of a line have in common; `start` is the run of its last window's first ky, of the window ox = 0. */
type Line = Readonly<
  Record<
    | 'kernelWidth'
    | 'strideHeight'
    | 'strideWidth'
    | 'pixelBytes'
    | 'patchBytes'
    | 'nextKy'
    | 'nextKx'
    | 'lastWindow'
    | 'start'
    | 'firstKy'
    | 'endKy',
    Local<'i32'>
  >
>;

/**
 * A pixel `right` pixels after the start of window 0. `window` is floor(right / strideWidth), the last window that may
 * contain it.
 */
interface Pixel {
  readonly right: Local<'i32'>;
  readonly window: Local<'i32'>;
}

/**
 * Finds the kernel elements that a pixel contributes to. Returns a function that runs its body for each of them, with
 * the address of its first channel.
 */
function findElements(
  f: FunctionBuilder,
  line: Line,
  { right, window }: Pixel,
): (offset: Expr<'i32'>, body: (i: Pointer) => void) => void {
  const { kernelWidth, strideHeight, strideWidth, pixelBytes, patchBytes, nextKy, nextKx, start } = line;
  const lastX = f.let(least(window, line.lastWindow), 'lastX');
  const firstKx = f.let(i32.sub(right, i32.mul(lastX, strideWidth)), 'firstKx');
  const endKx = f.let(least(i32.add(right, 1), kernelWidth), 'endKx');
  const first = i32.add(i32.mul(lastX, patchBytes), i32.mul(firstKx, pixelBytes));
  const pixel = f.let(i32.add(start, first), 'pixel');
  return (offset, body) => {
    const row = f.let(i32.add(pixel, offset), 'row');
    const i = f.local('i32', 'i');
    const ky = f.let(line.firstKy, 'ky');
    const kx = f.local('i32', 'kx');
    f.for(ky, line.endKy, strideHeight, () => {
      f.set(i, row);
      f.set(kx, firstKx);
      f.for(kx, endKx, strideWidth, () => {
        body(i);
        advance(f, nextKx, i);
      });
      advance(f, nextKy, row);
    });
  };
}

/** Sums one line of several channels; moves x to the next line. */
function sumChannels(
  f: FunctionBuilder,
  line: Line,
  x: Pointer,
  endOfRow: Local<'i32'>,
  padLeft: Local<'i32'>,
  channels: Local<'i32'>,
): void {
  const right = f.let(padLeft, 'right');
  f.for(x, endOfRow, line.pixelBytes, () => {
    const window = f.let(i32.div_u(right, line.strideWidth), 'window');
    const forElements = findElements(f, line, { right, window });
    forColumnGroups(f, channels, 8, (vectors, offset, store) => {
      const sums = Array.from({ length: vectors }, (): Vector => f.let(f32x4.const(0)));
      forElements(offset, (i) => {
        for (const [index, sum] of sums.entries()) f.set(sum, f32x4.add(sum, v128.load(i, 16 * index)));
      });
      for (const [index, sum] of sums.entries()) store(x, index, sum);
    });
    advance(f, 1, right);
  });
}

/** Sums one line of one channel, one remainder of the stride after the other; moves x to the next line. */
function sumPixels(f: FunctionBuilder, line: Line, x: Pointer, endOfRow: Local<'i32'>, padLeft: Local<'i32'>): void {
  const { strideWidth, patchBytes, kernelWidth, lastWindow } = line;
  const strideBytes = f.let(i32.shl(strideWidth, 2), 'strideBytes');
  const groupBytes = f.let(i32.mul(strideBytes, SIDE_BY_SIDE - 1), 'groupBytes');
  const patches = Array.from({ length: SIDE_BY_SIDE }, (_, n) => f.let(i32.mul(patchBytes, n), 'patches'));
  const first = f.let(padLeft, 'first');
  const o = f.local('i32', 'o');
  const right = f.local('i32', 'right');
  const window = f.local('i32', 'window');

  const sumSideBySide = (pixels: number): void => {
    const sums = patches.slice(0, pixels).map(() => f.let(f32.const(0), 'sum'));
    findElements(f, line, { right, window })(i32.const(0), (i) => {
      for (const [n, sum] of sums.entries()) f.set(sum, f32.add(sum, f32.load(n === 0 ? i : i32.add(i, patches[n]!))));
    });
    for (const sum of sums) {
      f.emit(f32.store(o, sum));
      advance(f, strideBytes, o);
    }
    f.set(right, i32.add(right, i32.mul(strideWidth, pixels)));
    advance(f, pixels, window);
  };

  const remainders = f.let(strideWidth, 'remainders');
  f.while(i32.and(i32.ne(remainders, 0), i32.lt_u(x, endOfRow)), () => {
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
    advance(f, 4, x);
    advance(f, 1, first);
    f.set(remainders, i32.sub(remainders, 1));
  });
  f.set(x, endOfRow);
}
