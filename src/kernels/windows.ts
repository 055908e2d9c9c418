/**
 * Shared by the kernels on windows: the geometry of windows that slide over images (channels last), and the SIMD loop
 * over lines.
 *
 * The bigger side, [height, width, channels], is the input of a convolution or of a pooling, and the output of a
 * transposed convolution. The other side has outHeight x outWidth pixels, one for each window. Window (oy, ox) begins
 * at pixel (oy strideHeight - padTop, ox strideWidth - padLeft). Pads are at least 0, strides at least 1. A line is one
 * row of pixels of one image: line = image height + y on the bigger side, image outHeight + oy on the other.
 */
import { type Expr, type FunctionBuilder, i32, type Local, select } from '../wasm/index.ts';
import type { Address, Integer, Kernel } from './kernel.ts';
import { advance, type Pointer } from './simd/vectors.ts';
import type { Arguments, SplitRule } from './split.ts';

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

/** A kernel that writes the lines [firstLine, firstLine + lines) of `out`. */
export type LinesKernel = Kernel<
  [out: Address, x: Address, firstLine: Integer, lines: Integer, ...geometry: WindowGeometry]
>;

/** The sample of a kernel on windows: images of 7 x 6 pixels and as many windows of 3 x 3. */
export const WINDOW_SAMPLE: Readonly<Record<GeometryName | 'firstLine' | 'lines' | 'images', number>> = {
  ...{ firstLine: 3, lines: 11, images: 2, height: 7, width: 6, channels: 5, kernelHeight: 3, kernelWidth: 3 },
  ...{ strideHeight: 1, strideWidth: 1, padTop: 1, padLeft: 1, outHeight: 7, outWidth: 6 },
};

export type GeometryName =
  | 'height'
  | 'width'
  | 'channels'
  | 'kernelHeight'
  | 'kernelWidth'
  | 'strideHeight'
  | 'strideWidth'
  | 'padTop'
  | 'padLeft'
  | 'outHeight'
  | 'outWidth';
type Places = Readonly<Record<GeometryName, number>>;

/** The product of the arguments at these positions. */
export function timesAll(...places: readonly number[]): (args: Arguments) => number {
  return (args) => places.reduce((result, place) => result * args[place]!, 1);
}

/** Number of elements in the windows of one line or one image. */
export function elementsOfLine({ outWidth, kernelHeight, kernelWidth, channels }: Places): (args: Arguments) => number {
  return timesAll(outWidth, kernelHeight, kernelWidth, channels);
}
export function elementsOfImage(at: Places): (args: Arguments) => number {
  const ofLine = elementsOfLine(at);
  return (args) => args[at.outHeight]! * ofLine(args);
}

/** A split along lines. The first line moves by one and the output by `step` floats for each line. */
export function splitLines(
  at: Readonly<Record<'out' | 'firstLine' | 'lines', number>>,
  step: (args: Arguments) => number,
  cost: (args: Arguments) => number,
): SplitRule {
  return {
    length: (args) => args[at.lines]!,
    grain: 1,
    cost,
    part(out, args, begin, end) {
      out[at.out] = args[at.out]! + begin * step(args);
      out[at.firstLine] = args[at.firstLine]! + begin;
      out[at.lines] = end - begin;
    },
  };
}

/** The smaller of two signed numbers. Both expressions are evaluated twice. */
export function least(a: Expr<'i32'>, b: Expr<'i32'>): Expr<'i32'> {
  return select(a, b, i32.lt_s(a, b));
}

/** The greater of two signed numbers. Both expressions are evaluated twice. */
export function greatest(a: Expr<'i32'>, b: Expr<'i32'>): Expr<'i32'> {
  return select(a, b, i32.gt_s(a, b));
}

/** The product of any number of factors. */
export function product(first: Expr<'i32'>, ...others: Expr<'i32'>[]): Expr<'i32'> {
  return others.reduce((result, factor) => i32.mul(result, factor), first);
}

/** Runs `body` `count` times. */
export function repeat(f: FunctionBuilder, count: Expr<'i32'>, body: () => void): void {
  const left = f.let(count, 'left');
  f.while(left, () => {
    body();
    f.set(left, i32.sub(left, 1));
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
  body: (line: Local<'i32'>, image: Pointer) => void,
): void {
  f.if(lines, () => {
    const size = f.let(imageBytes, 'imageBytes');
    const number = f.let(i32.div_u(firstLine, linesPerImage));
    const image = f.let(i32.add(start, i32.mul(number, size)), 'image');
    const line = f.let(i32.sub(firstLine, i32.mul(number, linesPerImage)), 'line');
    repeat(f, lines, () => {
      body(line, image);
      advance(f, 1, line);
      f.if(i32.eq(line, linesPerImage), () => {
        f.set(line, i32.const(0));
        advance(f, size, image);
      });
    });
  });
}
