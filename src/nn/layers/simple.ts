/** Layers without weights: activation, leakyReLU, flatten, reshape, dropout. */
import { isArray } from '../../core/check.ts';
import { ArgumentError, ShapeError } from '../../core/errors.ts';
import { number, option, readOptions, shape } from '../../core/options.ts';
import { checkShape, formatShape, MAX_RANK, type Shape, sizeOf } from '../../core/shape.ts';
import { dropout as dropoutOp } from '../../ops/dropout.ts';
import { reshape as reshapeOp } from '../../ops/reshape.ts';
import { leakyRelu } from '../../ops/unary.ts';
import { type ActivationName, activationName, getActivation } from '../activations.ts';
import { defineLayer, type Layer, type LayerConfig, stateless } from '../layer.ts';

const INPUT_SHAPE = { inputShape: shape().optional() };

/**
 * Applies an activation by name: 'linear', 'relu', 'leakyRelu' (slope 0.3), 'tanh', 'sigmoid', 'elu' (alpha 1),
 * 'exponential', 'gelu', 'hardSigmoid', 'mish', 'relu6', 'selu', 'softmax' (last axis), 'softplus', 'softsign', or
 * 'swish', also named 'silu'.
 *
 * @throws ArgumentError for another name, or an unknown option.
 * @example
 * sequential([layers.activation('relu', { inputShape: [2] })]).predict(tensor([[2, -1]])); // [[2, 0]]
 */
export function activation(name: ActivationName, config: LayerConfig = {}): Layer {
  const where = 'layers.activation';
  activationName().check(where, 'activation', name);
  const apply = getActivation(name);
  const { inputShape } = readOptions(where, config, INPUT_SHAPE);
  return defineLayer(where, 'Activation', inputShape, (items) =>
    stateless('Activation', { activation: name }, items, (x) => apply(x)),
  );
}

/** The options of layers.leakyReLU(). */
export interface LeakyReLUConfig extends LayerConfig {
  /** Slope below zero. Default 0.3. */
  readonly negativeSlope?: number | undefined;
}

const LEAKY_RELU_OPTIONS = { ...INPUT_SHAPE, negativeSlope: number({ from: 0 }).or(0.3) };

/**
 * y = x where x > 0, else negativeSlope x. Items keep their shape.
 *
 * @throws ArgumentError if the slope is negative, or for an unknown option.
 * @example
 * const model = sequential([layers.leakyReLU({ negativeSlope: 0.2, inputShape: [2] })]);
 * model.predict(tensor([[2, -1]])); // [[2, -0.2]]
 */
export function leakyReLU(config: LeakyReLUConfig = {}): Layer {
  const where = 'layers.leakyReLU';
  const { negativeSlope, inputShape } = readOptions(where, config, LEAKY_RELU_OPTIONS);
  return defineLayer(where, 'LeakyReLU', inputShape, (items) =>
    stateless('LeakyReLU', { negativeSlope }, items, (x) => leakyRelu(x, negativeSlope), { negativeSlope }),
  );
}

/** The options of layers.flatten(). */
export type FlattenConfig = LayerConfig;

/**
 * Flattens items to vectors: [n, 28, 28, 1] -> [n, 784].
 *
 * @throws ArgumentError for an unknown option.
 * @example
 * sequential([layers.flatten({ inputShape: [28, 28, 1] })]).outputShape; // [784]
 */
export function flatten(config: FlattenConfig = {}): Layer {
  const where = 'layers.flatten';
  const { inputShape } = readOptions(where, config, INPUT_SHAPE);
  return defineLayer(where, 'Flatten', inputShape, (items) => {
    const size = sizeOf(items);
    return stateless('Flatten', {}, [size], (x) => reshapeOp(x, [x.shape[0]!, size]));
  });
}

/** The options of layers.reshape(). */
export interface ReshapeConfig extends LayerConfig {
  /** Shape of one output item. One size may be -1: it is computed from the others. */
  readonly targetShape: Shape;
}

const RESHAPE_OPTIONS = { ...INPUT_SHAPE, targetShape: option<Shape>(checkTargetShape) };

/**
 * Gives items another shape with as many elements: [n, 784] -> [n, 28, 28, 1].
 *
 * @throws ArgumentError for a wrong option. build() throws a ShapeError if the items have another number of elements.
 * @example
 * sequential([layers.reshape({ targetShape: [28, 28, 1], inputShape: [784] })]).outputShape; // [28, 28, 1]
 */
export function reshape(config: ReshapeConfig): Layer {
  const where = 'layers.reshape';
  const { targetShape, inputShape } = readOptions(where, config, RESHAPE_OPTIONS);
  return defineLayer(where, 'Reshape', inputShape, (items) => {
    const target = completeShape(targetShape, sizeOf(items));
    if (sizeOf(items) !== sizeOf(target)) {
      throw new ShapeError(
        `${where}: items of shape ${formatShape(items)} do not fill targetShape ${formatShape(targetShape)}`,
      );
    }
    return stateless('Reshape', {}, target, (x) => reshapeOp(x, [x.shape[0]!, ...target]));
  });
}

/** Checks a shape in which one size may be -1. */
function checkTargetShape(where: string, argument: string, value: unknown): Shape {
  if (!isArray(value) || value.length > MAX_RANK) return checkShape(where, argument, value);
  const open = value.indexOf(-1);
  const known = checkShape(
    where,
    argument,
    value.filter((_, axis) => axis !== open),
  );
  return open < 0 ? known : [...known.slice(0, open), -1, ...known.slice(open)];
}

/** Replaces the -1 in `target` so that it has `size` elements. If that is impossible, the result has another size. */
function completeShape(target: Shape, size: number): Shape {
  if (!target.includes(-1)) return target;
  const known = -sizeOf(target);
  return target.map((side) => (side === -1 ? Math.floor(size / Math.max(known, 1)) : side));
}

/** The options of layers.dropout(). */
export interface DropoutConfig extends LayerConfig {
  /** Probability that an element is dropped, 0 <= rate < 1. */
  readonly rate: number;
}

const DROPOUT_OPTIONS = { ...INPUT_SHAPE, rate: number({ from: 0, below: 1 }) };

/**
 * In training, sets each element to 0 with probability `rate` and scales the others by 1 / (1 - rate). In inference it
 * changes nothing. A training call needs a `random` generator: model.call(x, { training: true, random }).
 *
 * @throws ArgumentError if `rate` is not from 0 to below 1, and from a training call without a generator.
 * @example
 * const model = sequential([layers.dropout({ rate: 0.5, inputShape: [3] })]);
 * model.predict(ones([1, 3])); // [[1, 1, 1]]
 * model.call(ones([1, 3]), { training: true, random: createRandom(1) }); // zeros and twos
 */
export function dropout(config: DropoutConfig): Layer {
  const where = 'layers.dropout';
  const { rate, inputShape } = readOptions(where, config, DROPOUT_OPTIONS);
  return defineLayer(where, 'Dropout', inputShape, (items) =>
    stateless('Dropout', { rate }, items, (x, { training = false, random }) => {
      if (!training || rate === 0) return x;
      if (random === undefined) {
        throw new ArgumentError(
          `${where}: a training call needs a random generator: call(x, { training: true, random: createRandom(1) })`,
        );
      }
      return dropoutOp(x, rate, random);
    }),
  );
}
