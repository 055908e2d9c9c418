/** Layer and BuiltLayer. A Layer is a description; build() makes a BuiltLayer, which owns weights and maps batches. */
import { checkRandom, type Random } from '../autograd/random.ts';
import { checkTensor, Tensor, Variable } from '../autograd/tensor.ts';
import { describe, hasMethods, isInstance, isListOf, isPlainObject } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { boolean, type Option, option, readOptions } from '../core/options.ts';
import { checkShape, formatShape, type Shape, sameShape } from '../core/shape.ts';

/** The options of a call of a model or a layer. */
export interface CallOptions {
  /** Whether layers behave as in training: batch statistics, dropout, moving statistics updated. Default false. */
  readonly training?: boolean | undefined;
  /** Random generator of dropout layers. Needed only by them, and only in training. */
  readonly random?: Random | undefined;
}

/** Options of every layer. */
export interface LayerConfig {
  /**
   * Shape of one input item. Only a model's first layer uses it: with it the model is built at once, without it at the
   * first call.
   */
  readonly inputShape?: Shape | undefined;
}

/** The kinds of the library's layers. The tables over them, in layer-kinds.ts and src/onnx, have an entry for each. */
export type LayerKind =
  | 'Activation'
  | 'AveragePooling2D'
  | 'BatchNormalization'
  | 'Conv2D'
  | 'Conv2DTranspose'
  | 'Dense'
  | 'Dropout'
  | 'ELU'
  | 'Embedding'
  | 'Flatten'
  | 'GlobalAveragePooling2D'
  | 'GroupNormalization'
  | 'LayerNormalization'
  | 'LeakyReLU'
  | 'MaxPooling2D'
  | 'PReLU'
  | 'Reshape'
  | 'Residual'
  | 'Softmax'
  | 'SpectralNormalization'
  | 'UpSampling2D'
  | 'ZeroPadding2D';

/**
 * A description of a layer. It may be built several times; each built layer has its own weights.
 *
 * @example
 * const double: Layer = {
 *   kind: 'Double',
 *   build: (inputShape) => ({
 *     kind: 'Double',
 *     settings: {},
 *     outputShape: inputShape,
 *     weights: [],
 *     trainableWeights: [],
 *     call: (x) => mul(x, 2),
 *   }),
 * };
 * sequential([double]).call(tensor([[1, 2]])); // [[2, 4]]
 */
export interface Layer {
  /** Keras's class name: Dense, BatchNormalization, ... */
  readonly kind: string;
  /** Shape of one input item, if known. Used only in a model's first layer. */
  readonly inputShape?: Shape | undefined;
  /** Makes the weights for items of this shape. Throws a ShapeError if the layer cannot take such items. */
  build(inputShape: Shape, random: Random): BuiltLayer;
}

/** A layer with its weights, built for one input shape. */
export interface BuiltLayer {
  /** Keras's class name: Dense, BatchNormalization, ... */
  readonly kind: string;
  /**
   * The numbers and names that decide the output beside the weights: a slope, a rate, an activation. A training can
   * only be resumed with equal settings.
   */
  readonly settings: Readonly<Record<string, string | number>>;
  /** Shape of one output item. */
  readonly outputShape: Shape;
  /** All weights in Keras's order, named `kernel`, `bias`, `gamma`, ... */
  readonly weights: readonly Variable[];
  readonly trainableWeights: readonly Variable[];
  /**
   * All weights with names that differ, for a layer made of others: `0.kernel`, `1.kernel`. Default: their own names.
   */
  readonly namedWeights?: readonly (readonly [name: string, weight: Variable])[];
  /** The layer inside a layer that changes another's kernel. Absent in other layers. */
  readonly wrapped?: BuiltLayer;
  /** The layers of the two ways whose outputs a residual block adds. Absent in other layers. */
  readonly branches?: readonly [main: readonly BuiltLayer[], shortcut: readonly BuiltLayer[]];
  /** [n, ...inputShape] -> [n, ...outputShape] */
  call(x: Tensor, options: CallOptions): Tensor;
  /** The slope below zero, if the layer is a LeakyReLU. The layer before it may then compute it. */
  readonly negativeSlope?: number;
  /** Computes this layer with another kernel than its own. Absent if it has none. */
  callWithKernel?(x: Tensor, options: CallOptions, kernel: Tensor): Tensor;
  /** Computes this layer and the LeakyReLU after it in one pass. Absent if the layer cannot. */
  callWithLeakyRelu?(x: Tensor, options: CallOptions, negativeSlope: number): Tensor;
}

/** @internal The options of calls of models and layers. */
export const CALL_OPTIONS: {
  readonly training: Option<boolean, boolean, 'optional'>;
  readonly random: Option<Random, Random | undefined, 'optional'>;
} = { training: boolean().or(false), random: option<Random>(checkRandom).optional() };

/** Makes a layer whose build() and call() check their arguments. `where` is the name of the layer in errors. */
export function defineLayer(
  where: string,
  kind: LayerKind,
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
      const checked = { ...built, call };
      if (built.wrapped === undefined || isOwnLayer(built.wrapped)) OWN_LAYERS.add(checked);
      return checked;
    },
  };
}

/**
 * What defineLayer() built, without a user's layer inside. A user's layer may have the kind of one of these and compute
 * something else.
 */
const OWN_LAYERS = new WeakSet<object>();

/** A built layer of the library: its kind, settings and weights say all that it computes. */
export interface OwnLayer extends BuiltLayer {
  readonly kind: LayerKind;
}

/** @internal Whether the library built the layer. */
export function isOwnLayer(layer: unknown): layer is OwnLayer {
  return typeof layer === 'object' && layer !== null && OWN_LAYERS.has(layer);
}

/**
 * Checks what build() returned, since users write their own layers. Throws an ArgumentError that names the wrong field.
 */
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

/** Checks what call() of a layer returned: it must be a tensor [count, ...outputShape]. */
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
      `${where}: layer ${place} (${kind}): call() returned ${formatShape(output.shape)}; ` +
        `its outputShape ${formatShape(outputShape)} promises ${formatShape(expected)}`,
    );
  }
  return output;
}

/** A built layer without weights. */
export function stateless(
  kind: LayerKind,
  settings: BuiltLayer['settings'],
  outputShape: Shape,
  call: BuiltLayer['call'],
  extra: Pick<BuiltLayer, 'negativeSlope'> = {},
): BuiltLayer {
  return { kind, settings, outputShape, weights: [], trainableWeights: [], call, ...extra };
}
