/** What a layer is: a description that, built for an input shape, owns its weights and maps a batch to a batch. */
import type { Random } from '../autograd/random.ts';
import type { Tensor, Variable } from '../autograd/tensor.ts';
import type { Shape } from '../core/shape.ts';

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
