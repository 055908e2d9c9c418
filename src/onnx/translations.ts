/** The table of translations, by kind of layer, and the walk over the layers of a model. */
import { fieldsOf } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { formatShape, type Shape } from '../core/shape.ts';
import { printable } from '../core/text.ts';
import { type BuiltLayer, isOwnLayer, type LayerKind, type OwnLayer } from '../nn/layer.ts';
import type { Graph, Value } from './graph.ts';
import { globalAveragePooling, pooling, upsampling, zeroPadding } from './images.ts';
import { linear, spectralNormalization } from './linear.ts';
import { affineOf, batchNormalization, groupNormalization, layerNormalization } from './normalizations.ts';
import { activation, dropout, elu, embedding, leakyReLU, prelu, reshape, residual, softmax } from './simple.ts';
import type { Translation } from './translation.ts';

/** A new kind of layer does not compile until it has its translation here. */
const TRANSLATIONS: Readonly<Record<LayerKind, Translation>> = {
  Activation: activation,
  AveragePooling2D: pooling,
  BatchNormalization: batchNormalization,
  Conv2D: linear,
  Conv2DTranspose: linear,
  Dense: linear,
  Dropout: dropout,
  ELU: elu,
  Embedding: embedding,
  Flatten: reshape,
  GlobalAveragePooling2D: globalAveragePooling,
  GroupNormalization: groupNormalization,
  LayerNormalization: layerNormalization,
  LeakyReLU: leakyReLU,
  MaxPooling2D: pooling,
  PReLU: prelu,
  Reshape: reshape,
  Residual: residual,
  Softmax: softmax,
  SpectralNormalization: spectralNormalization,
  UpSampling2D: upsampling,
  ZeroPadding2D: zeroPadding,
};

/** Adds the nodes of layers that run one after the other. `prefix` names a block that they belong to. */
export function translateLayers(
  where: string,
  graph: Graph,
  fold: boolean,
  x: Value,
  layers: readonly BuiltLayer[],
  prefix = '',
): Value {
  let y = x;
  for (let i = 0; i < layers.length; i++) {
    const layer = layers[i]!;
    const place = `${prefix}${i}`;
    if (!isOwnLayer(layer)) {
      const { kind } = fieldsOf(where, `layer ${place}`, layer, ['kind'], 'a built layer');
      throw unknownLayer(where, place, String(kind));
    }
    checkItems(where, layer.outputShape);
    const next = layers[i + 1];
    const folded = fold && next !== undefined && canFold(layer, next);
    const context = {
      graph,
      fold,
      chain: (input: Value, inner: readonly BuiltLayer[], name: string) =>
        translateLayers(where, graph, fold, input, inner, `${place}.${name}`),
    };
    y = graph.at(place, () => TRANSLATIONS[layer.kind](context, y, layer, folded ? affineOf(next) : undefined));
    if (folded) i++;
  }
  return y;
}

/** Whether the second layer is a batch normalisation that the first can apply with its own kernel and bias. */
function canFold(layer: OwnLayer, next: BuiltLayer): boolean {
  const translation = TRANSLATIONS[layer.kind];
  const hasKernel = translation === linear || translation === spectralNormalization;
  const isNormalized = isOwnLayer(next) && next.kind === 'BatchNormalization';
  return hasKernel && isNormalized && layer.settings['activation'] === 'linear';
}

/** Returns the shape. Throws a ShapeError if such items have no elements. */
export function checkItems(where: string, items: Shape): Shape {
  if (!items.includes(0)) return items;
  throw new ShapeError(`${where}: items of shape ${formatShape(items)} have no elements, and runtimes refuse them`);
}

function unknownLayer(where: string, place: string, kind: string): ArgumentError {
  return new ArgumentError(
    `${where}: layer ${place} (${printable(kind)}) is not one of ganvas's layers, or has another inside, and what ` +
      'its call() computes cannot be written as ONNX. Build it from ganvas layers, such as layers.residual([...]), ' +
      'or write the layers before it and those behind it as two models with a file each.',
  );
}
