/**
 * Batch normalisation over all axes but the last, and the LeakyReLU that follows it, in one pass:
 *   inverse = 1 / sqrt(variance + epsilon);  xhat = (x - mean) inverse
 *   v = gamma xhat + beta;  y = v > 0 ? v : slope v
 * In training, mean and (biased) variance are those of the batch, and the gradient flows through them. In inference
 * they are constants.
 *   dv = v > 0 ? dy : slope dy;  dbeta = sum dv;  dgamma = sum dv xhat
 *   dx = gamma inverse (dv - dbeta / rows - xhat dgamma / rows)   (inference: gamma inverse dv)
 * Source: S. Ioffe, C. Szegedy, "Batch Normalization", ICML 2015. Epsilon and the moving statistics follow Keras.
 */
import { copyOf } from '../autograd/copy.ts';
import { isRecorded, record } from '../autograd/record.ts';
import { checkTensor, Tensor } from '../autograd/tensor.ts';
import { fieldsOf } from '../core/check.ts';
import { ShapeError } from '../core/errors.ts';
import { number, option, readOptions } from '../core/options.ts';
import { formatShape } from '../core/shape.ts';
import { batchNormalize, batchNormalizeBackward, batchNormalizeSums } from '../kernels/library/batch-normalization.ts';
import { inverseStddev, moments as momentsKernel } from '../kernels/library/moments.ts';

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

export interface BatchMoments {
  /** [features] */
  readonly mean: Tensor;
  /** [features]. Biased: the sum of squares is divided by the number of rows. */
  readonly variance: Tensor;
}

/** The mean and the biased variance of each feature (last axis) of x [..., features]. They are not recorded. */
export function batchMoments(x: Tensor): BatchMoments {
  const { rows, features } = sizes('batchMoments', x);
  const mean = new Tensor([features]);
  const variance = new Tensor([features]);
  momentsKernel.run(mean.address, variance.address, x.address, rows, features, features);
  return { mean, variance };
}

/**
 * Normalises x [..., features] with its own moments, which must come from batchMoments(x). The gradient treats them as
 * functions of x.
 */
export function batchNormTraining(x: Tensor, moments: BatchMoments, options: BatchNormOptions): Tensor {
  const { rows } = sizes('batchNormTraining', x);
  return normalize('batchNormTraining', x, moments, options, 1 / rows);
}

/**
 * Normalises x [..., features] with given moments, which the gradient treats as constants. They may change after the
 * call, as moving statistics do: the gradient uses the values that they had at the call.
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
  const mean = share === 0 && isRecorded([x, gamma, beta]) ? copyOf(givenMean) : givenMean;
  const inverse = new Tensor([features]);
  inverseStddev.run(inverse.address, variance.address, epsilon, features);
  const y = new Tensor(x.shape);
  batchNormalize.run(
    y.address,
    x.address,
    mean.address,
    inverse.address,
    gamma.address,
    beta.address,
    slope,
    rows,
    features,
  );

  // The gradients of x, gamma and beta share these sums. A GAN step has two tapes, which come with different dy.
  let shared: { dy: Tensor; dgamma: Tensor; dbeta: Tensor } | undefined;
  const sums = (dy: Tensor): { dgamma: Tensor; dbeta: Tensor } => {
    if (shared?.dy === dy) return shared;
    const dgamma = new Tensor([features]);
    const dbeta = new Tensor([features]);
    batchNormalizeSums.run(
      dgamma.address,
      dbeta.address,
      dy.address,
      x.address,
      mean.address,
      inverse.address,
      gamma.address,
      beta.address,
      slope,
      rows,
      features,
      features,
    );
    shared = { dy, dgamma, dbeta };
    return shared;
  };
  const backward = (dy: Tensor): Tensor => {
    const { dgamma, dbeta } = sums(dy);
    const dx = new Tensor(x.shape);
    batchNormalizeBackward.run(
      dx.address,
      dy.address,
      x.address,
      mean.address,
      inverse.address,
      gamma.address,
      beta.address,
      dgamma.address,
      dbeta.address,
      slope,
      share,
      rows,
      features,
    );
    return dx;
  };
  return record(where, y, [x, gamma, beta], [backward, (dy) => sums(dy).dgamma, (dy) => sums(dy).dbeta], [mean]);
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
