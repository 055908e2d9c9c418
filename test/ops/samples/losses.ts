import type { Tensor } from '../../../src/autograd/tensor.ts';
import { categoricalCrossentropy, klDivergence } from '../../../src/ops/categorical-losses.ts';
import { hinge, squaredHinge } from '../../../src/ops/hinge-losses.ts';
import type { LossOptions } from '../../../src/ops/internal/loss-reduction.ts';
import { binaryCrossentropy, meanSquaredError } from '../../../src/ops/losses.ts';
import { huber, logCosh, meanAbsoluteError, poisson } from '../../../src/ops/regression-losses.ts';
import { type Nd, nd, ndAt, ndBuild, ndRandom } from '../../support/nd.ts';
import { type OpCase, type OpSample, UNIT } from '../../support/op-check.ts';
import { printShape, SHAPES } from './shapes.ts';

interface Loss {
  readonly run: (labels: Tensor, predictions: Tensor) => Tensor;
  readonly of: (label: number, prediction: number) => number;
  /** Size of the terms that a float32 run rounds, for its error bound. */
  readonly magnitude: (label: number, prediction: number) => number;
}

function average(labels: Nd, predictions: Nd, of: (y: number, p: number) => number): number {
  let total = 0;
  predictions.values.forEach((p, i) => {
    total += of(labels.shape.length === 0 ? labels.values[0]! : labels.values[i]!, p);
  });
  return total / predictions.values.length;
}

function lossSample(loss: Loss, label: string, labels: Nd, predictions: Nd): OpSample {
  return {
    label,
    inputs: [labels, predictions],
    run: ([y, p]) => loss.run(y!, p!),
    reference: ([y, p]) => nd([], [average(y!, p!, loss.of)]),
    // One addition per element, and about ten roundings within a term.
    bound: ([y, p]) => nd([], [(p!.values.length + 10) * UNIT * average(y!, p!, loss.magnitude)]),
  };
}

function lossCase(name: string, loss: Loss, low: number, high: number, extra: readonly number[]): OpCase {
  const samples = SHAPES.map((shape, i) =>
    lossSample(loss, `${printShape(shape)}`, ndRandom(shape, i, 0, 1), ndRandom(shape, 100 + i, low, high)),
  );
  for (const label of [0, 1, 0.25]) {
    samples.push(
      lossSample(loss, `one label ${label} for all`, nd([], [label]), ndRandom([3, 5], 300 + label * 4, low, high)),
    );
  }
  const hard = nd(
    [extra.length],
    extra.map((_, i) => i % 2),
  );
  samples.push(lossSample(loss, 'chosen values', hard, nd([extra.length], extra.map(Math.fround))));
  return { name, samples, float32: 'bound' };
}

/** Weights for each element, or for each of the last axis, and no reduction, or the sum. */
function weightedCase(
  name: string,
  run: (labels: Tensor, predictions: Tensor, options: LossOptions) => Tensor,
  of: (label: number, prediction: number) => number,
): OpCase {
  const shapes = SHAPES.filter((shape) => shape.length > 0);
  const samples = shapes.map((shape, i): OpSample => {
    const reduction = i % 2 === 0 ? 'none' : 'sum';
    const weights = ndRandom(i % 3 === 0 ? shape.slice(-1) : shape, 700 + i, 0.5, 2);
    const each = ([y, p, w]: readonly Nd[]): Nd =>
      ndBuild(shape, (index) => ndAt(w!, index) * of(ndAt(y!, index), ndAt(p!, index)));
    const all = (x: Nd): Nd => nd([], [x.values.reduce((total, value) => total + value, 0)]);
    return {
      label: `${printShape(shape)}, weights ${printShape(weights.shape)}, ${reduction}`,
      inputs: [ndRandom(shape, 500 + i, 0, 1), ndRandom(shape, 600 + i, 0.1, 0.9), weights],
      run: ([y, p, w]) => run(y!, p!, { weights: w!, reduction }),
      reference: (inputs) => (reduction === 'none' ? each(inputs) : all(each(inputs))),
      // Losses are below 5, terms below 10.
      bound: () =>
        nd(
          reduction === 'none' ? shape : [],
          new Float64Array(reduction === 'none' ? size(shape) : 1).fill(UNIT * 200 * (size(shape) + 1)),
        ),
    };
  });
  return { name, samples, float32: 'bound' };
}

