/**
 * Calls of the kernels on windows, of any size: rows and columns become pixels and channels, and the digits of a
 * variant give all other arguments.
 */
import type { WindowGeometry } from '../../src/kernels/windows.ts';
import { type WindowPadding, windowGeometry, windowSizes } from './windows.ts';

/** Kernel and stride; the last is larger than most pictures. */
const WINDOWS = [
  [3, 3, 1, 1],
  [5, 5, 2, 2],
  [2, 3, 1, 3],
  [1, 1, 1, 1],
  [2, 2, 2, 2],
  [3, 1, 2, 1],
  [4, 9, 3, 2],
] as const;
const PICTURES = [
  [5, 9],
  [1, 13],
  [8, 3],
] as const;
const PADDINGS: readonly WindowPadding[] = ['same', 'valid', 'wide'];
/** Pictures, windows, paddings; special values or none; all lines or some. */
export const WINDOW_RADICES: readonly number[] = [PICTURES.length, WINDOWS.length, PADDINGS.length, 2, 2];
/** Floats that the patches of a case may have; a case that has more gets fewer pixels, down to one. */
const MOST_PATCH_FLOATS = 60_000;

type Sizes = ReturnType<typeof windowSizes>;

interface WindowCase {
  readonly geometry: WindowGeometry;
  readonly images: number;
  /** Floats of all images. */
  readonly sizes: Sizes;
  readonly mixed: number;
  /** The lines to be computed of one side, and their floats. */
  readonly part: (side: keyof Sizes) => { readonly firstLine: number; readonly lines: number; readonly size: number };
}

/**
 * `rows` pixels of `columns` channels, in as many images as they fill. Images are smaller if there are too few pixels.
 */
export function windowCase(rows: number, columns: number, next: () => number): WindowCase {
  const [most, window, padding] = [PICTURES[next()]!, WINDOWS[next()]!, PADDINGS[next()]!];
  const [mixed, some] = [next(), next()];
  const [kernelHeight, kernelWidth, ...stride] = window;
  for (let pixels = rows; ; pixels = Math.floor(pixels / 2)) {
    const width = Math.max(Math.min(most[1], pixels), 1);
    const height = Math.max(Math.min(most[0], Math.floor(pixels / width)), 1);
    const images = Math.floor(pixels / (height * width));
    const kind = padding === 'wide' && columns > 64 ? 'same' : padding;
    const geometry = windowGeometry([height, width, columns], [kernelHeight, kernelWidth], stride, kind);
    const one = windowSizes(geometry);
    if (images * one.columns > MOST_PATCH_FLOATS && pixels > 1) continue;
    const sizes = { picture: images * one.picture, windows: images * one.windows, columns: images * one.columns };
    const part = (side: keyof Sizes): ReturnType<WindowCase['part']> => {
      const perImage = side === 'picture' ? height : geometry[9];
      const all = images * perImage;
      const firstLine = some * Math.floor(all / 3);
      const lines = all - firstLine - some * Math.floor(all / 4);
      return { firstLine, lines, size: perImage === 0 ? 0 : lines * (one[side] / perImage) };
    };
    return { geometry, images, sizes, mixed, part };
  }
}
