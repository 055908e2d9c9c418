/** Max pooling and its gradient. The part of a window beyond the edge of the image is skipped. */
import { type Expr, f32x4, i32, i32x4, v128 } from '../../wasm/index.ts';
import { type Address, type Integer, type Kernel, kernel } from '../kernel.ts';
import { advance, choose, forColumnGroups, mapVectors, repeat, type Vector } from '../simd/vectors.ts';
import {
  forEachPixel,
  forWindows,
  geometryOf,
  type LinesKernel,
  linesKernel,
  product,
  sizesOf,
  WINDOW,
  WINDOW_SAMPLE,
  type WindowGeometry,
} from '../windows.ts';

/**
 * out[oy, ox, c] = the maximum of x over the window. The part beyond the edge does not count; a window completely
 * outside gives -Infinity. One NaN gives NaN, and max(-0, +0) = +0.
 */
export const maxPooling2d: LinesKernel = /*#__PURE__*/ linesKernel('maxPooling2d', {
  linesPerImage: 'outHeight',
  line: ['outWidth', 'channels'],
  image: ['height', 'width', 'channels'],
  portable(f, out, image, oy, geometry) {
    const { channels, outWidth } = geometry;
    f.fill(-Infinity, out, out + outWidth * channels);
    for (let ox = 0; ox < outWidth; ox++) {
      const o = out + ox * channels;
      forEachPixel(geometry, image, oy, ox, (address) => {
        for (let c = 0; c < channels; c++) f[o + c] = Math.max(f[o + c]!, f[address + c]!);
      });
    }
  },
  simd(f, { out, image, y: oy, ...geometry }) {
    forWindows(f, geometry, oy, (forPixels) => {
      forColumnGroups(f, geometry.channels, 4, (vectors, offset, store) => {
        const maxima = Array.from({ length: vectors }, (): Vector => f.let(f32x4.const(-Infinity)));
        forPixels(f.let(i32.add(image, offset)), (i) => {
          for (const [index, maximum] of maxima.entries()) f.set(maximum, f32x4.max(maximum, v128.load(i, 16 * index)));
        });
        for (const [index, maximum] of maxima.entries()) store(out, index, maximum);
      });
      advance(f, geometry.pixelBytes, out);
    });
  },
});

type BackwardArguments = [dx: Address, dy: Address, x: Address, images: Integer, ...geometry: WindowGeometry];

/**
 * dx = 0; then for each window in order dy is added at the position of the maximum: the first element, ky upwards and
 * within it kx upwards, that equals the maximum (-0 equals +0), or the first NaN if there is one.
 */
export const maxPooling2dBackward: Kernel<BackwardArguments> = /*#__PURE__*/ kernel(
  'maxPooling2dBackward',
  `dx, dy, x: address; images, ${WINDOW}: i32`,
  {
    portable:
      (heap) =>
      (dx, dy, x, images, ...values) => {
        const f = heap.floats;
        const geometry = geometryOf(values);
        const { channels, outHeight, outWidth } = geometry;
        const size = product(geometry, ['height', 'width', 'channels']);
        f.fill(0, dx, dx + images * size);
        for (let window = 0; window < images * outHeight * outWidth; window++) {
          const image = x + Math.floor(window / (outHeight * outWidth)) * size;
          const oy = Math.floor(window / outWidth) % outHeight;
          for (let c = 0; c < channels; c++) {
            let winner = -1;
            let greatest = -Infinity;
            forEachPixel(geometry, image + c, oy, window % outWidth, (address) => {
              const value = f[address]!;
              // Not (value <= greatest) is also true for a NaN, which then stays the maximum.
              if (winner < 0 || (!(value <= greatest) && !Number.isNaN(greatest))) {
                winner = address - x;
                greatest = value;
              }
            });
            if (winner >= 0) f[dx + winner] = f[dx + winner]! + f[dy + window * channels + c]!;
          }
        }
      },
    simd: (f, { dx, dy, x, images, ...geometry }) => {
      const { height, channels, outHeight } = geometry;
      const sizes = sizesOf(f, geometry);
      const { pixelBytes, rowBytes } = sizes;
      const imageBytes = f.let(i32.mul(height, rowBytes), 'imageBytes');
      const zeroed = f.let(dx);
      const count = f.let(i32.shr_u(i32.mul(images, imageBytes), 2));
      mapVectors(f, zeroed, [], count, () => f32x4.const(0));
      const fromXToDx = f.let(i32.sub(dx, x), 'fromXToDx');
      const oy = f.local('i32', 'oy');
      repeat(f, images, () => {
        f.set(oy, 0);
        f.for(oy, outHeight, 1, () =>
          forWindows(f, { ...geometry, ...sizes }, oy, (forPixels) => {
            forColumnGroups(f, channels, 4, (vectors, offset, store) => {
              const vectorsOf = (value: Expr<'v128'>): Vector[] => Array.from({ length: vectors }, () => f.let(value));
              const first = f.let(i32.add(x, offset));
              const maxima = vectorsOf(f32x4.const(-Infinity));
              // Index of the pixel in the part of the window inside the image. If all are -Infinity, the first one
              // wins.
              const winners = vectorsOf(i32x4.const(0));
              const number = f.let(i32x4.const(0), 'number');
              forPixels(first, (i) => {
                for (const [index, maximum] of maxima.entries()) {
                  const value = f.let(v128.load(i, 16 * index));
                  // Not (value <= maximum) is also true for a NaN, which then stays the maximum: only a NaN differs
                  // from itself.
                  const wins = f.let(v128.andnot(f32x4.eq(maximum, maximum), f32x4.le(value, maximum)));
                  f.set(winners[index]!, choose(wins, number, winners[index]!));
                  f.set(maximum, choose(wins, value, maximum));
                }
                f.set(number, i32x4.add(number, 1));
              });
              f.set(number, i32x4.const(0));
              // dx starts as +0 and never becomes -0: adding +0 where the maximum is not leaves it unchanged.
              forPixels(first, (i) => {
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
        advance(f, imageBytes, x);
      });
    },
    sample: WINDOW_SAMPLE,
    // Overlapping windows add to the same pixels, so the call can only be cut between images.
    split: (at) => ({
      length: (args) => args[at.images]!,
      grain: 1,
      // Every window is read twice.
      cost(args) {
        const geometry = geometryOf(args);
        const windows = product(geometry, ['outHeight', 'outWidth', 'kernelHeight', 'kernelWidth', 'channels']);
        return product(geometry, ['height', 'width', 'channels']) + 2 * windows;
      },
      part(out, args, begin, end) {
        const geometry = geometryOf(args);
        const image = product(geometry, ['height', 'width', 'channels']);
        out[at.dx] = args[at.dx]! + begin * image;
        out[at.dy] = args[at.dy]! + begin * product(geometry, ['outHeight', 'outWidth', 'channels']);
        out[at.x] = args[at.x]! + begin * image;
        out[at.images] = end - begin;
      },
    }),
  },
);
