/** Max pooling and its gradient. The part of a window beyond the edge of the image is skipped. */
import { type Expr, type FunctionBuilder, f32x4, i32, i32x4, type Local, v128 } from '../../wasm/index.ts';
import { type Address, type Integer, type Kernel, kernel } from '../kernel.ts';
import { advance, choose, forColumnGroups, mapVectors, type Pointer, type Vector } from '../simd/vectors.ts';
import {
  elementsOfImage,
  elementsOfLine,
  forLines,
  type GeometryName,
  greatest,
  type LinesKernel,
  least,
  product,
  repeat,
  splitLines,
  timesAll,
  WINDOW,
  WINDOW_SAMPLE,
  type WindowGeometry,
} from '../windows.ts';

/**
 * out[oy, ox, c] = the maximum of x over the window. The part beyond the edge does not count; a window completely
 * outside gives -Infinity. One NaN gives NaN, and max(-0, +0) = +0. `out` is the address of line firstLine of the
 * windows, `x` that of image 0.
 */
export const maxPooling2d: LinesKernel = /*#__PURE__*/ kernel(
  'maxPooling2d',
  `out, x: address; firstLine, lines, ${WINDOW}: i32`,
  {
    portable:
      (heap) =>
      (out, x, firstLine, lines, ...geometry) => {
        const [height, width, channels, kernelHeight, kernelWidth] = geometry;
        const [, , , , , strideHeight, strideWidth, padTop, padLeft, outHeight, outWidth] = geometry;
        const f = heap.floats;
        const rowSize = width * channels;
        let o = out;
        for (let line = firstLine; line < firstLine + lines; line++) {
          const oy = line % outHeight;
          const image = x + ((line - oy) / outHeight) * height * rowSize;
          const top = oy * strideHeight - padTop;
          const yEnd = Math.min(top + kernelHeight, height);
          for (let ox = 0; ox < outWidth; ox++, o += channels) {
            const left = ox * strideWidth - padLeft;
            const wEnd = Math.min(left + kernelWidth, width);
            f.fill(-Infinity, o, o + channels);
            for (let y = Math.max(top, 0); y < yEnd; y++) {
              for (let w = Math.max(left, 0); w < wEnd; w++) {
                const source = image + y * rowSize + w * channels;
                for (let c = 0; c < channels; c++) f[o + c] = Math.max(f[o + c]!, f[source + c]!);
              }
            }
          }
        }
      },
    simd: (f, { out, x, firstLine, lines, ...geometry }) => {
      const { height, channels, outHeight } = geometry;
      const pixelBytes = f.let(i32.shl(channels, 2), 'pixelBytes');
      const rowBytes = f.let(i32.mul(geometry.width, pixelBytes), 'rowBytes');
      forLines(f, { firstLine, lines, linesPerImage: outHeight }, x, i32.mul(height, rowBytes), (oy, image) =>
        forWindows(f, geometry, oy, { rowBytes, pixelBytes }, (window) => {
          forColumnGroups(f, channels, 4, (vectors, offset, store) => {
            const maxima = Array.from({ length: vectors }, (): Vector => f.let(f32x4.const(-Infinity)));
            const first = f.let(i32.add(image, offset));
            forPixels(f, window, first, rowBytes, pixelBytes, (i) => {
              for (const [index, maximum] of maxima.entries())
                f.set(maximum, f32x4.max(maximum, v128.load(i, 16 * index)));
            });
            for (const [index, maximum] of maxima.entries()) store(out, index, maximum);
          });
          advance(f, pixelBytes, out);
        }),
      );
    },
    sample: WINDOW_SAMPLE,
    split: (at) => splitLines(at, timesAll(at.outWidth, at.channels), elementsOfLine(at)),
  },
);

/**
 * dx = 0; then for each window in order dy is added at the position of the maximum: the first element, ky upwards and
 * within it kx upwards, that equals the maximum (-0 equals +0), or the first NaN if there is one.
 */
export const maxPooling2dBackward: Kernel<
  [dx: Address, dy: Address, x: Address, images: Integer, ...geometry: WindowGeometry]
