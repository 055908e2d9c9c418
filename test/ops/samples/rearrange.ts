/** The ops that only move values: each result element is one element of x, or a constant. */

import { tensor } from '../../../src/autograd/tensor.ts';
import { gather } from '../../../src/ops/gather.ts';
import { type Padding1d, pad } from '../../../src/ops/pad.ts';
import { expandDims, flip, split, squeeze, stack, tile, unstack } from '../../../src/ops/rearrange.ts';
import { resizeNearestNeighbor } from '../../../src/ops/resize.ts';
import { concat } from '../../../src/ops/shape-ops.ts';
import { ndAt, ndBuild, ndRandom } from '../../support/nd.ts';
import type { OpCase, OpSample } from '../../support/op-check.ts';
import { printShape } from './shapes.ts';

type Sizes = readonly number[];

/** `from` gives the index in x of an index in the result; a number in place of a list is a constant. */
function moved(
  label: string,
  shape: Sizes,
  run: OpSample['run'],
  result: Sizes,
  from: (index: Sizes) => Sizes | number,
): OpSample {
  return {
    label,
    inputs: [ndRandom(shape, result.length + 7 * shape.reduce((sum, size) => 3 * sum + size, 1))],
    run,
    reference: ([x]) =>
      ndBuild(result, (index) => {
        const source = from(index);
        return typeof source === 'number' ? source : ndAt(x!, source);
      }),
  };
}

/** A shape and one of its axes: vectors of every remainder by 4, each axis of matrices and more, sizes 1 and 0. */
const AXES: readonly (readonly [shape: Sizes, axis: number])[] = [
  ...Array.from({ length: 9 }, (_, i) => [[i + 1], 0] as const),
  [[0], 0],
  [[3, 5], 0],
  [[3, 5], 1],
  [[4, 1], 0],
  [[4, 1], 1],
  [[1, 6], 1],
  [[3, 0], 0],
  [[0, 3], 1],
  ...[0, 1, 2].map((axis) => [[2, 3, 4], axis] as const),
  ...[0, 1, 2, 3].map((axis) => [[2, 3, 2, 5], axis] as const),
  [[2, 2, 17], 2],
  [[2, 7], 1],
  [[5, 2], 0],
];

const replaced = (list: Sizes, at: number, value: number): number[] => list.map((one, i) => (i === at ? value : one));
const without = (list: Sizes, at: number): number[] => list.filter((_, i) => i !== at);
const inserted = (list: Sizes, at: number, value: number): number[] => [...list.slice(0, at), value, ...list.slice(at)];
const title = (shape: Sizes, axis: number): string => `${printShape(shape)} along ${axis}`;

const flips = AXES.map(([shape, axis], i) =>
  moved(
    title(shape, axis),
    shape,
    // Every third sample counts the axis from the back; every fourth flips all axes.
    ([x]) => (i % 4 === 3 ? flip(x!) : flip(x!, i % 3 === 0 ? axis - shape.length : [axis])),
    shape,
    (index) => index.map((at, one) => (i % 4 === 3 || one === axis ? shape[one]! - 1 - at : at)),
  ),
);

const tiles = AXES.map(([shape, axis], i) => {
  const counts = shape.map((_, one) => (one === axis ? i % 4 : (one % 2) + 1));
  return moved(
    `${printShape(shape)} by ${printShape(counts)}`,
    shape,
    ([x]) => tile(x!, counts),
    shape.map((size, one) => size * counts[one]!),
    (index) => index.map((at, one) => at % shape[one]!),
  );
});

/** The indices are repeated, out of order, and in tensors of rank 0, 1 and 2. */
const gathers = AXES.map(([shape, axis], i) => {
  const size = shape[axis]!;
  const count = size === 0 ? 0 : [1, 3, 4][i % 3]!;
  const indices = Array.from({ length: count }, (_, place) => (place * 5 + i) % size);
  const of: Sizes = count === 1 ? [] : count === 4 ? [2, 2] : [count];
  return moved(
    `${title(shape, axis)} at ${printShape(indices)}`,
    shape,
    ([x]) => gather(x!, i % 2 === 0 && of.length === 1 ? indices : tensor(indices, of), axis),
    [...shape.slice(0, axis), ...of, ...shape.slice(axis + 1)],
    (index) => {
      const place = index.slice(axis, axis + of.length).reduce((sum, at) => 2 * sum + at, 0);
      return [...index.slice(0, axis), indices[place]!, ...index.slice(axis + of.length)];
    },
  );
});

const paddings = (shape: Sizes, axis: number, most: number): Padding1d[] =>
  shape.map((_, one) => (one === axis ? [Math.min(1, most), Math.min(3, most)] : [0, 0]));

const constants = AXES.map(([shape, axis], i) => {
  const pairs = paddings(shape, axis, 3).map(([before, after], one): Padding1d => [before, one === 0 ? 2 : after]);
  const value = i % 2 === 0 ? 0 : -1.5;
  return moved(
    `${printShape(shape)} by ${JSON.stringify(pairs)}, ${value}`,
    shape,
    ([x]) => (value === 0 ? pad(x!, pairs) : pad(x!, pairs, { value })),
    shape.map((size, one) => pairs[one]![0] + size + pairs[one]![1]),
    (index) => {
      const source = index.map((at, one) => at - pairs[one]![0]);
      return source.every((at, one) => at >= 0 && at < shape[one]!) ? source : value;
    },
  );
});

