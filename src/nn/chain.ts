/** Layers that run one after the other: what a sequential model and a residual block are made of. */
import type { Random } from '../autograd/random.ts';
import type { Tensor, Variable } from '../autograd/tensor.ts';
import { fieldsOf, hasMethods, invalid, isListOf } from '../core/check.ts';
import type { Shape } from '../core/shape.ts';
import { type BuiltLayer, type CallOptions, checkBuiltLayer, checkOutput, type Layer } from './layer.ts';

/** Checks a list of layers. */
export function checkLayers(where: string, argument: string, layers: unknown, least: 0 | 1): readonly Layer[] {
  if (isListOf(layers, isLayer) && layers.length >= least) return layers;
  return invalid(
    where,
    argument,
    least === 1 ? 'a list of at least one layer' : 'a list of layers',
    layers,
    'Make layers with layers.dense(...) and the other functions of layers.',
  );
}

/** Checks a single layer. */
export function checkLayer(where: string, argument: string, layer: unknown): Layer {
  if (isLayer(layer)) return layer;
  return invalid(where, argument, 'a layer', layer, 'Make one with layers.dense(...) or another function of layers.');
}

function isLayer(value: unknown): value is Layer {
  return hasMethods(value, ['build']) && typeof fieldsOf('layers', 'layer', value, ['kind']).kind === 'string';
}

/** Builds each layer for the output of the one before. If one refuses, the weights of the others are freed. */
export function buildChain(where: string, layers: readonly Layer[], inputShape: Shape, random: Random): BuiltLayer[] {
  let shape = inputShape;
  const built: BuiltLayer[] = [];
  try {
    for (const [place, layer] of layers.entries()) {
      const one = checkBuiltLayer(`${where}: layer ${place} (${layer.kind})`, layer.build(shape, random));
      built.push(one);
      shape = one.outputShape;
    }
  } catch (error) {
    for (const weight of built.flatMap(({ weights }) => weights)) weight.dispose();
    throw error;
  }
  return built;
}

/**
 * Runs built layers one after the other. If a layer can compute the LeakyReLU after it in its own pass
 * (callWithLeakyRelu), it does.
 */
export function runChain(where: string, layers: readonly BuiltLayer[], x: Tensor, options: CallOptions): Tensor {
  let y = x;
  for (let i = 0; i < layers.length; i++) {
    const layer = layers[i]!;
    const slope = layers[i + 1]?.negativeSlope;
    if (slope !== undefined && layer.callWithLeakyRelu !== undefined) {
      y = checkOutput(where, i, layer, layer.callWithLeakyRelu(y, options, slope), x.shape[0]!);
      i++;
    } else y = checkOutput(where, i, layer, layer.call(y, options), x.shape[0]!);
  }
  return y;
}

/** The weights of layers by name: the place of the layer and the weight's own name, `0.kernel`, `1.gamma`, ... */
export function namedWeightsOf(layers: readonly BuiltLayer[]): [name: string, weight: Variable][] {
  return layers.flatMap((layer, place) =>
    (layer.namedWeights ?? layer.weights.map((weight): [string, Variable] => [weight.name, weight])).map(
      ([name, weight]): [string, Variable] => [`${place}.${name}`, weight],
    ),
  );
}
