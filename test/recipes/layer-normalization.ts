/**
 * A layer by the recipe of examples/guides/contributing.md: LayerNormalization over the last axis, made of operations
 * that exist.
 */
import { ones, variable, zeros } from '../../src/autograd/tensor.ts';
import { ShapeError } from '../../src/core/errors.ts';
import { number, readOptions, shape } from '../../src/core/options.ts';
import { defineLayer, type Layer, type LayerConfig } from '../../src/nn/layer.ts';
import { add, div, mul, sub } from '../../src/ops/arithmetic.ts';
import { mean } from '../../src/ops/reduce.ts';
import { sqrt, square } from '../../src/ops/unary.ts';

export interface LayerNormalizationConfig extends LayerConfig {
  /** Added to the variance. Default 1e-3. */
  readonly epsilon?: number | undefined;
}

const OPTIONS = { epsilon: number({ from: 0 }).or(1e-3), inputShape: shape().optional() };

/** y = gamma (x - mean) / sqrt(variance + epsilon) + beta, with mean and variance of each row of features. */
export function layerNormalization(config: LayerNormalizationConfig = {}): Layer {
  const where = 'layerNormalization';
  const { epsilon, inputShape: firstShape } = readOptions(where, config, OPTIONS);
  return defineLayer(where, 'LayerNormalization', firstShape, (inputShape) => {
    const features = inputShape[inputShape.length - 1];
    if (features === undefined) throw new ShapeError(`${where}: items must have a last axis of features; got scalars`);
    const gamma = variable(ones([features]), 'gamma');
    const beta = variable(zeros([features]), 'beta');
    return {
      kind: 'LayerNormalization',
      settings: { epsilon },
      outputShape: inputShape,
      weights: [gamma, beta],
      trainableWeights: [gamma, beta],
      call(x) {
        const centered = sub(x, mean(x, { axis: -1, keepDims: true }));
        const variance = mean(square(centered), { axis: -1, keepDims: true });
        return add(mul(gamma, div(centered, sqrt(add(variance, epsilon)))), beta);
      },
    };
  });
}
