/**
 * BatchNormalization with Keras's conventions: the batch's mean and biased variance in training, moving ones in inference, and
 *   moving = momentum moving + (1 - momentum) batch,
 * once for every call in training.
 */
import { ones, type Tensor, type Variable, variable, zeros } from '../../autograd/tensor.ts';
import { checkBoolean, checkNumber, checkOptions } from '../../core/check.ts';
import { ShapeError } from '../../core/errors.ts';
import { normalizationKernels } from '../../kernels/families/normalization.ts';
import { batchMoments, batchNormInference, batchNormTraining } from '../../ops/batch-normalization.ts';
import type { CallOptions, Layer } from '../layer.ts';

export interface BatchNormalizationConfig {
  /** How much of the moving statistics stays at each step, in [0, 1]. Default 0.99. */
  readonly momentum?: number;
  /** Added to the variance. Default 1e-3. */
  readonly epsilon?: number;
  /** Whether a learned beta is added. Default true. */
  readonly center?: boolean;
  /** Whether the normalised features are multiplied by a learned gamma. Default true; without gamma and beta they keep mean 0 and variance 1. */
  readonly scale?: boolean;
}

/**
 * Normalises each feature (the last axis) over the batch, then scales by gamma and shifts by beta.
 *
 * In training a feature that is the same in all rows, as every feature is in a batch of one, becomes beta (up to the rounding of the mean),
 * and no gradient flows back through it but beta's.
 */
export function batchNormalization(config: BatchNormalizationConfig = {}): Layer {
  const where = 'layers.batchNormalization';
  checkOptions(where, config, ['momentum', 'epsilon', 'center', 'scale']);
  const momentum = checkNumber(where, 'momentum', config.momentum ?? 0.99, 0, 1);
  const epsilon = checkNumber(where, 'epsilon', config.epsilon ?? 1e-3, 0);
  const center = checkBoolean(where, 'center', config.center ?? true);
  const scale = checkBoolean(where, 'scale', config.scale ?? true);
  // What is on by default stays unsaid: checkpoints of older trainings do not know it.
  const settings = { momentum, epsilon, ...(!center && { center: 'off' }), ...(!scale && { scale: 'off' }) };
  return {
    kind: 'BatchNormalization',
    build(inputShape) {
      const features = inputShape[inputShape.length - 1];
      if (features === undefined)
        throw new ShapeError(`${where}: items must have a last axis of features; got scalars`);
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
    },
  };
}

function move(moving: Variable, batch: Tensor, momentum: number): void {
  normalizationKernels().movingAverage(moving.address, batch.address, momentum, 1 - momentum, moving.size);
  moving.version++;
}
