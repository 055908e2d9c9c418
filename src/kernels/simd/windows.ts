/** What the kernels on windows over pictures share: their geometry as parameters, clipping, the walk over lines. */
import { type Expr, type FunctionBuilder, i32, type Local, select } from '../../wasm/index.ts';
import { advance, type Pointer } from './vectors.ts';

/** WindowGeometry of the contract, as the last parameters of a function. */
export const WINDOW_PARAMETERS = {
  height: 'i32',
  width: 'i32',
  channels: 'i32',
  kernelHeight: 'i32',
  kernelWidth: 'i32',
  strideHeight: 'i32',
  strideWidth: 'i32',
  padTop: 'i32',
  padLeft: 'i32',
  outHeight: 'i32',
  outWidth: 'i32',
} as const;

/** The smaller of two signed numbers, each computed twice. */
export function least(a: Expr<'i32'>, b: Expr<'i32'>): Expr<'i32'> {
  return select(a, b, i32.lt_s(a, b));
}

/** The greater of two signed numbers, each computed twice. */
export function greatest(a: Expr<'i32'>, b: Expr<'i32'>): Expr<'i32'> {
  return select(a, b, i32.gt_s(a, b));
}

/** The product of any number of factors. */
export function product(first: Expr<'i32'>, ...others: Expr<'i32'>[]): Expr<'i32'> {
  return others.reduce((result, factor) => i32.mul(result, factor), first);
}

/** Runs `body` as often as `count` says. */
export function repeat(f: FunctionBuilder, count: Expr<'i32'>, body: () => void): void {
  const left = f.let(count, 'left');
  f.while(left, () => {
    body();
    f.set(left, i32.sub(left, 1));
  });
}

/**
 * Runs `body` for `lines` lines from `firstLine` on, with the line's place in its image and the address of what belongs to that image:
 * `start` for image 0, `imageBytes` further for each that follows.
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
