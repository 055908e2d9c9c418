/**
 * BatchNormalization with Keras's conventions. Training uses the mean and the biased variance of the batch, inference
 * uses moving averages of them. Each training call updates these:
 *   moving = momentum moving + (1 - momentum) batch
 */
import { ones, type Tensor, type Variable, variable, zeros } from '../../autograd/tensor.ts';
import { ShapeError } from '../../core/errors.ts';
import { boolean, number, readOptions, shape } from '../../core/options.ts';
import { movingAverage } from '../../kernels/library/moments.ts';
import { batchMoments, batchNormInference, batchNormTraining } from '../../ops/batch-normalization.ts';
import { type CallOptions, defineLayer, type Layer, type LayerConfig } from '../layer.ts';

/** The options of layers.batchNormalization(). */
export interface BatchNormalizationConfig extends LayerConfig {
  /** Weight of the old moving statistics in an update, in [0, 1]. Default 0.99. */
  readonly momentum?: number | undefined;
  /** Added to the variance. Default 1e-3. */
  readonly epsilon?: number | undefined;
  /** Whether a learned beta is added. Default true. */
  readonly center?: boolean | undefined;
  /** Whether the normalised features are multiplied by a learned gamma. Default true. */
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
 * Normalises each feature (last axis) to mean 0 and variance 1 over the batch and all other axes, then multiplies by
 * gamma and adds beta.
 *
 * In training, a feature that is equal in all rows becomes beta, up to the rounding of the mean, and only beta gets a
 * gradient from it. In a batch of one row every feature is like that.
 *
 * @throws ArgumentError for a wrong option. build() throws a ShapeError if the items have no axis.
 * @example
 * const model = sequential([layers.batchNormalization({ momentum: 0.9, inputShape: [256] })]);
 * model.weights.map(({ name }) => name); // ['gamma', 'beta', 'moving_mean', 'moving_variance']
 */
export function batchNormalization(config: BatchNormalizationConfig = {}): Layer {
  const where = 'layers.batchNormalization';
  const { momentum, epsilon, center, scale, inputShape: firstShape } = readOptions(where, config, OPTIONS);
  // Written only where they differ from the default: older checkpoints do not have these settings.
  const settings = { momentum, epsilon, ...(!center && { center: 'off' }), ...(!scale && { scale: 'off' }) };
  return defineLayer(where, 'BatchNormalization', firstShape, (inputShape) => {
    const features = inputShape[inputShape.length - 1];
    if (features === undefined) throw new ShapeError(`${where}: items must have a last axis of features; got scalars`);
    const gamma = variable(ones([features]), 'gamma');
    const beta = variable(zeros([features]), 'beta');
    // A gamma or beta that is not learned stays 1 or 0 and is not a weight.
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

/** Moves a moving average towards the value of the batch. */
function move(moving: Variable, batch: Tensor, momentum: number): void {
  movingAverage.run(moving.address, moving.address, batch.address, momentum, 1 - momentum, moving.size);
  moving.storage.changed();
}
