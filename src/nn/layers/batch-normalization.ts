/**
 * BatchNormalization with Keras's conventions: the batch's mean and biased variance in training, moving ones in inference, and
 *   moving = momentum moving + (1 - momentum) batch,
 * once for every call in training.
 */
import { ones, type Tensor, type Variable, variable, zeros } from '../../autograd/tensor.ts';
import { ShapeError } from '../../core/errors.ts';
import { boolean, number, readOptions, shape } from '../../core/options.ts';
import { movingAverage } from '../../kernels/library/moments.ts';
import { batchMoments, batchNormInference, batchNormTraining } from '../../ops/batch-normalization.ts';
import { type CallOptions, defineLayer, type Layer, type LayerConfig } from '../layer.ts';

export interface BatchNormalizationConfig extends LayerConfig {
  /** How much of the moving statistics stays at each step, in [0, 1]. Default 0.99. */
  readonly momentum?: number | undefined;
  /** Added to the variance. Default 1e-3. */
  readonly epsilon?: number | undefined;
  /** Whether a learned beta is added. Default true. */
  readonly center?: boolean | undefined;
  /** Whether the normalised features are multiplied by a learned gamma. Default true; without gamma and beta they keep mean 0 and variance 1. */
  readonly scale?: boolean | undefined;
}

const OPTIONS = {
  momentum: number({ from: 0, to: 1 }).or(0.99),
  epsilon: number({ from: 0 }).or(1e-3),
  center: boolean().or(true),
  scale: boolean().or(true),
  inputShape: shape().optional(),
};

/**
 * Normalises each feature (the last axis) over the batch, then scales by gamma and shifts by beta.
 *
 * In training a feature that is the same in all rows, as every feature is in a batch of one, becomes beta (up to the rounding of the mean),
 * and no gradient flows back through it but beta's.
 */
export function batchNormalization(config: BatchNormalizationConfig = {}): Layer {
  const where = 'layers.batchNormalization';
  const { momentum, epsilon, center, scale, inputShape: firstShape } = readOptions(where, config, OPTIONS);
  // Settings that are on by default are left out: checkpoints of older trainings do not have them.
  const settings = { momentum, epsilon, ...(!center && { center: 'off' }), ...(!scale && { scale: 'off' }) };
  return defineLayer(where, 'BatchNormalization', firstShape, (inputShape) => {
    const features = inputShape[inputShape.length - 1];
    if (features === undefined) throw new ShapeError(`${where}: items must have a last axis of features; got scalars`);
    const gamma = variable(ones([features]), 'gamma');
    const beta = variable(zeros([features]), 'beta');
    // Gamma and beta that are not learned stay 1 and 0, and are no weights.
    const learned = [...(scale ? [gamma] : []), ...(center ? [beta] : [])];
    const mean = variable(zeros([features]), 'moving_mean');
    const variance = variable(ones([features]), 'moving_variance');

    const call = (x: Tensor, { training = false }: CallOptions, negativeSlope = 1): Tensor => {
      const options = { gamma, beta, epsilon, negativeSlope };
      if (!training) return batchNormInference(x, { mean, variance }, options);
      const moments = batchMoments(x);
      move(mean, moments.mean, momentum);
      move(variance, moments.variance, momentum);
      return batchNormTraining(x, moments, options);
    };
    return {
      kind: 'BatchNormalization',
      settings,
      outputShape: inputShape,
      weights: [...learned, mean, variance],
      trainableWeights: learned,
      call: (x, options) => call(x, options),
      callWithLeakyRelu: call,
    };
  });
}

function move(moving: Variable, batch: Tensor, momentum: number): void {
  movingAverage.run(moving.address, batch.address, momentum, 1 - momentum, moving.size);
  moving.storage.changed();
}
