/**
 * For each kind of layer: the config that makes an equal one, read from a built layer, and the function that takes it.
 * Initializers are left out, since a description stands for a model whose weights are saved beside it.
 */
import { type Shape, sizeOf } from '../core/shape.ts';
import { type Extent, type Padding, type Pair, parsePair } from '../ops/internal/windows.ts';
import type { ActivationName } from './activations.ts';
import type { BuiltLayer, Layer, LayerKind } from './layer.ts';
import type { Conv2dConfig } from './layers/convolution.ts';
import * as layers from './layers/index.ts';

/** What a config is read from. */
export type Parts = Pick<BuiltLayer, 'settings' | 'weights' | 'outputShape' | 'branches' | 'wrapped'>;

/** Describes the layers inside of another. `items` is the shape of one input item of the first. */
export type DescribeInner = (layers: readonly BuiltLayer[], items: Shape) => readonly object[];

/** Makes the layers inside of another from a list of descriptions, the value of one argument of its config. */
export type MakeInner = (argument: string, descriptions: unknown) => readonly Layer[];

export interface Kind {
  configOf(built: Parts, items: Shape, inner: DescribeInner): object;
  /** Throws a GanvasError for a wrong config, and allocates nothing. */
  make(config: object, inner: MakeInner): Layer;
  /** Number of the layer's own weights, without those of layers in it, for a config that `make` has accepted. */
  weightsOf(config: object, items: Shape): number;
}

function kind<Config extends object>(
  configOf: (built: Parts, items: Shape, inner: DescribeInner) => Config,
  make: (config: Config, inner: MakeInner) => Layer,
  weightsOf: (config: Config, items: Shape) => number = () => 0,
): Kind {
  return {
    configOf,
    make: (config, inner) => make(config as Config, inner),
    weightsOf: (config, items) => weightsOf(config as Config, items),
  };
}

const shapeOf = ({ weights }: Parts, name: string): Shape =>
  weights.find((weight) => weight.name === name)?.shape ?? [];
const has = ({ weights }: Parts, name: string): boolean => weights.some((weight) => weight.name === name);
const last = (items: Shape): number => items[items.length - 1] ?? 0;
const pairOf = ({ settings }: Parts, name: string): Pair => parsePair(String(settings[name]));
const numberOf = ({ settings }: Parts, name: string): number => Number(settings[name]);
const paddingOf = ({ settings }: Parts): Padding => (settings['padding'] === 'same' ? 'same' : 'valid');
// The setting of a built layer has the name that its option had.
const activationOf = ({ settings }: Parts): ActivationName => settings['activation'] as ActivationName;

function convolution(make: (config: Conv2dConfig) => Layer, filterAxis: 2 | 3): Kind {
  return kind(
    (built): Conv2dConfig => {
      const [height = 0, width = 0, ...axes] = shapeOf(built, 'kernel');
      return {
        filters: axes[filterAxis - 2]!,
        kernelSize: [height, width],
        strides: pairOf(built, 'strides'),
        padding: paddingOf(built),
        useBias: has(built, 'bias'),
        activation: activationOf(built),
      };
    },
    make,
    ({ filters, kernelSize, useBias }, items) => filters * (area(kernelSize) * last(items) + count(useBias)),
  );
}

/** 1 for a weight that is there by default. */
function count(option: boolean | undefined): number {
  return option === false ? 0 : 1;
}

function area(extent: Extent): number {
  return typeof extent === 'number' ? extent * extent : extent[0] * extent[1];
}

function pooling(make: (config: layers.Pooling2dConfig) => Layer): Kind {
  return kind(
    (built): layers.Pooling2dConfig => ({
      poolSize: pairOf(built, 'poolSize'),
      strides: pairOf(built, 'strides'),
      padding: paddingOf(built),
    }),
    make,
  );
}

/** Whether a normalisation has a learned shift and scale. */
function learned(built: Parts): { readonly center: boolean; readonly scale: boolean } {
  return { center: has(built, 'beta'), scale: has(built, 'gamma') };
}

interface SpectralConfig {
  readonly layer: object;
  readonly powerIterations: number;
}

interface ResidualParts {
  readonly branch: readonly object[];
  readonly shortcut: readonly object[];
}

