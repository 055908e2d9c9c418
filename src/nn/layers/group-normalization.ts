/** GroupNormalization and LayerNormalization: xhat = (x - mean) / sqrt(variance + epsilon); y = gamma xhat + beta. */
import { ones, type Tensor, variable, zeros } from '../../autograd/tensor.ts';
import { invalid } from '../../core/check.ts';
import { ShapeError } from '../../core/errors.ts';
import { boolean, number, option, readOptions, shape } from '../../core/options.ts';
import { formatShape, type Shape } from '../../core/shape.ts';
import { type GroupNormOptions, groupNorm, layerNorm } from '../../ops/group-normalization.ts';
import { defineLayer, type Layer, type LayerConfig, type LayerKind } from '../layer.ts';

/** The options of layers.layerNormalization(). */
export interface LayerNormalizationConfig extends LayerConfig {
  /** Added to the variance. Default 1e-3. */
  readonly epsilon?: number | undefined;
  /** Whether beta is added. Default true. */
  readonly center?: boolean | undefined;
  /** Whether the result is multiplied by gamma. Default true. */
  readonly scale?: boolean | undefined;
}

/** The options of layers.groupNormalization(). */
export interface GroupNormalizationConfig extends LayerNormalizationConfig {
  /** Number of groups, a divisor of the number of channels. -1: one for each (instance normalisation). Default 32. */
  readonly groups?: number | undefined;
}

const LAYER_OPTIONS = {
  epsilon: number({ from: 0 }).or(1e-3),
  center: boolean().or(true),
  scale: boolean().or(true),
  inputShape: shape().optional(),
};

const GROUP_OPTIONS = {
  ...LAYER_OPTIONS,
  groups: option<number>((where, argument, value) =>
    typeof value === 'number' && Number.isInteger(value) && (value >= 1 || value === -1)
      ? value
      : invalid(where, argument, 'a whole number of at least 1, or -1 for as many groups as channels', value),
  ).or(32),
};

/**
 * Normalises each item over its last axis, so that items do not depend on each other: [..., features] keeps its shape.
 *
 * @throws ArgumentError for a wrong option. build() throws a ShapeError if the items have no axis.
 * @example
 * const model = sequential([layers.layerNormalization({ epsilon: 0, inputShape: [2] })]);
 * model.predict(tensor([[1, 3], [10, 30]])); // [[-1, 1], [-1, 1]]
 */
export function layerNormalization(config: LayerNormalizationConfig = {}): Layer {
  const where = 'layers.layerNormalization';
  const options = readOptions(where, config, LAYER_OPTIONS);
  return normalization(where, 'LayerNormalization', options, {}, () => layerNorm);
}

/**
 * Normalises each item over groups of channels and all other axes: [..., channels] keeps its shape. It needs no batch,
 * and computes the same in training and in inference.
 *
 * @throws ArgumentError for a wrong option. build() throws a ShapeError if the groups do not divide the channels.
 * @example
 * const model = sequential([layers.groupNormalization({ groups: 8, inputShape: [14, 14, 64] })]);
 * model.outputShape; // [14, 14, 64]
 * layers.groupNormalization({ groups: -1 }); // instance normalisation
 */
export function groupNormalization(config: GroupNormalizationConfig = {}): Layer {
  const where = 'layers.groupNormalization';
  const { groups, ...options } = readOptions(where, config, GROUP_OPTIONS);
  return normalization(where, 'GroupNormalization', options, { groups }, (channels, items) => {
    const count = groups === -1 ? Math.max(channels, 1) : groups;
    if (channels % count !== 0) {
      throw new ShapeError(
        `${where}: groups must divide the number of channels; got ${count} for items ${formatShape(items)}`,
      );
    }
    return (x, given) => groupNorm(x, count, given);
  });
}

type Normalize = (x: Tensor, options: GroupNormOptions) => Tensor;

function normalization(
  where: string,
  kind: LayerKind,
  { epsilon, center, scale, inputShape: firstShape }: LayerNormalizationConfig & { readonly epsilon: number },
  settings: Readonly<Record<string, number>>,
  opFor: (channels: number, items: Shape) => Normalize,
): Layer {
  return defineLayer(where, kind, firstShape, (inputShape) => {
    const channels = inputShape[inputShape.length - 1];
    if (channels === undefined) throw new ShapeError(`${where}: items must have a last axis; got scalars`);
    const op = opFor(channels, inputShape);
    const gamma = variable(ones([channels]), 'gamma');
    const beta = variable(zeros([channels]), 'beta');
    // A gamma or beta that is not learned stays 1 or 0 and is not a weight.
    const weights = [...(scale ? [gamma] : []), ...(center ? [beta] : [])];
    return {
      kind,
      settings: { ...settings, epsilon },
      outputShape: inputShape,
      weights,
      trainableWeights: weights,
      call: (x) => op(x, { gamma, beta, epsilon }),
    };
  });
}
