/** Max pooling and its gradient. The part of a window beyond the edge of the image is skipped. */
import { type Expr, type FunctionBuilder, f32x4, i32, i32x4, type Local, v128 } from '../../wasm/index.ts';
import type { Floats } from '../heap.ts';
import { type Address, type Integer, type Kernel, kernel } from '../kernel.ts';
import { advance, choose, forColumnGroups, mapVectors, type Pointer, repeat, type Vector } from '../simd/vectors.ts';
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

type MovesKernel = Kernel<[out: Address, from: Address, x: Address, images: Integer, ...geometry: WindowGeometry]>;

/**
 * out = 0; then for each window in order `from` (dy, one value for each) is added at the position of the maximum: the
 * first element, ky upwards and within it kx upwards, that equals the maximum (-0 equals +0), or the first NaN if there
 * is one.
 */
export const maxPooling2dBackward: MovesKernel = /*#__PURE__*/ movesKernel('maxPooling2dBackward', 'out', {
  portable(f, out, from, pixel, window) {
    if (pixel >= 0) f[out + pixel] = f[out + pixel]! + f[from + window]!;
  },
  // out starts as +0 and never becomes -0: adding +0 where the maximum is not leaves it unchanged.
  simd(f, { from, offset, store, forPixels }) {
    forPixels((pixel, isMaximum) => {
      for (const [index, mask] of isMaximum.entries()) {
        const share = v128.and(v128.load(i32.add(from, offset), 16 * index), mask);
        store(f.let(i32.sub(pixel, offset)), index, f.let(f32x4.add(v128.load(pixel, 16 * index), share)));
      }
    });
  },
});

/** Its adjoint: out = the element of `from`, an array as large as x, at the position of each window's maximum. */
export const maxPooling2dPick: MovesKernel = /*#__PURE__*/ movesKernel('maxPooling2dPick', 'from', {
  portable(f, out, from, pixel, window) {
    f[out + window] = pixel < 0 ? 0 : f[from + pixel]!;
  },
  simd(f, { out, store, forPixels, vectorsOf }) {
    const picked = vectorsOf(f32x4.const(0));
    forPixels((pixel, isMaximum) => {
      for (const [index, mask] of isMaximum.entries()) {
        f.set(picked[index]!, v128.or(picked[index]!, v128.and(v128.load(pixel, 16 * index), mask)));
      }
    });
    for (const [index, value] of picked.entries()) store(out, index, value);
  },
});

interface Moves {
  /** Moves between place `pixel` of the images, where window number `window` has its maximum, and place `window`. */
  portable(f: Floats, out: Address, from: Address, pixel: number, window: number): void;
  /** The same for some channels of a window. */
  simd(f: FunctionBuilder, window: MovesWindow): void;
}

interface MovesWindow {
  /** Addresses of the window, for the operand that has one value for each; the channels begin `offset` bytes later. */
  readonly out: Local<'i32'>;
  readonly from: Local<'i32'>;
  readonly offset: Pointer;
  store(out: Pointer, index: number, value: Vector): void;
  vectorsOf(value: Expr<'v128'>): Vector[];
  /** Runs `body` with the address of each pixel's channels, in the other operand, and masks of where it is maximal. */
  forPixels(body: (pixel: Pointer, isMaximum: readonly Expr<'v128'>[]) => void): void;
}

/** A kernel that finds each window's maximum in x. The operand `pictures` is as large as x. */
function movesKernel(name: string, pictures: 'out' | 'from', { portable, simd }: Moves): MovesKernel {
  return kernel(name, `out, from, x: address; images, ${WINDOW}: i32`, {
    portable:
      (heap) =>
      (out, from, x, images, ...values) => {
        const f = heap.floats;
        const geometry = geometryOf(values);
        const { channels, outHeight, outWidth } = geometry;
        const size = product(geometry, ['height', 'width', 'channels']);
        if (pictures === 'out') f.fill(0, out, out + images * size);
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
            portable(f, out, from, winner, window * channels + c);
          }
        }
      },
    simd: (f, { out, from, x, images, ...geometry }) => {
      const { height, channels, outHeight } = geometry;
      const sizes = sizesOf(f, geometry);
      const { pixelBytes, rowBytes } = sizes;
      const imageBytes = f.let(i32.mul(height, rowBytes), 'imageBytes');
      if (pictures === 'out') {
        const zeroed = f.let(out);
        const count = f.let(i32.shr_u(i32.mul(images, imageBytes), 2));
        mapVectors(f, zeroed, [], count, () => f32x4.const(0));
      }
      const fromX = f.let(i32.sub(pictures === 'out' ? out : from, x), 'fromX');
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
              simd(f, {
                ...{ out, from, offset, store, vectorsOf },
                forPixels: (body) =>
                  forPixels(first, (i) => {
                    body(
                      f.let(i32.add(i, fromX)),
                      winners.map((winner) => i32x4.eq(winner, number)),
                    );
                    f.set(number, i32x4.add(number, 1));
                  }),
              });
            });
            advance(f, pixelBytes, pictures === 'out' ? from : out);
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
        const windows = product(geometry, ['outHeight', 'outWidth', 'channels']);
        out[at.out] = args[at.out]! + begin * (pictures === 'out' ? image : windows);
        out[at.from] = args[at.from]! + begin * (pictures === 'out' ? windows : image);
        out[at.x] = args[at.x]! + begin * image;
        out[at.images] = end - begin;
      },
    }),
  });
}
