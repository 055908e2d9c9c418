/** The layers of all dense generators and discriminators. */
import { checkRandom, type Random } from '../autograd/random.ts';
import { integer, type Option, option } from '../core/options.ts';
import { type Shape, sizeOf } from '../core/shape.ts';
import { IMAGE_SHAPE } from '../data/digits.ts';
import type { Layer } from '../nn/layer.ts';
import * as layers from '../nn/layers/index.ts';
import { denseWithoutBias, normalizedDense } from '../nn/normalized-dense.ts';
import { type Model, sequential } from '../nn/sequential.ts';

export const IMAGE_SIZE: number = sizeOf(IMAGE_SHAPE);

/** Options that the generators share: the length of the noise vector, and where the initial weights are drawn from. */
export const LATENT_DIM: Option<number, number, 'optional'> = integer(1).or(100);
export const RANDOM: Option<Random, Random | undefined, 'optional'> = option<Random>(checkRandom).optional();

/** inputSize -> 256 -> 512 -> 784, tanh, [28, 28, 1]; `normalized`: one more batch normalisation behind the tanh. */
export function generatorLayers(inputSize: number, { normalized }: { readonly normalized: boolean }): Layer[] {
  return [
    ...normalizedDense(256, [inputSize]),
    ...normalizedDense(512),
    layers.dense({ units: IMAGE_SIZE, useBias: false, activation: 'tanh' }),
    ...(normalized ? [layers.batchNormalization()] : []),
    layers.reshape({ targetShape: IMAGE_SHAPE }),
  ];
}

/** 512 -> 256 -> one logit, for vectors; `normalized`: the first layer has its batch normalisation, as the second always has. */
export function discriminatorLayers(
  inputShape: Shape | undefined,
  { normalized }: { readonly normalized: boolean },
): Layer[] {
  const first = normalized ? normalizedDense(512, inputShape) : [denseWithoutBias(512, inputShape), layers.leakyReLU()];
  return [...first, ...normalizedDense(256), layers.dense({ units: 1 })];
}

export function generatorOf(plan: readonly Layer[], random: Random | undefined): Model {
  return sequential(plan, { name: 'generator', random });
}

export function discriminatorOf(plan: readonly Layer[], random: Random | undefined): Model {
  return sequential(plan, { name: 'discriminator', random });
}