> = /*#__PURE__*/ kernel('maxPooling2dBackward', `dx, dy, x: address; images, ${WINDOW}: i32`, {
  portable:
    (heap) =>
    (dx, dy, x, images, ...geometry) => {
      const [height, width, channels, kernelHeight, kernelWidth] = geometry;
      const [, , , , , strideHeight, strideWidth, padTop, padLeft, outHeight, outWidth] = geometry;
      const f = heap.floats;
      const rowSize = width * channels;
      const imageSize = height * rowSize;
      f.fill(0, dx, dx + images * imageSize);
      let o = dy;
      for (let image = 0; image < images * imageSize; image += imageSize) {
        for (let oy = 0; oy < outHeight; oy++) {
          const top = oy * strideHeight - padTop;
          const yEnd = Math.min(top + kernelHeight, height);
          for (let ox = 0; ox < outWidth; ox++) {
            const left = ox * strideWidth - padLeft;
            const wEnd = Math.min(left + kernelWidth, width);
            for (let c = 0; c < channels; c++, o++) {
              let winner = -1;
              let greatest = -Infinity;
              for (let y = Math.max(top, 0); y < yEnd; y++) {
                for (let w = Math.max(left, 0); w < wEnd; w++) {
                  const i = image + y * rowSize + w * channels + c;
                  const value = f[x + i]!;
                  // Not (value <= greatest) is also true for a NaN, which then stays the maximum.
                  if (winner < 0 || (!(value <= greatest) && !Number.isNaN(greatest))) {
                    winner = i;
                    greatest = value;
                  }
                }
              }
              if (winner >= 0) f[dx + winner] = f[dx + winner]! + f[o]!;
            }
          }
        }
      }
    },
  simd: (f, { dx, dy, x, images, ...geometry }) => {
    const { height, width, channels, outHeight } = geometry;
    const zeroed = f.let(dx);
    const count = f.let(product(images, height, width, channels));
    mapVectors(f, zeroed, [], count, () => f32x4.const(0));
    const pixelBytes = f.let(i32.shl(channels, 2), 'pixelBytes');
    const rowBytes = f.let(i32.mul(width, pixelBytes), 'rowBytes');
    const fromXToDx = f.let(i32.sub(dx, x), 'fromXToDx');
    const firstLine = f.let(i32.const(0));
    const lines = f.let(i32.mul(images, outHeight));
    forLines(f, { firstLine, lines, linesPerImage: outHeight }, x, i32.mul(height, rowBytes), (oy, image) =>
      forWindows(f, geometry, oy, { rowBytes, pixelBytes }, (window) => {
        forColumnGroups(f, channels, 4, (vectors, offset, store) => {
          const vectorsOf = (value: Expr<'v128'>): Vector[] => Array.from({ length: vectors }, () => f.let(value));
          const first = f.let(i32.add(image, offset));
          const maxima = vectorsOf(f32x4.const(-Infinity));
          // Index of the pixel in the part of the window inside the image. If all are -Infinity, the first one wins.
          const winners = vectorsOf(i32x4.const(0));
          const number = f.let(i32x4.const(0), 'number');
          forPixels(f, window, first, rowBytes, pixelBytes, (i) => {
            for (const [index, maximum] of maxima.entries()) {
              const value = f.let(v128.load(i, 16 * index));
              // Not (value <= maximum) is also true for a NaN, which then stays the maximum: only a NaN differs from
              // itself.
              const wins = f.let(v128.andnot(f32x4.eq(maximum, maximum), f32x4.le(value, maximum)));
              f.set(winners[index]!, choose(wins, number, winners[index]!));
              f.set(maximum, choose(wins, value, maximum));
            }
            f.set(number, i32x4.add(number, 1));
          });
          f.set(number, i32x4.const(0));
          // dx starts as +0 and never becomes -0: adding +0 where the maximum is not leaves it unchanged.
          forPixels(f, window, first, rowBytes, pixelBytes, (i) => {
            const o = f.let(i32.sub(i32.add(i, fromXToDx), offset));
            for (const [index, winner] of winners.entries()) {
              const gradient = v128.load(i32.add(dy, offset), 16 * index);
              const share = v128.and(gradient, i32x4.eq(winner, number));
              store(o, index, f.let(f32x4.add(v128.load(i32.add(i, fromXToDx), 16 * index), share)));
            }
            f.set(number, i32x4.add(number, 1));
          });
        });
        advance(f, pixelBytes, dy);
      }),
    );
  },
  // Every window is read twice. Overlapping windows add to the same pixels, so the call can only be cut between images.
  sample: WINDOW_SAMPLE,
  split: (at) => {
    const picture = timesAll(at.height, at.width, at.channels);
    const windows = timesAll(at.outHeight, at.outWidth, at.channels);
    const all = elementsOfImage(at);
    return {
      length: (args) => args[at.images]!,
      grain: 1,
      cost: (args) => picture(args) + 2 * all(args),
      part(out, args, begin, end) {
        out[at.dx] = args[at.dx]! + begin * picture(args);
        out[at.dy] = args[at.dy]! + begin * windows(args);
        out[at.x] = args[at.x]! + begin * picture(args);
        out[at.images] = end - begin;
      },
    };
  },
});

type Window = Readonly<Record<'start' | 'rows' | 'columns', Local<'i32'>>>;

/**
 * Runs `body` for the windows of one line, with the start of each in bytes from its image and the size of its part
 * inside the image.
 */
function forWindows(
  f: FunctionBuilder,
  geometry: Readonly<Record<GeometryName, Local<'i32'>>>,
  oy: Local<'i32'>,
  { rowBytes, pixelBytes }: Readonly<Record<'rowBytes' | 'pixelBytes', Local<'i32'>>>,
  body: (window: Window) => void,
): void {
  const { height, width, kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft, outWidth } = geometry;
  const top = f.let(i32.sub(i32.mul(oy, strideHeight), padTop), 'top');
  const firstY = f.let(greatest(top, i32.const(0)), 'firstY');
  const rows = f.let(i32.sub(least(i32.add(top, kernelHeight), height), firstY), 'rows');
  const left = f.let(i32.sub(0, padLeft), 'left');
  repeat(f, outWidth, () => {
    const firstX = f.let(greatest(left, i32.const(0)), 'firstX');
    const columns = f.let(i32.sub(least(i32.add(left, kernelWidth), width), firstX), 'columns');
    const start = f.let(i32.add(i32.mul(firstY, rowBytes), i32.mul(firstX, pixelBytes)), 'start');
    body({ start, rows, columns });
    advance(f, strideWidth, left);
  });
}

/** Runs `body` for the pixels of a window, row by row, with the addresses of their first channels. */
function forPixels(
  f: FunctionBuilder,
  { start, rows, columns }: Window,
  image: Pointer,
  rowBytes: Local<'i32'>,
  pixelBytes: Local<'i32'>,
  body: (i: Pointer) => void,
): void {
  f.if(i32.and(i32.gt_s(rows, 0), i32.gt_s(columns, 0)), () => {
    const row = f.let(i32.add(image, start), 'row');
    const i = f.local('i32', 'i');
    repeat(f, rows, () => {
      f.set(i, row);
      repeat(f, columns, () => {
        body(i);
        advance(f, pixelBytes, i);
      });
      advance(f, rowBytes, row);
    });
  });
}
