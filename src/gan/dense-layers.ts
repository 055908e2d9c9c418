/** The layers of all dense generators and discriminators. */
import type { Random } from '../autograd/random.ts';
import { checkInteger } from '../core/check.ts';
import { type Shape, sizeOf } from '../core/shape.ts';
import { IMAGE_SHAPE } from '../data/digits.ts';
import type { Layer } from '../nn/layer.ts';
import * as layers from '../nn/layers/index.ts';
import { denseWithoutBias, normalizedDense } from '../nn/normalized-dense.ts';
import { type Model, sequential } from '../nn/sequential.ts';

export const IMAGE_SIZE: number = sizeOf(IMAGE_SHAPE);

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
  return sequential(plan, { name: 'generator', ...(random && { random }) });
}

export function discriminatorOf(plan: readonly Layer[], random: Random | undefined): Model {
  return sequential(plan, { name: 'discriminator', ...(random && { random }) });
}

/** Length of the noise vector, 100 if it is left open. */
export function checkLatentDim(where: string, latentDim: number = 100): number {
  return checkInteger(where, 'latentDim', latentDim, 1);
}
