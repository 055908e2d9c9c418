/** The calls that the kernels on windows are tested with. */
import type { Kernels, WindowGeometry } from '../../src/kernels/contract.ts';
import type { KernelImage } from '../support/kernel-image.ts';
import { windowGeometry, windowSizes } from '../support/windows.ts';
import type { CaseBuilder, KernelCases } from './cases.ts';

/** Every lane tail and several vectors of channels; strides 1 to 3, kernels from one element to more than the picture. */
const WINDOWS: readonly (readonly [images: number, geometry: WindowGeometry])[] = [
  ...[...Array.from({ length: 18 }, (_, channels) => channels), 33, 64].flatMap((channels, i) =>
    (['same', 'valid', 'wide'] as const).map((padding) => {
      const picture = [3, 2 + (i % 3), channels] as const;
      return [1, windowGeometry(picture, [2, 2 + (i % 2)], [1 + (i % 2), 1 + (i % 3)], padding)] as const;
    }),
  ),
  ...[1, 2, 3].flatMap((stride) =>
    [1, 2, 3, 5].flatMap((kernel) =>
      (['same', 'valid', 'wide'] as const).map(
        (padding) => [2, windowGeometry([6, 13, 1], [kernel, kernel], [stride, stride], padding)] as const,
      ),
    ),
  ),
  [0, windowGeometry([4, 4, 2], [3, 3], [1, 1], 'same')],
  [1, windowGeometry([2, 3, 3], [7, 5], [2, 1], 'same')],
  [1, windowGeometry([28, 28, 1], [5, 5], [2, 2], 'same')],
  // Runs of 8 and of 9 floats: im2col copies the one as two vectors, the other in a loop.
  [1, windowGeometry([1, 40, 1], [1, 8], [1, 2], 'same')],
  [1, windowGeometry([1, 40, 1], [1, 9], [1, 1], 'same')],
  [2, windowGeometry([2, 7, 2], [2, 4], [1, 3], 'same')],
];

/** All lines, one in the middle, none. */
const RANGES: readonly ((lines: number) => [firstLine: number, lines: number])[] = [
  (lines) => [0, lines],
  (lines) => [Math.floor(lines / 2), Math.min(lines, 1)],
  (lines) => [lines, 0],
];

type LineCase = (image: KernelImage) => Parameters<Kernels['im2col']>;
type Side = keyof ReturnType<typeof windowSizes>;

/** The cases of a kernel that makes lines of its output from all of its input; the three such kernels take the same arguments. */
function lineCases(output: Side, input: Side): readonly LineCase[] {
  return WINDOWS.flatMap(([images, geometry], i) =>
    RANGES.map(
      (range): LineCase =>
        (image) => {
          const sizes = windowSizes(geometry);
          const perImage = output === 'picture' ? geometry[0] : geometry[9];
          const [firstLine, lines] = range(images * perImage);
          const out = image.reserve(perImage === 0 ? 0 : lines * (sizes[output] / perImage));
          const size = images * sizes[input];
          return [out, i % 2 === 0 ? image.random(size) : image.special(size), firstLine, lines, ...geometry];
        },
    ),
  );
}

type Names = 'im2col' | 'col2im' | 'maxPooling2d' | 'maxPooling2dBackward';

export const WINDOW_CASES: Pick<KernelCases, Names> = {
  im2col: lineCases('columns', 'picture'),
  col2im: lineCases('picture', 'columns'),
  maxPooling2d: lineCases('windows', 'picture'),
  maxPooling2dBackward: WINDOWS.flatMap(([images, geometry]): CaseBuilder<'maxPooling2dBackward'>[] => {
    const { picture, windows } = windowSizes(geometry);
    const size = images * picture;
    return [
      (image) => [image.reserve(size), image.random(images * windows), image.random(size), images, ...geometry],
      (image) => [image.reserve(size), image.special(images * windows), image.special(size), images, ...geometry],
      // Every window has several maxima.
      (image: KernelImage) => {
        const x = image.random(size);
        for (let i = x; i < x + size; i++) image.floats[i] = Math.sign(image.floats[i]!);
        return [image.reserve(size), image.random(images * windows), x, images, ...geometry];
      },
    ];
  }),
};