/** The compiler asks for an entry for each kind. */
export const KINDS: Readonly<Record<LayerKind, Kind>> = {
  Activation: kind(
    (built) => ({ activation: activationOf(built) }),
    ({ activation, ...others }) => layers.activation(activation, others),
  ),
  AveragePooling2D: pooling(layers.averagePooling2d),
  BatchNormalization: kind(
    (built): layers.BatchNormalizationConfig => ({
      momentum: numberOf(built, 'momentum'),
      epsilon: numberOf(built, 'epsilon'),
      ...learned(built),
    }),
    layers.batchNormalization,
    ({ center, scale }, items) => (2 + count(center) + count(scale)) * last(items),
  ),
  Conv2D: convolution(layers.conv2d, 3),
  Conv2DTranspose: convolution(layers.conv2dTranspose, 2),
  Dense: kind(
    (built): layers.DenseConfig => ({
      units: last(built.outputShape),
      useBias: has(built, 'bias'),
      activation: activationOf(built),
    }),
    layers.dense,
    ({ units, useBias }, items) => units * (last(items) + count(useBias)),
  ),
  Dropout: kind((built): layers.DropoutConfig => ({ rate: numberOf(built, 'rate') }), layers.dropout),
  ELU: kind((built): layers.EluConfig => ({ alpha: numberOf(built, 'alpha') }), layers.elu),
  Embedding: kind(
    (built): layers.EmbeddingConfig => {
      const [inputDim = 0, outputDim = 0] = shapeOf(built, 'embeddings');
      return { inputDim, outputDim };
    },
    layers.embedding,
    ({ inputDim, outputDim }) => inputDim * outputDim,
  ),
  Flatten: kind((): layers.FlattenConfig => ({}), layers.flatten),
  GlobalAveragePooling2D: kind(
    ({ outputShape }): layers.GlobalAveragePooling2dConfig => ({ keepDims: outputShape.length === 3 }),
    layers.globalAveragePooling2d,
  ),
  GroupNormalization: kind(
    (built): layers.GroupNormalizationConfig => ({
      groups: numberOf(built, 'groups'),
      epsilon: numberOf(built, 'epsilon'),
      ...learned(built),
    }),
    layers.groupNormalization,
    ({ center, scale }, items) => (count(center) + count(scale)) * last(items),
  ),
  LayerNormalization: kind(
    (built): layers.LayerNormalizationConfig => ({ epsilon: numberOf(built, 'epsilon'), ...learned(built) }),
    layers.layerNormalization,
    ({ center, scale }, items) => (count(center) + count(scale)) * last(items),
  ),
  LeakyReLU: kind(
    (built): layers.LeakyReLUConfig => ({ negativeSlope: numberOf(built, 'negativeSlope') }),
    layers.leakyReLU,
  ),
  MaxPooling2D: pooling(layers.maxPooling2d),
  PReLU: kind(
    (built, items): layers.PreluConfig => {
      const slopes = shapeOf(built, 'alpha');
      return { sharedAxes: items.flatMap((size, axis) => (slopes[axis] === size ? [] : [axis + 1])) };
    },
    layers.prelu,
    ({ sharedAxes = [] }, items) => sizeOf(items.map((size, axis) => (sharedAxes.includes(axis + 1) ? 1 : size))),
  ),
  Reshape: kind(({ outputShape }): layers.ReshapeConfig => ({ targetShape: outputShape }), layers.reshape),
  Residual: kind(
    ({ branches: [branch, shortcut] = [[], []] }, items, inner): ResidualParts => ({
      branch: inner(branch, items),
      shortcut: inner(shortcut, items),
    }),
    ({ branch, shortcut, ...others }, inner) =>
      layers.residual(inner('branch', branch), { ...others, shortcut: inner('shortcut', shortcut) }),
  ),
  Softmax: kind((built): layers.SoftmaxConfig => ({ axis: numberOf(built, 'axis') }), layers.softmax),
  SpectralNormalization: kind(
    ({ settings, wrapped }, items, inner): SpectralConfig => ({
      layer: inner(wrapped === undefined ? [] : [wrapped], items)[0] ?? {},
      powerIterations: Number(settings['powerIterations']),
    }),
    // Its vector is shorter than the kernel of the layer in it, and is not counted.
    ({ layer, ...others }, inner) => layers.spectralNormalization(inner('layer', [layer])[0]!, others),
  ),
  UpSampling2D: kind(
    (built): layers.Upsampling2dConfig => ({
      size: pairOf(built, 'size'),
      interpolation: built.settings['interpolation'] === 'bilinear' ? 'bilinear' : 'nearest',
    }),
    layers.upsampling2d,
  ),
  ZeroPadding2D: kind(
    (built): layers.ZeroPadding2dConfig => ({
      padding: [
        [numberOf(built, 'top'), numberOf(built, 'bottom')],
        [numberOf(built, 'left'), numberOf(built, 'right')],
      ],
    }),
    layers.zeroPadding2d,
  ),
};
