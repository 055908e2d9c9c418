import type { Tensor } from '../../../src/autograd/tensor.ts';
import { binaryCrossentropy, meanSquaredError } from '../../../src/ops/losses.ts';
import { type Nd, nd, ndRandom } from '../../support/nd.ts';
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
];
