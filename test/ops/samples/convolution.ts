import { conv2d, conv2dTranspose } from '../../../src/ops/convolution.ts';
import { convolve, convolveTransposed } from '../../../src/ops/internal/convolve.ts';
import { type Nd, ndAt, ndBuild, ndRandom } from '../../support/nd.ts';
import { type OpCase, type OpSample, UNIT } from '../../support/op-check.ts';
import { type Axis, type Padding, placeWindows } from './windows.ts';

/** The shape of the images, [n, height, width, channels]; kernel size [height, width]; number of filters; strides. */
interface Case {
  readonly x: readonly [number, number, number, number];
  readonly kernel: readonly [number, number];
  readonly filters: number;
  readonly strides?: readonly [number, number];
  readonly padding: Padding;
}

const of = (
  x: Case['x'],
  kernel: Case['kernel'],
  filters: number,
  padding: Padding,
  strides?: Case['strides'],
): Case => ({
  x,
  kernel,
  filters,
  padding,
  ...(strides && { strides }),
});

/**
 * One pixel; even, odd and oblong sizes, kernels and strides; strides from 1 to 5; 'same' with an even total padding,
 * an odd one and none.
 */
const PLACEMENTS: readonly Case[] = [
  of([1, 1, 1, 1], [1, 1], 1, 'valid'),
  of([1, 3, 3, 1], [2, 2], 1, 'valid'),
  of([1, 3, 3, 1], [2, 2], 1, 'same'),
  of([1, 4, 4, 1], [3, 3], 1, 'same'),
  of([1, 4, 4, 1], [3, 3], 1, 'same', [2, 2]),
  of([1, 5, 5, 1], [3, 3], 1, 'same', [2, 2]),
  of([1, 5, 4, 1], [3, 2], 2, 'valid', [2, 1]),
  of([1, 6, 5, 1], [2, 3], 1, 'same', [3, 2]),
  of([1, 6, 7, 1], [4, 5], 1, 'valid', [1, 3]),
  of([1, 4, 7, 1], [3, 3], 1, 'same', [3, 3]),
  of([1, 5, 7, 2], [3, 3], 1, 'valid', [3, 3]),
  of([2, 3, 2, 2], [2, 2], 2, 'same', [1, 2]),
  // A stride larger than the kernel skips pixels.
  of([1, 6, 5, 1], [1, 2], 2, 'valid', [3, 4]),
  of([1, 7, 6, 1], [2, 1], 1, 'same', [3, 5]),
  // Kernels larger than the image.
  of([1, 2, 2, 1], [5, 5], 1, 'same'),
  of([1, 2, 3, 1], [4, 6], 1, 'same', [2, 2]),
  of([1, 1, 3, 2], [3, 4], 2, 'same', [3, 1]),
];

/** Channels and filters that leave remainders by 4, and a patch longer than one block of k. */
const SIZES: readonly Case[] = [
  ...[3, 4, 5, 7, 8, 9].map((channels, i) => of([1, 2, 3, channels], [2, 2], i + 1, i % 2 === 0 ? 'same' : 'valid')),
  ...[4, 5, 8, 9].map((filters, i) => of([1, 3, 2, 1], [2, 2], filters, i % 2 === 0 ? 'valid' : 'same', [2, 1])),
  of([1, 1, 1, 21], [5, 5], 1, 'same'),
];

/** One axis is empty in each: the sum of no elements is 0. */
const EMPTY: readonly Case[] = [
  of([0, 3, 3, 2], [2, 2], 2, 'same'),
  of([1, 0, 3, 1], [3, 2], 1, 'same', [2, 2]),
  of([1, 2, 2, 0], [2, 2], 2, 'valid'),
  of([1, 2, 2, 1], [2, 2], 0, 'same'),
];

/**
 * Workspaces small enough for several chunks, the last one smaller. With a workspace of 1, every line of windows (or
 * image) exceeds it.
 */
const CHUNKED: readonly (readonly [Case, workspace: number])[] = [
  [of([3, 3, 2, 1], [2, 2], 2, 'same'), 24],
  [of([5, 2, 2, 2], [3, 3], 1, 'same', [2, 2]), 40],
  [of([2, 4, 3, 1], [2, 2], 1, 'valid', [2, 1]), 1],
  [of([3, 3, 3, 1], [3, 3], 1, 'same'), 200],
];

/**
 * Calls back with each element [ky, kx] of the kernel and the two pixels it connects, for every window of every image.
 */
