/**
 * Batch normalisation over all axes but the last, and the LeakyReLU that follows it, in one pass:
 *   inverse = 1 / sqrt(variance + epsilon);  xhat = (x - mean) inverse
 *   v = gamma xhat + beta;  y = v > 0 ? v : slope v
 * In training, mean and (biased) variance are those of the batch, and the gradient flows through them. In inference
 * they are given.
 *   dv = v > 0 ? dy : slope dy;  dbeta = sum dv;  dgamma = sum dv xhat
 *   training:  dx = gamma inverse (dv - dbeta / rows - xhat dgamma / rows)
 *   inference: dx = gamma inverse dv;  dmean = -gamma inverse dbeta;  dinverse = gamma dgamma / inverse
 * Fused kernels compute these gradients, and ops do where they are recorded.
 * Source: S. Ioffe, C. Szegedy, "Batch Normalization", ICML 2015. Epsilon and the moving statistics follow Keras.
 */
import { copyOf } from '../autograd/copy.ts';
import { isRecorded, type Pullback, record } from '../autograd/record.ts';
import { checkTensor, Tensor } from '../autograd/tensor.ts';
import { fieldsOf } from '../core/check.ts';
import { ShapeError } from '../core/errors.ts';
import { number, option, readOptions } from '../core/options.ts';
import { formatShape } from '../core/shape.ts';
import type { Address } from '../kernels/kernel.ts';
import { batchNormalize, batchNormalizeBackward, batchNormalizeSums } from '../kernels/library/batch-normalization.ts';
import { inverseStddev, moments as momentsKernel } from '../kernels/library/moments.ts';
import { add, div, mul, neg, sub } from './arithmetic.ts';
import { repeatTo, sumTo } from './internal/broadcasting.ts';
import { leakyReluGradient } from './internal/leaky-relu.ts';
import { rememberLast } from './internal/remember-last.ts';
import { square } from './unary.ts';

/** The options of batchNormTraining() and batchNormInference(). */
export interface BatchNormOptions {
  /** Scale of each feature, [features]. */
  readonly gamma: Tensor;
  /** Shift of each feature, [features]. */
  readonly beta: Tensor;
  /** Added to the variance. Default 1e-3. */
  readonly epsilon?: number | undefined;
  /** Slope of a LeakyReLU applied to the result. Default 1: none. */
  readonly negativeSlope?: number | undefined;
}

const OPTIONS = {
  gamma: option<Tensor>(checkTensor),
  beta: option<Tensor>(checkTensor),
  epsilon: number({ from: 0 }).or(1e-3),
  negativeSlope: number({ from: 0 }).or(1),
};

/** Mean and variance of each feature. */
export interface BatchMoments {
  /** [features] */
  readonly mean: Tensor;
  /** [features]. Biased: the sum of squares is divided by the number of rows. */
  readonly variance: Tensor;
}

/**
 * The mean and the biased variance of each feature (last axis) of x [..., features]:
 *   dx = dmean / rows;  dx = dvariance 2 (x - mean) / rows
 *
 * @throws ArgumentError if x is no tensor; ShapeError if it is a scalar.
 * @example
 * const { mean, variance } = batchMoments(tensor([[1, 10], [3, 30]]));
 * mean; // [2, 20]
 * variance; // [1, 100]
 */
export function batchMoments(x: Tensor): BatchMoments {
  const { rows, features } = sizes('batchMoments', x);
  const mean = new Tensor([features]);
  const variance = new Tensor([features]);
  momentsKernel.run(mean.address, variance.address, x.address, rows, features, features);
  record('batchMoments', mean, [x], [(dy) => repeatTo(div(dy, rows), x.shape)]);
  record('batchMoments', variance, [x], [(dy) => mul(sub(x, mean), div(add(dy, dy), rows))]);
  return { mean, variance };
}

/**
 * Normalises x [..., features] with its own moments, which must come from batchMoments(x). The gradient treats them as
 * functions of x.
 *
 * @throws ShapeError if gamma, beta or a moment is not [features]; ArgumentError for a wrong option.
 * @example
 * const x = tensor([[1, 10], [3, 30]]);
 * batchNormTraining(x, batchMoments(x), { gamma: ones([2]), beta: zeros([2]), epsilon: 0 }); // [[-1, -1], [1, 1]]
 */
export function batchNormTraining(x: Tensor, moments: BatchMoments, options: BatchNormOptions): Tensor {
  const { rows } = sizes('batchNormTraining', x);
  return normalize('batchNormTraining', x, moments, options, 1 / rows);
}

/**
 * Normalises x [..., features] with given moments. They may change after the call, as moving statistics do: the
 * gradients use the values that they had at the call. If the moments are tracked, there are gradients of them too.
 *
 * @throws ShapeError if gamma, beta or a moment is not [features]; ArgumentError for a wrong option.
 * @example
 * const moments = { mean: tensor([2]), variance: tensor([4]) };
 * batchNormInference(tensor([[4], [0]]), moments, { gamma: ones([1]), beta: zeros([1]), epsilon: 0 }); // [[1], [-1]]
 */
