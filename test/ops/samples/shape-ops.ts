import { reshape } from '../../../src/ops/reshape.ts';
import { broadcastTo, concat, slice, transpose } from '../../../src/ops/shape-ops.ts';
import { type Nd, nd, ndAt, ndBuild, ndRandom } from '../../support/nd.ts';
import type { OpCase, OpSample } from '../../support/op-check.ts';
import { printShape, SHAPES, type ShapePair, shapeRows } from './shapes.ts';

type Triple = readonly [readonly number[], readonly number[], readonly number[]];
type Concat = readonly [readonly (readonly number[])[], number];

function reshapeSample(
  from: readonly number[],
  to: readonly number[],
  result: readonly number[],
  salt: number,
): OpSample {
  return {
    label: `${printShape(from)} to ${printShape(to)}`,
    inputs: [ndRandom(from, salt)],
    run: ([x]) => reshape(x!, to),
    reference: ([x]) => nd(result, x!.values),
  };
}

const RESHAPES: readonly Triple[] = [
  ...SHAPES.map((shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return [shape, [size], [size]] as const;
  }),
  ...shapeRows<Triple>(`
    [2, 3] [3, 2] [3, 2]
    [2, 3] [-1] [6]
    [2, 3, 4] [4, -1] [4, 6]
    [12] [2, -1, 3] [2, 2, 3]
    [1] [] []
    [] [1, 1] [1, 1]
    [0, 3] [5, 0] [5, 0]
  `),
];

function transposeSample(shape: readonly number[], permutation: readonly number[] | undefined, salt: number): OpSample {
  const order = (permutation ?? shape.map((_, axis) => shape.length - 1 - axis)).map((axis) =>
    axis < 0 ? axis + shape.length : axis,
  );
  return {
    label: `${printShape(shape)} by ${permutation === undefined ? 'default' : printShape(permutation)}`,
    inputs: [ndRandom(shape, salt)],
    run: ([x]) => transpose(x!, permutation),
    reference: ([x]) =>
      ndBuild(
        order.map((axis) => shape[axis]!),
        (index) => {
          const source: number[] = [];
          order.forEach((axis, i) => {
            source[axis] = index[i]!;
          });
          return ndAt(x!, source);
        },
      ),
  };
}

const PERMUTATIONS: readonly ShapePair[] = [
  ...shapeRows<ShapePair>(`
    [2, 3] [0, 1]
    [2, 3] [1, 0]
    [2, 3] [-1, 0]
    [2, 3, 4] [0, 2, 1]
    [2, 3, 4] [1, 0, 2]
    [2, 3, 4] [1, 2, 0]
    [2, 3, 4] [2, 0, 1]
    [2, 0, 4] [2, 0, 1]
    [2, 3, 2, 2] [0, 3, 1, 2]
    [1, 5, 1, 2] [3, 1, 0, 2]
  `),
];

function sliceSample(
  shape: readonly number[],
  begin: readonly number[],
  size: readonly number[],
  salt: number,
): OpSample {
  const result = size.map((one, axis) => (one === -1 ? shape[axis]! - begin[axis]! : one));
  return {
    label: `${printShape(shape)} from ${printShape(begin)}, ${printShape(size)}`,
    inputs: [ndRandom(shape, salt)],
    run: ([x]) => slice(x!, begin, size),
    reference: ([x]) =>
      ndBuild(result, (index) =>
        ndAt(
          x!,
          index.map((i, axis) => i + begin[axis]!),
        ),
      ),
  };
}

const SLICES: readonly Triple[] = [
  ...[1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17].map((size) => [[size + 1], [1], [size]] as const),
  ...shapeRows<Triple>(`
    [] [] []
    [0] [0] [0]
    [5] [5] [0]
    [5] [2] [-1]
    [5] [0] [5]
    [1] [0] [1]
    [0, 3] [0, 1] [0, 2]
    [3, 5] [1, 0] [1, 5]
    [3, 5] [0, 2] [-1, 2]
    [3, 5] [2, 4] [1, 1]
    [2, 3, 4] [1, 1, 1] [1, 2, 3]
    [2, 3, 4] [0, 0, 3] [2, 3, 1]
    [2, 3, 4] [0, 3, 0] [2, 0, 4]
    [2, 2, 3, 2] [1, 0, 1, 0] [1, 2, 2, 1]
    [7, 1] [3, 0] [4, -1]
  `),
];

