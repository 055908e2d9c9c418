/** What a layer is: a description that, built for an input shape, owns its weights and maps a batch to a batch. */
import { checkRandom, type Random } from '../autograd/random.ts';
import { checkTensor, Tensor, Variable } from '../autograd/tensor.ts';
import { describe, hasMethods, isInstance, isListOf, isPlainObject } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { boolean, type Option, option, readOptions } from '../core/options.ts';
import { checkShape, formatShape, type Shape, sameShape } from '../core/shape.ts';

export interface CallOptions {
  /** Batch statistics and dropout on, moving statistics updated. Default false. */
  readonly training?: boolean | undefined;
  /** Where dropout takes its randomness from; needed only by layers that have some, in training. */
  readonly random?: Random | undefined;
}

/** What every layer can be told, though only a model's first layer needs it. */
export interface LayerConfig {
  /** Shape of one input item. Needed only in a model's first layer; a model without it is built at its first call. */
  readonly inputShape?: Shape | undefined;
}

/** A layer as its maker describes it. It may be built several times, each time with weights of its own. */
export interface Layer {
  /** Keras's class name: Dense, BatchNormalization, ... */
  readonly kind: string;
  /** Shape of one input item, if the maker was told (needed only in a model's first layer). */
  readonly inputShape?: Shape | undefined;
  /** Makes the weights for items of this shape. Throws a ShapeError if the layer cannot take them. */
  build(inputShape: Shape, random: Random): BuiltLayer;
}

export interface BuiltLayer {
  readonly kind: string;
  /** What beside the weights decides its output: a slope, a rate, an activation. A resumed training must have the same. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** Shape of one output item. */
  readonly outputShape: Shape;
  /** All weights in Keras's order, named `kernel`, `bias`, `gamma`, ... */
  readonly weights: readonly Variable[];
  readonly trainableWeights: readonly Variable[];
  /** [n, ...inputShape] -> [n, ...outputShape] */
  call(x: Tensor, options: CallOptions): Tensor;
  /** Slope below zero, if the layer is nothing but a LeakyReLU: what a layer before it may take over. */
  readonly negativeSlope?: number;
  /** This layer and a LeakyReLU behind it in one pass, where the layer can. */
  callWithLeakyRelu?(x: Tensor, options: CallOptions, negativeSlope: number): Tensor;
}

/** @internal The options of a call of a model or of one of its layers. */
export const CALL_OPTIONS: {
  readonly training: Option<boolean, boolean, 'optional'>;
  readonly random: Option<Random, Random | undefined, 'optional'>;
} = { training: boolean().or(false), random: option<Random>(checkRandom).optional() };

/** A layer of this library: its build() checks its arguments before it uses them. */
export function defineLayer(
  where: string,
  kind: string,
  inputShape: Shape | undefined,
  build: (items: Shape, random: Random) => BuiltLayer,
): Layer {
  return {
    kind,
    inputShape,
    build(items, random) {
      const shape = checkShape(`${where}.build`, 'inputShape', items);
      const built = build(shape, checkRandom(`${where}.build`, 'random', random));
      const call: BuiltLayer['call'] = (x, options) =>
        built.call(checkTensor(`${where}.call`, 'x', x), readOptions(`${where}.call`, options, CALL_OPTIONS));
      return { ...built, call };
    },
  };
}

/** What build() of a layer returned, or an ArgumentError that says what is missing in it. Users write layers of their own. */
export function checkBuiltLayer(where: string, built: unknown): BuiltLayer {
  const refuse = (what: string, value: unknown): never => {
    throw new ArgumentError(`${where}: build() must return ${what}; got ${describe(value)}`);
  };
  if (typeof built !== 'object' || built === null) return refuse('a built layer, an object', built);
  const { kind, settings, outputShape, weights, trainableWeights } = built as Partial<BuiltLayer>;
  if (typeof kind !== 'string') return refuse('a kind, a string', kind);
  if (!isPlainObject(settings)) return refuse('settings, a plain object', settings);
  if (!isListOf(weights, isVariable)) return refuse('weights, a list of variables', weights);
  if (!isListOf(trainableWeights, isVariable)) return refuse('trainableWeights, a list of variables', trainableWeights);
  if (!hasMethods(built, ['call'])) return refuse('a function call(x, options)', (built as Partial<BuiltLayer>).call);
  checkShape(where, 'outputShape of the built layer', outputShape);
  return built as BuiltLayer;
}

function isVariable(value: unknown): value is Variable {
  return isInstance(value, Variable);
}

/** What call() of a layer returned: a tensor of as many items as came in, of the shape that the layer has announced. */
export function checkOutput(
  where: string,
  place: number,
  { kind, outputShape }: BuiltLayer,
  output: unknown,
  count: number,
): Tensor {
  if (!isInstance(output, Tensor)) {
    throw new ArgumentError(`${where}: layer ${place} (${kind}): call() must return a Tensor; got ${describe(output)}`);
  }
  const expected = [count, ...outputShape];
  if (!sameShape(output.shape, expected)) {
    throw new ShapeError(
      `${where}: layer ${place} (${kind}): call() returned ${formatShape(output.shape)}; its outputShape ${formatShape(outputShape)} promises ${formatShape(expected)}`,
    );
  }
  return output;
}

/** A layer without weights. */
export function stateless(
  kind: string,
  settings: BuiltLayer['settings'],
  outputShape: Shape,
  call: BuiltLayer['call'],
  extra: Pick<BuiltLayer, 'negativeSlope'> = {},
): BuiltLayer {
  return { kind, settings, outputShape, weights: [], trainableWeights: [], call, ...extra };
}