export function batchNormInference(x: Tensor, moments: BatchMoments, options: BatchNormOptions): Tensor {
  return normalize('batchNormInference', x, moments, options, 0);
}

function normalize(where: string, x: Tensor, moments: BatchMoments, options: BatchNormOptions, share: number): Tensor {
  const { rows, features } = sizes(where, x);
  const { gamma, beta, epsilon, negativeSlope: slope } = readOptions(where, options, OPTIONS);
  const given = fieldsOf(where, 'moments', moments, ['mean', 'variance'], 'what batchMoments() returns');
  checkFeatures(where, 'gamma', gamma, features);
  checkFeatures(where, 'beta', beta, features);
  const givenMean = checkFeatures(where, 'mean', given.mean, features);
  const variance = checkFeatures(where, 'variance', given.variance, features);
  // A training step may update the moving statistics before the gradient is taken, so the gradient keeps a copy.
  const training = share !== 0;
  const keeps = !training && isRecorded([x, gamma, beta, givenMean, variance]);
  const mean = keeps ? record('copy', copyOf(givenMean), [givenMean], [(dy) => dy]) : givenMean;
  const inverse = inverseOf(variance, epsilon);
  const statistics = (): [Address, Address, Address, Address] => [
    mean.address,
    inverse.address,
    gamma.address,
    beta.address,
  ];
  const y = new Tensor(x.shape);
  batchNormalize.run(y.address, x.address, ...statistics(), slope, rows, features);

  // The gradients share these sums. A GAN step has two tapes, which come with different dy.
  const fused = rememberLast((dy: Tensor) => {
    const dgamma = new Tensor([features]);
    const dbeta = new Tensor([features]);
    batchNormalizeSums.run(
      dgamma.address,
      dbeta.address,
      dy.address,
      x.address,
      ...statistics(),
      slope,
      rows,
      features,
      features,
    );
    return { dgamma, dbeta };
  });
  const fusedBackward = (dy: Tensor): Tensor => {
    const { dgamma, dbeta } = fused(dy);
    const dx = new Tensor(x.shape);
    batchNormalizeBackward.run(
      dx.address,
      dy.address,
      x.address,
      ...statistics(),
      dgamma.address,
      dbeta.address,
      slope,
      share,
      rows,
      features,
    );
    return dx;
  };

  // The same in recorded ops. Where v > 0, y > 0. In training, mean and inverse are functions of x.
  const recorded = rememberLast((dy: Tensor) => {
    const own = training ? batchMoments(x) : undefined;
    const scale = own === undefined ? inverse : inverseOf(own.variance, epsilon);
    const xhat = mul(sub(x, own?.mean ?? mean), scale);
    const dv = slope === 1 ? dy : leakyReluGradient(y, slope)(dy);
    const dgamma = sumTo(mul(dv, xhat), [features]);
    const dbeta = sumTo(dv, [features]);
    const dxhat = training ? sub(sub(dv, div(dbeta, rows)), mul(xhat, div(dgamma, rows))) : dv;
    return { dgamma, dbeta, dx: mul(dxhat, mul(gamma, scale)) };
  });

  const inputs = training ? [x, gamma, beta] : [x, gamma, beta, mean, inverse];
  // Without rows the moments are NaN, but the gradients are empty or zero.
  const composes = (dy: Tensor): boolean => rows > 0 && isRecorded([dy, ...inputs]);
  const sums = (dy: Tensor) => (composes(dy) ? recorded(dy) : fused(dy));
  const pullbacks: Pullback[] = [
    (dy) => (composes(dy) ? recorded(dy).dx : fusedBackward(dy)),
    (dy) => sums(dy).dgamma,
    (dy) => sums(dy).dbeta,
    (dy) => neg(mul(mul(gamma, inverse), sums(dy).dbeta)),
    (dy) => div(mul(gamma, sums(dy).dgamma), inverse),
  ];
  return record(where, y, inputs, pullbacks.slice(0, inputs.length), [mean]);
}

/** y = 1 / sqrt(variance + epsilon); dvariance = -dy y^3 / 2 */
function inverseOf(variance: Tensor, epsilon: number): Tensor {
  const y = new Tensor(variance.shape);
  inverseStddev.run(y.address, variance.address, epsilon, variance.size);
  return record('inverseStddev', y, [variance], [(dy) => mul(mul(dy, -0.5), mul(y, square(y)))]);
}

function sizes(where: string, x: Tensor): { rows: number; features: number } {
  checkTensor(where, 'x', x);
  if (x.rank === 0) throw new ShapeError(`${where}: x must have a last axis of features; got a scalar`);
  const features = x.shape[x.rank - 1]!;
  return { rows: features === 0 ? 0 : x.size / features, features };
}

function checkFeatures(where: string, name: string, value: unknown, features: number): Tensor {
  const one = checkTensor(where, name, value);
  if (one.rank !== 1 || one.size !== features) {
    throw new ShapeError(
      `${where}: ${name} must have shape [${features}], one value per feature; got ${formatShape(one.shape)}`,
    );
  }
  return one;
}