const size = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** [..., classes], of one class too. */
const ROWS: readonly (readonly number[])[] = [
  ...Array.from({ length: 17 }, (_, i) => [2, i + 1]),
  ...[[1], [5], [0, 3], [1, 10], [3, 10], [7, 3], [9, 2], [2, 3, 4], [2, 1, 2, 3]],
];

/** Losses of rows. Labels are positive; they need not add up to 1. */
function rowCase(
  name: string,
  run: (labels: Tensor, predictions: Tensor, options: LossOptions) => Tensor,
  of: (label: readonly number[], prediction: readonly number[]) => number,
  low: number,
  high: number,
): OpCase {
  const samples = ROWS.map((shape, i): OpSample => {
    const reduction = (['none', 'sum', 'mean'] as const)[i % 3]!;
    const last = shape.length - 1;
    return {
      label: `${printShape(shape)}, ${reduction}`,
      inputs: [ndRandom(shape, 800 + i, 0.1, 0.9), ndRandom(shape, 900 + i, low, high)],
      run: ([y, p]) => run(y!, p!, { reduction }),
      reference: ([y, p]) => {
        const losses: number[] = [];
        ndBuild(shape.slice(0, last), (index) => {
          const row = (x: Nd): number[] => Array.from({ length: shape[last]! }, (_, c) => ndAt(x, [...index, c]));
          return losses.push(of(row(y!), row(p!)));
        });
        if (reduction === 'none') return nd(shape.slice(0, last), losses);
        const total = losses.reduce((sum, loss) => sum + loss, 0);
        return nd([], [reduction === 'sum' ? total : total / losses.length]);
      },
      bound: () => {
        const outputs = reduction === 'none' ? shape.slice(0, last) : [];
        return nd(outputs, new Float64Array(size(outputs)).fill(UNIT * 100 * (size(shape) + 1)));
      },
    };
  });
  return { name, samples, float32: 'bound' };
}

const total = (row: readonly number[]): number => row.reduce((sum, value) => sum + value, 0);
/** -(sum of y log p) with p divided by its sum, and at most `most`. */
const crossEntropy = (y: readonly number[], p: readonly number[], most = 1): number =>
  -total(y.map((label, c) => label * Math.log(Math.min(p[c]! / total(p), most))));
const smoothed = (y: readonly number[]): number[] => y.map((label) => label * 0.75 + 0.25 / y.length);

const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