/** NumPy's definition: the axis is continued by its mirror image, with or without its first and last element. */
const mirrors = (mode: 'reflect' | 'symmetric'): OpSample[] =>
  AXES.map(([shape, axis]) => {
    const size = shape[axis]!;
    const pairs = paddings(shape, axis, mode === 'reflect' ? Math.max(size - 1, 0) : size);
    const all = Array.from({ length: size }, (_, i) => i);
    const back = [...all].reverse();
    const line = mode === 'reflect' ? [...back.slice(0, -1), ...all, ...back.slice(1)] : [...back, ...all, ...back];
    const start = Math.floor((line.length - size) / 2);
    return moved(
      `${printShape(shape)} by ${JSON.stringify(pairs)}`,
      shape,
      ([x]) => pad(x!, pairs, { mode }),
      replaced(shape, axis, size + pairs[axis]![0] + pairs[axis]![1]),
      (index) => replaced(index, axis, line[start + index[axis]! - pairs[axis]![0]]!),
    );
  });

/** The tensor, its mirror image, and the tensor again. */
const stacks = AXES.map(([shape, axis]) =>
  moved(
    title(shape, axis),
    shape,
    ([x]) => stack([x!, flip(x!, axis), x!], axis),
    inserted(shape, axis, 3),
    (index) => {
      const source = without(index, axis);
      return index[axis] === 1 ? replaced(source, axis, shape[axis]! - 1 - source[axis]!) : source;
    },
  ),
);

/** The parts of an axis, joined in the opposite order. */
const unstacks = AXES.filter(([shape, axis]) => shape[axis]! > 0).map(([shape, axis]) =>
  moved(
    title(shape, axis),
    shape,
    ([x]) => stack(unstack(x!, axis).reverse(), axis),
    shape,
    (index) => replaced(index, axis, shape[axis]! - 1 - index[axis]!),
  ),
);
const splits = AXES.map(([shape, axis], i) => {
  const size = shape[axis]!;
  const equal = i % 2 === 0 && size % 2 === 0 && size > 0;
  const first = equal ? size / 2 : Math.floor(size / 3);
  return moved(
    `${title(shape, axis)} after ${first}`,
    shape,
    ([x]) => concat(split(x!, equal ? 2 : [first, size - first], axis).reverse(), axis),
    shape,
    (index) => replaced(index, axis, (index[axis]! + first) % size),
  );
});

const expansions = AXES.map(([shape, axis]) =>
  moved(
    title(shape, axis),
    shape,
    ([x]) => expandDims(x!, axis),
    inserted(shape, axis, 1),
    (index) => without(index, axis),
  ),
);
const squeezes = AXES.map(([shape, axis], i) => {
  const all = i % 2 === 0;
  const from = inserted(shape, axis, 1);
  return moved(
    title(from, axis),
    from,
    ([x]) => (all ? squeeze(x!) : squeeze(x!, axis)),
    all ? shape.filter((size) => size !== 1) : shape,
    (index) => {
      let next = 0;
      return from.map((size, one) => ((all ? size === 1 : one === axis) ? 0 : index[next++]!));
    },
  );
});

/** Half-pixel centres, aligned corners, neither. */
export const ALIGNMENTS = [undefined, { alignCorners: true }, { halfPixelCenters: false }] as const;

type Side = readonly [size: number, newSize: number];

/** Enlarged, reduced, by whole and other factors, one pixel. */
const SIDES: readonly Side[] = [[1, 1], [1, 4], [4, 1], [2, 4], [4, 2], [3, 5], [5, 3], [4, 7], [7, 4], [6, 6]]; // biome-ignore format: short

/** TensorFlow's three rules for the nearest pixel. */
const nearestPixel = (alignment: number, o: number, [size, newSize]: Side): number => {
  if (alignment === 0) return Math.min(Math.floor((o + 0.5) * (size / newSize)), size - 1);
  if (alignment === 1) return Math.min(Math.round(o * ((size - 1) / Math.max(newSize - 1, 1))), size - 1);
  return Math.min(Math.floor(o * (size / newSize)), size - 1);
};

const resizes = SIDES.flatMap((height, i) =>
  [0, 1, 2].map((alignment) => {
    const width = SIDES[(3 * i + alignment) % SIDES.length]!;
    const shape = [1, height[0], width[0], 2];
    return moved(
      `${printShape(shape)} to ${height[1]} x ${width[1]}, alignment ${alignment}`,
      shape,
      ([x]) => resizeNearestNeighbor(x!, [height[1], width[1]], ALIGNMENTS[alignment]),
      [1, height[1], width[1], 2],
      ([n, y, x, c]) => [n!, nearestPixel(alignment, y!, height), nearestPixel(alignment, x!, width), c!],
    );
  }),
);
const exact = (name: string, samples: readonly OpSample[]): OpCase => ({ name, samples, float32: 'exact' });

export const rearrangeCases: readonly OpCase[] = [
  exact('flip', flips),
  exact('tile', tiles),
  exact('gather', gathers),
  exact('pad constant', constants),
  exact('pad reflect', mirrors('reflect')),
  exact('pad symmetric', mirrors('symmetric')),
  exact('stack', stacks),
  exact('unstack', unstacks),
  exact('split', splits),
  exact('expandDims', expansions),
  exact('squeeze', squeezes),
  exact('resizeNearestNeighbor', resizes),
];
