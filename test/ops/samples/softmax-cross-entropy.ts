import { tensor } from '../../../src/autograd/tensor.ts';
import { sparseCategoricalCrossentropy } from '../../../src/ops/softmax-cross-entropy.ts';
import { type Nd, nd, ndRandom } from '../../support/nd.ts';
import { type OpCase, type OpSample, UNIT } from '../../support/op-check.ts';
import { printShape } from './shapes.ts';

/** [rows, classes]: one class, every remainder by 4, more than 4 rows. */
const SIZES: readonly (readonly [number, number])[] = [
  ...Array.from({ length: 17 }, (_, i) => [2, i + 1] as const),
  [1, 1],
  [1, 10],
  [3, 10],
  [5, 4],
  [7, 3],
  [9, 2],
  [4, 23],
  [17, 5],
];

const labelOf = (row: number, classes: number): number => (5 * row + 3) % classes;

interface Row {
  readonly values: Float64Array;
  readonly label: number;
}

function rowsOf({ shape, values }: Nd): Row[] {
  const [rows, classes] = shape as readonly [number, number];
  return Array.from({ length: rows }, (_, r) => ({
    values: Float64Array.from(values.slice(r * classes, (r + 1) * classes)),
    label: labelOf(r, classes),
  }));
}

const average = (rows: readonly Row[], of: (row: Row) => number): Nd =>
  nd([], [rows.reduce((total, row) => total + of(row), 0) / rows.length]);

/** log(sum of e^(z - z[label])), the plain formula. The samples' logits do not overflow it in float64. */
function loss({ values, label }: Row): number {
  return Math.log(values.reduce((total, z) => total + Math.exp(z - values[label]!), 0));
}

/**
 * Error of a float32 run. z - max is off by at most u |z - max|, which becomes a relative error of its exponential. exp
 * adds 2 ulp, the sum of n terms n u, log 2 ulp; subtracting the logit of the label adds its own rounding.
 */
function errorOf({ values }: Row): number {
  const range = Math.max(...values) - Math.min(...values);
  return UNIT * (2 * range + values.length + 4 + 4 * (Math.log(values.length) + range) + 8);
}

function sample(label: string, logits: Nd): OpSample {
  const [rows, classes] = logits.shape as readonly [number, number];
  const labels = Array.from({ length: rows }, (_, r) => labelOf(r, classes));
  return {
    label,
    inputs: [logits],
    run: ([z]) => sparseCategoricalCrossentropy(tensor(labels), z!),
    reference: ([z]) => average(rowsOf(z!), loss),
    bound: ([z]) => {
      const all = rowsOf(z!);
      const own = average(all, errorOf).values[0]!;
      return nd([], [own + UNIT * (all.length + 2) * average(all, loss).values[0]!]);
    },
  };
}

/** The loss of each row times its weight. */
function rowsSample(size: readonly [number, number], salt: number, fromLogits: boolean): OpSample {
  const labels = Array.from({ length: size[0] }, (_, r) => labelOf(r, size[1]));
  const of = (row: Row): number => (fromLogits ? loss(row) : -Math.log(row.values[row.label]!));
  return {
    label: printShape(size),
    inputs: [
      fromLogits ? ndRandom(size, salt, -4, 4) : ndRandom(size, salt, 0.1, 0.9),
      ndRandom([size[0]], salt, 0.5, 2),
    ],
    run: ([z, weights]) =>
      sparseCategoricalCrossentropy(tensor(labels), z!, { reduction: 'none', weights: weights!, fromLogits }),
    reference: ([z, weights]) =>
      nd(
        [size[0]],
        rowsOf(z!).map((row, r) => of(row) * weights!.values[r]!),
      ),
    bound: ([z]) =>
      nd(
        [size[0]],
        rowsOf(z!).map((row) => 3 * errorOf(row)),
      ),
  };
}

export const softmaxCases: readonly OpCase[] = [
  {
    name: 'sparseCategoricalCrossentropy',
    samples: [
      ...SIZES.map((size, i) => sample(printShape(size), ndRandom(size, 500 + i, -4, 4))),
      sample('logits far from zero', ndRandom([3, 5], 600, 90, 96)),
      sample('a confident row', nd([2, 3], [30, 0, -30, -30, 0.5, 30])),
      sample('equal logits', nd([2, 4], [0, 0, 0, 0, 2, 2, 2, 2])),
    ],
    float32: 'bound',
  },
  {
    name: 'sparseCategoricalCrossentropy of rows with weights',
    samples: SIZES.map((size, i) => rowsSample(size, 700 + i, true)),
    float32: 'bound',
  },
  {
    name: 'sparseCategoricalCrossentropy of probabilities',
    samples: SIZES.map((size, i) => rowsSample(size, 800 + i, false)),
    float32: 'bound',
  },
];
