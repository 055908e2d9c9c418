/** Layers without weights: activation, leakyReLU, flatten, reshape, dropout. */
import { checkNumber, checkOptions, invalid } from '../../core/check.ts';
import { ArgumentError, ShapeError } from '../../core/errors.ts';
import { checkShape, formatShape, type Shape, sizeOf } from '../../core/shape.ts';
import { dropout as dropoutOp } from '../../ops/dropout.ts';
import { reshape as reshapeOp } from '../../ops/reshape.ts';
import { leakyRelu } from '../../ops/unary.ts';
import { type ActivationName, getActivation } from '../activations.ts';
import { type Layer, stateless } from '../layer.ts';

/** Applies an activation by name: 'linear', 'relu', 'leakyRelu', 'tanh', 'sigmoid'. */
export function activation(name: ActivationName): Layer {
  const apply = getActivation('layers.activation', name);
  return {
    kind: 'Activation',
    build: (shape) => stateless('Activation', { activation: name }, shape, (x) => apply(x)),
  };
}

export interface LeakyReLUConfig {
  /** Slope below zero. Default 0.3. */
  readonly negativeSlope?: number;
}

/** y = x where x > 0, else negativeSlope x. */
export function leakyReLU(config: LeakyReLUConfig = {}): Layer {
  checkOptions('layers.leakyReLU', config, ['negativeSlope']);
  const negativeSlope = checkNumber('layers.leakyReLU', 'negativeSlope', config.negativeSlope ?? 0.3, 0);
  return {
    kind: 'LeakyReLU',
    build: (shape) =>
      stateless('LeakyReLU', { negativeSlope }, shape, (x) => leakyRelu(x, negativeSlope), { negativeSlope }),
  };
}

export interface FlattenConfig {
  /** Shape of one input item, needed in a model's first layer only. */
  readonly inputShape?: Shape;
}

/** Items become vectors: [n, 28, 28, 1] -> [n, 784]. */
export function flatten(config: FlattenConfig = {}): Layer {
  checkOptions('layers.flatten', config, ['inputShape']);
  return {
    kind: 'Flatten',
    inputShape:
      config.inputShape === undefined ? undefined : checkShape('layers.flatten', 'inputShape', config.inputShape),
    build(shape) {
      const size = sizeOf(shape);
      return stateless('Flatten', {}, [size], (x) => reshapeOp(x, [x.shape[0]!, size]));
    },
  };
}

export interface ReshapeConfig {
  /** Shape of one output item. */
  readonly targetShape: Shape;
}

/** Items take another shape of the same size: [n, 784] -> [n, 28, 28, 1]. */
export function reshape(config: ReshapeConfig): Layer {
  const where = 'layers.reshape';
  checkOptions(where, config ?? null, ['targetShape']);
  const target = checkShape(where, 'targetShape', config.targetShape);
  return {
    kind: 'Reshape',
    build(shape) {
      if (sizeOf(shape) !== sizeOf(target)) {
        throw new ShapeError(
          `${where}: items of shape ${formatShape(shape)} do not fill targetShape ${formatShape(target)}`,
        );
      }
      return stateless('Reshape', {}, target, (x) => reshapeOp(x, [x.shape[0]!, ...target]));
    },
  };
}

export interface DropoutConfig {
  /** Probability that an element is dropped, 0 <= rate < 1. */
  readonly rate: number;
}

/** In training each element is dropped with probability `rate`, the others scaled by 1 / (1 - rate). Draws from the call's `random`. */
export function dropout(config: DropoutConfig): Layer {
  const where = 'layers.dropout';
  checkOptions(where, config ?? null, ['rate']);
  const rate = checkNumber(where, 'rate', config.rate, 0);
  if (rate >= 1) invalid(where, 'rate', 'below 1', rate);
  return {
    kind: 'Dropout',
    build: (shape) =>
      stateless('Dropout', { rate }, shape, (x, { training = false, random }) => {
        if (!training || rate === 0) return x;
        if (random === undefined) {
          throw new ArgumentError(
            `${where}: a training call needs a random generator: call(x, { training: true, random: createRandom(1) })`,
          );
        }
        return dropoutOp(x, rate, random);
      }),
  };
}
