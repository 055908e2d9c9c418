/**
 * Shared by the kernels on windows: the geometry of windows that slide over images (channels last), and the loops over
 * lines, windows and pixels.
 *
 * The bigger side, [height, width, channels], is the input of a convolution or of a pooling, and the output of a
 * transposed convolution. The other side has outHeight x outWidth pixels, one for each window. Window (oy, ox) begins
 * at pixel (oy strideHeight - padTop, ox strideWidth - padLeft). Pads are at least 0, strides at least 1. A line is one
 * row of pixels of one image: line = image height + y on the bigger side, image outHeight + oy on the other.
 */
import { type Expr, type FunctionBuilder, i32, type Local, select } from '../wasm/index.ts';
import type { Floats } from './heap.ts';
import { type Address, type Integer, type Kernel, kernel, type NamesOf } from './kernel.ts';
import { advance, type Pointer, repeat } from './simd/vectors.ts';

/** The last arguments of a kernel on windows. */
export type WindowGeometry = [
  height: number,
  width: number,
  channels: number,
  kernelHeight: number,
  kernelWidth: number,
  strideHeight: number,
  strideWidth: number,
  padTop: number,
  padLeft: number,
  outHeight: number,
  outWidth: number,
];

/** The same in the signature of a kernel. */
export const WINDOW =
  'height, width, channels, kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft, outHeight, outWidth';

type GeometryName = NamesOf<`${typeof WINDOW}: i32`>;
type Geometry<Value> = Readonly<Record<GeometryName, Value>>;

/** The sample of a kernel on windows: images of 7 x 6 pixels and as many windows of 3 x 3. */
export const WINDOW_SAMPLE: Readonly<Record<GeometryName | 'firstLine' | 'lines' | 'images', number>> = {
  ...{ firstLine: 3, lines: 11, images: 2, height: 7, width: 6, channels: 5, kernelHeight: 3, kernelWidth: 3 },
  ...{ strideHeight: 1, strideWidth: 1, padTop: 1, padLeft: 1, outHeight: 7, outWidth: 6 },
};

/** The geometry by names, from the last arguments of a call. */
export function geometryOf(args: readonly number[]): Geometry<number> {
  const values = args.slice(-11);
  return Object.fromEntries(WINDOW.split(', ').map((name, i) => [name, values[i]!])) as Geometry<number>;
}

/** The product of the arguments of these names. */
export function product(geometry: Geometry<number>, names: readonly GeometryName[]): number {
  return names.reduce((result, name) => result * geometry[name], 1);
}

/** The sizes of a pixel, of a row of an image, of a row of a window and of a window, in bytes. */
type Sizes = Readonly<Record<'pixelBytes' | 'rowBytes' | 'runBytes' | 'patchBytes', Local<'i32'>>>;

export function sizesOf(f: FunctionBuilder, geometry: Geometry<Local<'i32'>>): Sizes {
  const { width, channels, kernelHeight, kernelWidth } = geometry;
  const pixelBytes = f.let(i32.shl(channels, 2), 'pixelBytes');
  const rowBytes = f.let(i32.mul(width, pixelBytes), 'rowBytes');
  const runBytes = f.let(i32.mul(kernelWidth, pixelBytes), 'runBytes');
  const patchBytes = f.let(i32.mul(kernelHeight, runBytes), 'patchBytes');
  return { pixelBytes, rowBytes, runBytes, patchBytes };
}

/** A kernel that writes the lines [firstLine, firstLine + lines). `x` is the address of image 0. */
export type LinesKernel = Kernel<
  [out: Address, x: Address, firstLine: Integer, lines: Integer, ...geometry: WindowGeometry]
>;

interface Lines {
  /** Number of lines in an image of `out`. */
  readonly linesPerImage: 'height' | 'outHeight';
  /** The floats of a line of `out`, and of an image of `x`, are the product of these. */
  readonly line: readonly GeometryName[];
  readonly image: readonly GeometryName[];
  /** Writes the line at `out`, which is row y of its image. `image` is the address of the image in x. */
  portable(f: Floats, out: Address, image: Address, y: number, geometry: Geometry<number>): void;
  /** The same. Moves `out` to the next line; `end` is the end of all lines. */
  simd(
    f: FunctionBuilder,
    line: Geometry<Local<'i32'>> & Sizes & Readonly<Record<'out' | 'end' | 'image' | 'y', Local<'i32'>>>,
  ): void;
}

