import { batchMoments, batchNormInference, batchNormTraining } from '../../../src/ops/batch-normalization.ts';
import { concat } from '../../../src/ops/shape-ops.ts';
import { type Nd, nd, ndAt, ndBuild, ndRandom } from '../../support/nd.ts';
import { type OpCase, type OpSample, UNIT } from '../../support/op-check.ts';
import { printShape } from './shapes.ts';

/** [..., features]: empty, one row, one feature, every remainder of features by 4, more than two axes. */
const SHAPES: readonly (readonly number[])[] = [
  [0, 3],
  [3, 0],
  [1, 1],
  [1, 4],
  [5, 1],
  [5],
  ...Array.from({ length: 16 }, (_, i) => [3, i + 2]),
  [7, 3],
  [2, 3, 4],
  [2, 1, 2, 3],
  [4, 2, 1],
];

interface Moments {
  readonly mean: readonly number[];
  readonly variance: readonly number[];
}

function momentsOf(x: Nd): Moments {
  const features = x.shape[x.shape.length - 1]!;
  const rows = features === 0 ? 0 : x.values.length / features;
  const average = (at: (r: number, c: number) => number): number[] =>
    Array.from({ length: features }, (_, c) => {
      let total = 0;
      for (let r = 0; r < rows; r++) total += at(r, c);
      return total / rows;
    });
  const mean = average((r, c) => x.values[r * features + c]!);
  return { mean, variance: average((r, c) => (x.values[r * features + c]! - mean[c]!) ** 2) };
}

function normalize(x: Nd, gamma: Nd, beta: Nd, { mean, variance }: Moments, epsilon: number, slope: number): Nd {
  return ndBuild(x.shape, (index) => {
    const c = index[index.length - 1]!;
    const xhat = (ndAt(x, index) - mean[c]!) / Math.sqrt(variance[c]! + epsilon);
    const v = gamma.values[c]! * xhat + beta.values[c]!;
    return v > 0 ? v : slope * v;
  });
}

/**
 * First-order error of a float32 run. The mean has rows + 1 roundings, relative to the largest |x| of the column. The
 * variance has about twice as many, relative to itself. The rest has a few more. gamma / sqrt(variance + epsilon)
 * multiplies all of it, and the slope is at most 1.
 */
function errorBound(x: Nd, gamma: Nd, beta: Nd, variance: readonly number[], epsilon: number): Nd {
  const features = x.shape[x.shape.length - 1]!;
  const rows = features === 0 ? 0 : x.values.length / features;
  return ndBuild(x.shape, (index) => {
    const c = index[index.length - 1]!;
    let largest = 0;
    for (let r = 0; r < rows; r++) largest = Math.max(largest, Math.abs(x.values[r * features + c]!));
    const scale = Math.abs(gamma.values[c]!) / Math.sqrt(variance[c]! + epsilon);
    return (2 * rows + 16) * UNIT * (scale * 2 * largest + Math.abs(beta.values[c]!));
  });
}

/**
 * beta shifts a feature so that no result lies within 0.01 of the LeakyReLU's kink. All rows of a feature move
 * together, so this may take a few tries.
 */
function awayFromKink(beta: Nd, result: (beta: Nd) => Nd): Nd {
  const features = beta.values.length;
  const values = Array.from(beta.values);
  for (let attempt = 0; attempt < 100; attempt++) {
    const y = result(nd(beta.shape, values)).values;
    const near = values.map((_, c) => y.some((v, i) => i % features === c && Math.abs(v) < 0.01));
    if (!near.includes(true)) return nd(beta.shape, values);
    near.forEach((one, c) => {
      if (one) values[c] = Math.fround(values[c]! + 0.037);
    });
  }
  throw new Error('no shift keeps all results away from the kink');
}

const SLOPES = [1, 0.25, 0.5];

function trainingSample(shape: readonly number[], i: number): OpSample {
  const features = shape[shape.length - 1]!;
  const negativeSlope = SLOPES[i % 3]!;
  const epsilon = i % 2 === 0 ? 1e-3 : 0.125;
  const x = ndRandom(shape, i, -2, 3);
  const gamma = ndRandom([features], 100 + i, 0.5, 2);
  const reference = ([x, gamma, beta]: readonly Nd[]): Nd =>
    normalize(x!, gamma!, beta!, momentsOf(x!), epsilon, negativeSlope);
  const beta = awayFromKink(ndRandom([features], 200 + i), (shift) =>
    normalize(x, gamma, shift, momentsOf(x), epsilon, 1),
  );
  return {
    label: `${printShape(shape)}, slope ${negativeSlope}, epsilon ${epsilon}`,
    inputs: [x, gamma, beta],
    run: ([x, gamma, beta]) =>
      batchNormTraining(x!, batchMoments(x!), {
        gamma: gamma!,
        beta: beta!,
        ...(i % 2 === 0 ? {} : { epsilon }),
        ...(negativeSlope === 1 ? {} : { negativeSlope }),
      }),
    reference,
    bound: ([x, gamma, beta]) => errorBound(x!, gamma!, beta!, momentsOf(x!).variance, epsilon),
  };
}

function inferenceSample(shape: readonly number[], i: number): OpSample {
  const features = shape[shape.length - 1]!;
  const negativeSlope = SLOPES[(i + 1) % 3]!;
  const x = ndRandom(shape, i, -2, 3);
  const gamma = ndRandom([features], 100 + i, -2, 2);
  const mean = ndRandom([features], 300 + i);
  const variance = ndRandom([features], 400 + i, 0.25, 4);
  const moments: Moments = { mean: Array.from(mean.values), variance: Array.from(variance.values) };
  const beta = awayFromKink(ndRandom([features], 200 + i), (shift) => normalize(x, gamma, shift, moments, 1e-3, 1));
  return {
    label: `${printShape(shape)}, slope ${negativeSlope}`,
    inputs: [x, gamma, beta, mean, variance],
    run: ([x, gamma, beta, mean, variance]) =>
      batchNormInference(x!, { mean: mean!, variance: variance! }, { gamma: gamma!, beta: beta!, negativeSlope }),
    reference: ([x, gamma, beta]) => normalize(x!, gamma!, beta!, moments, 1e-3, negativeSlope),
    bound: ([x, gamma, beta]) => {
      const { values } = errorBound(x!, gamma!, beta!, moments.variance, 1e-3);
      return nd(
        shape,
        values.map((value) => value + 32 * UNIT * 10),
      );
    },
  };
}

/** The mean and the variance, one after the other. */
function momentsSample(shape: readonly number[], i: number): OpSample {
  const reference = ([x]: readonly Nd[]): Nd => {
    const { mean, variance } = momentsOf(x!);
    return nd([2 * mean.length], [...mean, ...variance]);
  };
  return {
    label: printShape(shape),
    inputs: [ndRandom(shape, 500 + i, -2, 3)],
    run: ([x]) => {
      const { mean, variance } = batchMoments(x!);
      return concat([mean, variance]);
    },
    reference,
    // The mean has rows + 1 roundings, the variance about twice as many; values are below 3, squares below 25.
    bound: ([x]) =>
      nd(
        reference([x!]).shape,
        reference([x!]).values.map(() => (2 * x!.values.length + 16) * UNIT * 25),
      ),
  };
}

export const batchNormalizationCases: readonly OpCase[] = [
  { name: 'batchNormTraining', samples: SHAPES.map(trainingSample), float32: 'bound' },
  { name: 'batchMoments', samples: SHAPES.map(momentsSample), float32: 'bound' },
  { name: 'batchNormInference', samples: SHAPES.map(inferenceSample), float32: 'bound' },
];