function concatSample(shapes: readonly (readonly number[])[], axis: number, salt: number): OpSample {
  const along = axis < 0 ? axis + shapes[0]!.length : axis;
  const result = [...shapes[0]!];
  result[along] = shapes.reduce((total, shape) => total + shape[along]!, 0);
  return {
    label: `${shapes.map(printShape).join(', ')} along ${axis}`,
    inputs: shapes.map((shape, i) => ndRandom(shape, salt + 50 * i)),
    run: (parts) => concat(parts, axis),
    reference: (parts: readonly Nd[]) =>
      ndBuild(result, (index) => {
        let place = index[along]!;
        let which = 0;
        while (place >= parts[which]!.shape[along]!) place -= parts[which++]!.shape[along]!;
        return ndAt(
          parts[which]!,
          index.map((i, d) => (d === along ? place : i)),
        );
      }),
  };
}

const CONCATS: readonly Concat[] = [
  ...[1, 2, 3, 4, 5, 6, 7, 9, 12, 17].map((size) => [[[size], [3]], 0] as const),
  ...shapeRows<Concat>(`
    [[4]] 0
    [[0], [0]] 0
    [[0], [2]] 0
    [[2], [0], [1]] 0
    [[1], [1], [1]] 0
    [[2, 3], [1, 3]] 0
    [[2, 3], [2, 1]] 1
    [[2, 3], [2, 4]] -1
    [[0, 3], [2, 3]] 0
    [[2, 0], [2, 2]] 1
    [[2, 1, 3], [2, 2, 3]] 1
    [[2, 2, 1], [2, 2, 3], [2, 2, 2]] 2
    [[1, 2, 3], [2, 2, 3]] -3
    [[2, 1, 2, 2], [2, 3, 2, 2]] 1
    [[5, 1], [5, 1]] 1
    [[3, 5], [3, 5]] 0
  `),
];

function broadcastSample(from: readonly number[], to: readonly number[], salt: number): OpSample {
  return {
    label: `${printShape(from)} to ${printShape(to)}`,
    inputs: [ndRandom(from, salt)],
    run: ([x]) => broadcastTo(x!, to),
    reference: ([x]) => ndBuild(to, (index) => ndAt(x!, index)),
  };
}

const BROADCASTS: readonly ShapePair[] = [
  ...shapeRows<ShapePair>(`
    [] []
    [] [0]
    [] [7]
    [] [2, 3]
    [0] [0]
    [1] [0]
    [0] [3, 0]
    [0, 3] [2, 0, 3]
    [1] [1]
    [1] [13]
    [1] [17]
    [1, 1] [3, 4]
    [3] [2, 3]
    [3] [3]
    [5] [1, 5]
    [3, 1] [3, 4]
    [1, 4] [3, 4]
    [3, 1] [2, 3, 5]
    [2, 1, 3] [2, 4, 3]
    [2, 1, 1] [2, 3, 2]
    [1, 3, 1] [2, 3, 2]
    [1, 2, 1, 2] [2, 2, 3, 2]
    [7, 1] [7, 2]
    [1, 11] [2, 11]
    [2, 3, 4] [2, 3, 4]
    [1, 1, 2] [2, 2, 2]
  `),
];

export const shapeOpsCases: readonly OpCase[] = [
  { name: 'reshape', samples: RESHAPES.map((one, i) => reshapeSample(...one, i)), float32: 'exact' },
  {
    name: 'transpose',
    samples: [
      ...SHAPES.map((shape, i) => transposeSample(shape, undefined, i)),
      ...PERMUTATIONS.map(([shape, permutation], i) => transposeSample(shape, permutation, 100 + i)),
    ],
    float32: 'exact',
  },
  { name: 'slice', samples: SLICES.map((one, i) => sliceSample(...one, i)), float32: 'exact' },
  { name: 'concat', samples: CONCATS.map((one, i) => concatSample(...one, i)), float32: 'exact' },
  { name: 'broadcastTo', samples: BROADCASTS.map((one, i) => broadcastSample(...one, i)), float32: 'exact' },
];