export function linesKernel(name: string, { linesPerImage, line, image, portable, simd }: Lines): LinesKernel {
  return kernel(name, `out, x: address; firstLine, lines, ${WINDOW}: i32`, {
    portable:
      (heap) =>
      (out, x, firstLine, lines, ...values) => {
        const geometry = geometryOf(values);
        for (let i = 0; i < lines; i++) {
          const y = (firstLine + i) % geometry[linesPerImage];
          const start = x + ((firstLine + i - y) / geometry[linesPerImage]) * product(geometry, image);
          portable(heap.floats, out + i * product(geometry, line), start, y, geometry);
        }
      },
    simd: (f, { out, x, firstLine, lines, ...geometry }) => {
      const bytesOf = (names: readonly GeometryName[]): Expr<'i32'> =>
        names.reduce<Expr<'i32'>>((bytes, name) => i32.mul(bytes, geometry[name]), i32.const(4));
      const sizes = sizesOf(f, geometry);
      const end = f.let(i32.add(out, i32.mul(lines, bytesOf(line))), 'end');
      forLines(f, { firstLine, lines, linesPerImage: geometry[linesPerImage] }, x, bytesOf(image), (y, start) =>
        simd(f, { ...geometry, ...sizes, out, end, image: start, y }),
      );
    },
    sample: WINDOW_SAMPLE,
    split: (at) => ({
      length: (args) => args[at.lines]!,
      grain: 1,
      // The elements in one line of windows.
      cost: (args) => product(geometryOf(args), ['outWidth', 'kernelHeight', 'kernelWidth', 'channels']),
      part(out, args, begin, end) {
        out[at.out] = args[at.out]! + begin * product(geometryOf(args), line);
        out[at.firstLine] = args[at.firstLine]! + begin;
        out[at.lines] = end - begin;
      },
    }),
  });
}

/**
 * Runs `body` for `lines` lines from `firstLine` on, with the position of the line in its image and the address of that
 * image: `start` for image 0, `imageBytes` further for each following image.
 */
export function forLines(
  f: FunctionBuilder,
  { firstLine, lines, linesPerImage }: Readonly<Record<'firstLine' | 'lines' | 'linesPerImage', Local<'i32'>>>,
  start: Pointer,
  imageBytes: Expr<'i32'>,
  body: (y: Local<'i32'>, image: Pointer) => void,
): void {
  f.if(lines, () => {
    const size = f.let(imageBytes, 'imageBytes');
    const number = f.let(i32.div_u(firstLine, linesPerImage));
    const image = f.let(i32.add(start, i32.mul(number, size)), 'image');
    const y = f.let(i32.sub(firstLine, i32.mul(number, linesPerImage)), 'y');
    repeat(f, lines, () => {
      body(y, image);
      advance(f, 1, y);
      f.if(i32.eq(y, linesPerImage), () => {
        f.set(y, 0);
        advance(f, size, image);
      });
    });
  });
}

/** The smaller of two signed numbers. Both expressions are evaluated twice. */
export function least(a: Expr<'i32'>, b: Expr<'i32'>): Expr<'i32'> {
  return select(a, b, i32.lt_s(a, b));
}

/** The greater of two signed numbers. Both expressions are evaluated twice. */
export function greatest(a: Expr<'i32'>, b: Expr<'i32'>): Expr<'i32'> {
  return select(a, b, i32.gt_s(a, b));
}

/** Calls `body` for the pixels of a window, row by row, without those beyond the edge of the image. */
export function forEachPixel(
  { height, width, channels, kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft }: Geometry<number>,
  image: Address,
  oy: number,
  ox: number,
  body: (address: Address) => void,
): void {
  const top = oy * strideHeight - padTop;
  const left = ox * strideWidth - padLeft;
  for (let y = Math.max(top, 0); y < Math.min(top + kernelHeight, height); y++) {
    for (let x = Math.max(left, 0); x < Math.min(left + kernelWidth, width); x++) {
      body(image + (y * width + x) * channels);
    }
  }
}

/**
 * Runs `body` for the windows of line oy. It gets a function that runs its own body for the pixels of the window, as
 * above, with their addresses; `image` is the address of the image, or of some of its channels.
 */
export function forWindows(
  f: FunctionBuilder,
  geometry: Geometry<Local<'i32'>> & Sizes,
  oy: Local<'i32'>,
  body: (forPixels: (image: Pointer, body: (address: Pointer) => void) => void) => void,
): void {
  const { height, width, kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft, outWidth } = geometry;
  const { rowBytes, pixelBytes } = geometry;
  const top = f.let(i32.sub(i32.mul(oy, strideHeight), padTop), 'top');
  const firstY = f.let(greatest(top, i32.const(0)), 'firstY');
  const rows = f.let(i32.sub(least(i32.add(top, kernelHeight), height), firstY), 'rows');
  const left = f.let(i32.sub(0, padLeft), 'left');
  repeat(f, outWidth, () => {
    const firstX = f.let(greatest(left, i32.const(0)), 'firstX');
    const columns = f.let(i32.sub(least(i32.add(left, kernelWidth), width), firstX), 'columns');
    const start = f.let(i32.add(i32.mul(firstY, rowBytes), i32.mul(firstX, pixelBytes)), 'start');
    body((image, ofPixel) =>
      f.if(i32.and(i32.gt_s(rows, 0), i32.gt_s(columns, 0)), () => {
        const row = f.let(i32.add(image, start), 'row');
        const address = f.local('i32', 'address');
        repeat(f, rows, () => {
          f.set(address, row);
          repeat(f, columns, () => {
            ofPixel(address);
            advance(f, pixelBytes, address);
          });
          advance(f, rowBytes, row);
        });
      }),
    );
    advance(f, strideWidth, left);
  });
}