export const lossCases: readonly OpCase[] = [
  lossCase(
    'binaryCrossentropy',
    {
      run: (y, z) => binaryCrossentropy(y, z, { fromLogits: true }),
      // -(y log s + (1 - y) log(1 - s)) with s = sigmoid(z), both logarithms as softplus.
      of: (y, z) => y * softplus(-z) + (1 - y) * softplus(z),
      magnitude: (y, z) => Math.abs(z) * (1 + Math.abs(y)) + 1,
    },
    -4,
    4,
    [1e-3, -1e-3, 30, -30, 30, -30, 0.5],
  ),
  lossCase(
    'binaryCrossentropy of probabilities',
    {
      run: (y, p) => binaryCrossentropy(y, p),
      of: (y, p) => -(y * Math.log(p) + (1 - y) * Math.log(1 - p)),
      // 1 - p has an absolute error of 2^-24, which log turns into 2^-24 / (1 - p).
      magnitude: (y, p) => Math.abs(y * Math.log(p)) + Math.abs((1 - y) * Math.log(1 - p)) + 1 / (1 - p) + 1,
    },
    0.1,
    0.9,
    [0.5, 0.02, 0.98, 0.3],
  ),
  lossCase(
    'meanSquaredError',
    {
      run: (y, p) => meanSquaredError(y, p),
      of: (y, p) => (y - p) ** 2,
      magnitude: (y, p) => (Math.abs(y) + Math.abs(p)) ** 2,
    },
    -2,
    2,
    [0, -0, 20, -20],
  ),
  lossCase(
    'meanAbsoluteError',
    { run: meanAbsoluteError, of: (y, p) => Math.abs(y - p), magnitude: (y, p) => Math.abs(y) + Math.abs(p) },
    -2,
    2,
    [0.5, -0.25, 20, -20],
  ),
  lossCase(
    'huber',
    {
      run: (y, p) => huber(y, p, { delta: 0.75 }),
      of: (y, p) => (Math.abs(y - p) <= 0.75 ? (y - p) ** 2 / 2 : 0.75 * (Math.abs(y - p) - 0.375)),
      magnitude: (y, p) => (Math.abs(y) + Math.abs(p)) ** 2,
    },
    -2,
    2,
    [0, -0, 20, -20],
  ),
  lossCase(
    'logCosh',
    {
      run: logCosh,
      of: (y, p) => Math.log(Math.cosh(p - y)),
      magnitude: (y, p) => 4 * (1 + Math.abs(y) + Math.abs(p)),
    },
    -2,
    2,
    [0, -0, 20, -20],
  ),
  lossCase(
    'poisson',
    {
      run: poisson,
      of: (y, p) => p - y * Math.log(p + 1e-7),
      magnitude: (y, p) => Math.abs(p) + Math.abs(y * Math.log(p)) + 1,
    },
    0.1,
    3,
    [0.5, 20, 1],
  ),
  lossCase(
    'hinge',
    { run: hinge, of: (y, p) => Math.max(1 - y * p, 0), magnitude: (y, p) => 1 + Math.abs(y * p) },
    -2,
    2,
    [0.5, -0.25, 20, -20],
  ),
  lossCase(
    'squaredHinge',
    { run: squaredHinge, of: (y, p) => Math.max(1 - y * p, 0) ** 2, magnitude: (y, p) => (1 + Math.abs(y * p)) ** 2 },
    -2,
    2,
    [0.5, -0.25, 20, -20],
  ),
  lossCase(
    'binaryCrossentropy with smoothed labels',
    {
      run: (y, z) => binaryCrossentropy(y, z, { fromLogits: true, labelSmoothing: 0.5 }),
      of: (y, z) => (y * 0.5 + 0.25) * softplus(-z) + (0.75 - y * 0.5) * softplus(z),
      magnitude: (y, z) => Math.abs(z) * (1 + Math.abs(y)) + 1,
    },
    -4,
    4,
    [1e-3, -1e-3, 30, -30],
  ),
  weightedCase('meanSquaredError with weights', meanSquaredError, (y, p) => (y - p) ** 2),
  weightedCase('huber with weights', huber, (y, p) => (y - p) ** 2 / 2),
  weightedCase(
    'binaryCrossentropy with weights',
    binaryCrossentropy,
    (y, p) => -(y * Math.log(p) + (1 - y) * Math.log(1 - p)),
  ),
  weightedCase(
    'binaryCrossentropy from logits with weights',
    (y, z, options) => binaryCrossentropy(y, z, { ...options, fromLogits: true }),
    (y, z) => y * softplus(-z) + (1 - y) * softplus(z),
  ),
  rowCase('categoricalCrossentropy', categoricalCrossentropy, (y, p) => crossEntropy(y, p, 1 - 1e-7), 0.1, 0.9),
  rowCase(
    'categoricalCrossentropy from logits',
    (y, z, options) => categoricalCrossentropy(y, z, { ...options, fromLogits: true, labelSmoothing: 0.25 }),
    (y, z) => crossEntropy(smoothed(y), z.map(Math.exp)),
    -4,
    4,
  ),
  rowCase(
    'klDivergence',
    klDivergence,
    (y, p) => total(y.map((label, c) => label * Math.log(label / p[c]!))),
    0.1,
    0.9,
  ),
];
