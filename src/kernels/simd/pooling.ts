/** SIMD max pooling and its gradient, four channels a vector. */
import {
  type Expr,
  type FunctionBuilder,
  type FunctionHandle,
  f32x4,
  i32,
  i32x4,
  type Local,
  type ModuleBuilder,
  v128,
} from '../../wasm/index.ts';
import { advance, choose, forColumnGroups, mapVectors, type Pointer, toBytes, type Vector } from './vectors.ts';
import { forLines, greatest, least, product, repeat, WINDOW_PARAMETERS } from './windows.ts';

export function pooling(
  module: ModuleBuilder,
): Readonly<Record<'maxPooling2d' | 'maxPooling2dBackward', FunctionHandle>> {
  return {
    maxPooling2d: module.function(
      'f32_maxPooling2d_simd128',
      { out: 'i32', x: 'i32', firstLine: 'i32', lines: 'i32', ...WINDOW_PARAMETERS },
      'void',
      (f, { out, x, firstLine, lines, ...geometry }) => {
        const { height, channels, outHeight } = geometry;
        toBytes(f, out, x);
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
    ),

    maxPooling2dBackward: module.function(
      'f32_maxPooling2dBackward_simd128',
      { dx: 'i32', dy: 'i32', x: 'i32', images: 'i32', ...WINDOW_PARAMETERS },
      'void',
      (f, { dx, dy, x, images, ...geometry }) => {
        const { height, width, channels, outHeight } = geometry;
        toBytes(f, dx, dy, x);
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
              // Numbers of pixels within the window, as far as it lies in the picture. Where all are -Infinity, the first one wins.
              const winners = vectorsOf(i32x4.const(0));
              const number = f.let(i32x4.const(0), 'number');
              forPixels(f, window, first, rowBytes, pixelBytes, (i) => {
                for (const [index, maximum] of maxima.entries()) {
                  const value = f.let(v128.load(i, 16 * index));
                  // Not (value <= maximum) is true for a NaN too, which then stays: it alone is unequal to itself.
                  const wins = f.let(v128.andnot(f32x4.eq(maximum, maximum), f32x4.le(value, maximum)));
                  f.set(winners[index]!, choose(wins, number, winners[index]!));
                  f.set(maximum, choose(wins, value, maximum));
                }
                f.set(number, i32x4.add(number, 1));
              });
              f.set(number, i32x4.const(0));
              // dx begins with +0 and so never is -0: adding +0 where the maximum is not leaves it as it is.
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
    ),
  };
}

type Window = Readonly<Record<'start' | 'rows' | 'columns', Local<'i32'>>>;

/** Runs `body` for the windows of one line: where each begins, in bytes from its image, and how much of it lies in the picture. */
function forWindows(
  f: FunctionBuilder,
  geometry: Readonly<Record<keyof typeof WINDOW_PARAMETERS, Local<'i32'>>>,
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