function products(
  [rows, columns]: readonly [Axis, Axis],
  images: number,
  visit: (n: number, big: readonly [number, number], small: readonly [number, number], k: [number, number]) => void,
): void {
  for (let n = 0; n < images; n++) {
    for (let oy = 0; oy < rows.count; oy++) {
      for (let ox = 0; ox < columns.count; ox++) {
        for (let ky = 0; ky < rows.window; ky++) {
          for (let kx = 0; kx < columns.window; kx++) {
            const y = oy * rows.stride + ky - rows.before;
            const x = ox * columns.stride + kx - columns.before;
            if (y >= 0 && y < rows.size && x >= 0 && x < columns.size) visit(n, [y, x], [oy, ox], [ky, kx]);
          }
        }
      }
    }
  }
}

/** The windows of a case along height and width. x is the larger image, or, if transposed, has one pixel per window. */
function axesOf({ x, kernel, strides = [1, 1], padding }: Case, transposed: boolean): readonly [Axis, Axis] {
  const along = (axis: 0 | 1): Axis => {
    const [size, window, stride] = [x[axis + 1]!, kernel[axis], strides[axis]];
    if (!transposed) return placeWindows(size, window, stride, padding);
    const whole = size * stride + (padding === 'valid' ? Math.max(window - stride, 0) : 0);
    return { ...placeWindows(whole, window, stride, padding), count: size };
  };
  return [along(0), along(1)];
}

/** The definition, in float64. `part` is the identity for the value and the absolute value for its error bound. */
function forward(one: Case, transposed: boolean, [x, kernel]: readonly Nd[], part: (product: number) => number): Nd {
  const axes = axesOf(one, transposed);
  const [images, , , channels] = one.x;
  const shape = [images, ...axes.map((axis) => (transposed ? axis.size : axis.count)), one.filters];
  const totals = new Map<string, number>();
  products(axes, images, (n, big, small, k) => {
    const [from, to] = transposed ? [small, big] : [big, small];
    for (let f = 0; f < one.filters; f++) {
      for (let c = 0; c < channels; c++) {
        const w = ndAt(kernel!, [...k, ...(transposed ? [f, c] : [c, f])]);
        const key = [n, ...to, f].join();
        totals.set(key, (totals.get(key) ?? 0) + part(w * ndAt(x!, [n, ...from, c])));
      }
    }
  });
  return ndBuild(shape, (index) => totals.get(index.join()) ?? 0);
}

function sample(one: Case, transposed: boolean, salt: number, workspace?: number): OpSample {
  const { x, kernel, filters, strides, padding } = one;
  const [rows, columns] = axesOf(one, transposed);
  const kernelShape = [...kernel, ...(transposed ? [filters, x[3]] : [x[3], filters])];
  const options = { ...(strides && { strides }), ...(padding === 'same' && { padding }) };
  const terms = kernel[0] * kernel[1] * x[3] + 2;
  const bound = (terms * UNIT) / (1 - terms * UNIT);
  return {
    label:
      `[${x}] by ${kernel[0]} x ${kernel[1]}, ${filters} filters, ${padding}, strides ${strides ?? 1}` +
      (workspace === undefined ? '' : `, workspace ${workspace}`),
    inputs: [ndRandom(x, salt, -1.5, 1.5), ndRandom(kernelShape, salt + 1000, -1.5, 1.5)],
    run([input, weights]) {
      if (workspace === undefined) return (transposed ? conv2dTranspose : conv2d)(input!, weights!, options);
      return (transposed ? convolveTransposed : convolve)(
        input!,
        weights!,
        [
          ...[rows.size, columns.size, transposed ? filters : x[3]],
          ...[rows.window, columns.window, rows.stride, columns.stride],
          ...[rows.before, columns.before, rows.count, columns.count],
        ] as Parameters<typeof convolve>[2],
        workspace,
      );
    },
    reference: (inputs) => forward(one, transposed, inputs, (product) => product),
    // gamma_k times the sum of absolute products (Higham, section 3.1), k as many as a sum can have.
    bound: (inputs) => forward(one, transposed, inputs, (product) => bound * Math.abs(product)),
  };
}

function samplesOf(transposed: boolean): OpSample[] {
  return [
    ...[...PLACEMENTS, ...SIZES, ...EMPTY].map((one, i) => sample(one, transposed, 40 * i)),
    ...CHUNKED.map(([one, workspace], i) => sample(one, transposed, 3000 + 40 * i, workspace)),
  ];
}

export const convolutionCases: readonly OpCase[] = [
  { name: 'conv2d', samples: samplesOf(false), float32: 'bound' },
  { name: 'conv2dTranspose', samples: samplesOf(true), float32: 'bound' },
];
