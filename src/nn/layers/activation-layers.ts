/** Activations with settings or weights: softmax along an axis, ELU, PReLU. Others are layers.activation(name). */
import { type Variable, variable } from '../../autograd/tensor.ts';
import { checkInteger, invalid, isArray } from '../../core/check.ts';
import { ShapeError } from '../../core/errors.ts';
import { integer, number, option, readOptions, shape } from '../../core/options.ts';
import { formatShape, MAX_RANK } from '../../core/shape.ts';
import { elu as eluOp, prelu as preluOp } from '../../ops/activations.ts';
import { softmax as softmaxOp } from '../../ops/softmax.ts';
import { type Initializer, type InitializerName, initializer } from '../initializers.ts';
import { defineLayer, type Layer, type LayerConfig, stateless } from '../layer.ts';

/** The options of layers.softmax(). */
export interface SoftmaxConfig extends LayerConfig {
  /** The axis of the classes, from -1, the last one, to the first axis of an item. Default -1. */
  readonly axis?: number | undefined;
}

const INPUT_SHAPE = { inputShape: shape().optional() };
const SOFTMAX_OPTIONS = { ...INPUT_SHAPE, axis: integer(-MAX_RANK, -1).or(-1) };

/**
 * Softmax along an axis of the items: positive numbers that add up to 1.
 *
 * @throws ArgumentError if the axis is not negative, or for an unknown option.
 * @example
 * const model = sequential([layers.dense({ units: 10, inputShape: [784] }), layers.softmax()]);
 * model.outputShape; // [10]
 */
export function softmax(config: SoftmaxConfig = {}): Layer {
  const where = 'layers.softmax';
  const { axis, inputShape } = readOptions(where, config, SOFTMAX_OPTIONS);
  return defineLayer(where, 'Softmax', inputShape, (items) => {
    if (items.length < -axis) {
      throw new ShapeError(`${where}: items of shape ${formatShape(items)} have no axis ${axis}`);
    }
    return stateless('Softmax', { axis }, items, (x) => softmaxOp(x, axis));
  });
}

/** The options of layers.elu(). */
export interface EluConfig extends LayerConfig {
  /** -alpha is the limit for small x. Default 1. */
  readonly alpha?: number | undefined;
}

const ELU_OPTIONS = { ...INPUT_SHAPE, alpha: number({ from: 0 }).or(1) };

/**
 * y = x for x above 0, else alpha (e^x - 1). Items keep their shape.
 *
 * @throws ArgumentError if alpha is negative, or for an unknown option.
 * @example
 * sequential([layers.elu({ inputShape: [2] })]).predict(tensor([[2, -1]])); // [[2, -0.632120...]]
 */
export function elu(config: EluConfig = {}): Layer {
  const { alpha, inputShape } = readOptions('layers.elu', config, ELU_OPTIONS);
  return defineLayer('layers.elu', 'ELU', inputShape, (items) =>
    stateless('ELU', { alpha }, items, (x) => eluOp(x, alpha)),
  );
}

/** The options of layers.prelu(). */
export interface PreluConfig extends LayerConfig {
  /** Default 'zeros'. */
  readonly alphaInitializer?: InitializerName | Initializer | undefined;
  /**
   * The axes along which items share their slopes, counted from 1 as in Keras: [1, 2] gives each channel of an image
   * one slope. Default: none, each element has its own.
   */
  readonly sharedAxes?: readonly number[] | undefined;
}

const PRELU_OPTIONS = {
  ...INPUT_SHAPE,
  alphaInitializer: initializer().or('zeros'),
  sharedAxes: option<readonly number[]>(checkSharedAxes).or([]),
};

/**
 * y = x for x above 0, else alpha x, with a learned slope alpha. Items keep their shape.
 *
 * @throws ArgumentError for a wrong option. build() throws a ShapeError if the items lack a shared axis.
 * @example
 * const model = sequential([layers.prelu({ sharedAxes: [1, 2], inputShape: [28, 28, 8] })]);
 * model.weights[0]!.shape; // [1, 1, 8]
 */
export function prelu(config: PreluConfig = {}): Layer {
  const where = 'layers.prelu';
  const { alphaInitializer: initialize, sharedAxes, inputShape } = readOptions(where, config, PRELU_OPTIONS);
  return defineLayer(where, 'PReLU', inputShape, (items, random) => {
    const missing = sharedAxes.find((axis) => axis > items.length);
    if (missing !== undefined) {
      throw new ShapeError(`${where}: items of shape ${formatShape(items)} have no axis ${missing} to share`);
    }
    const slopes = items.map((size, axis) => (sharedAxes.includes(axis + 1) ? 1 : size));
    const alpha: Variable = variable(initialize(slopes, random), 'alpha');
    return {
      kind: 'PReLU',
      settings: {},
      outputShape: items,
      weights: [alpha],
      trainableWeights: [alpha],
      call: (x) => preluOp(x, alpha),
    };
  });
}

function checkSharedAxes(where: string, argument: string, value: unknown): readonly number[] {
  if (!isArray(value) || value.length > MAX_RANK)
    return invalid(where, argument, 'a list of axes, counted from 1', value);
  return Array.from(value, (axis, i) => checkInteger(where, `${argument}[${i}]`, axis, 1));
}
