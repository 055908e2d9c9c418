/**
 * The dense pairs: each network has three fully connected layers.
 *   generator: input -> 256 -> 512 -> 784, no biases, batch normalisation and LeakyReLU after the first two, tanh after
 *   the last, [28, 28, 1]; for other images the last layer has as many units as an image has numbers
 *   discriminator: input -> 512 -> 256, each without bias and with batch normalisation and LeakyReLU, then one logit
 *
 * The tutorial's generator has one more batch normalisation, after the tanh. Its images can therefore leave [-1, 1];
 * pictures clip the values.
 *
 * The refined pair leaves out two batch normalisations. In the tutorial's discriminator, the first layer is followed by
 * one. It subtracts the mean of the batch, and with it whatever all images of the batch have in common. The
 * discriminator cannot see a background that is the same in all generated images, so the generator gets no gradient for
 * it (test/gan/grey-background.test.ts). In the refined pair, only LeakyReLU follows the discriminator's first layer,
 * and nothing follows the generator's tanh. The rest is equal, and the same `random` draws the same kernels.
 */
import type { Random } from '../autograd/random.ts';
import { readOptions } from '../core/options.ts';
import { type Shape, sizeOf } from '../core/shape.ts';
import { ITEM_SHAPE } from '../data/image-shape.ts';
import type { Layer } from '../nn/layer.ts';
import * as layers from '../nn/layers/index.ts';
import { denseWithoutBias, normalizedDense } from '../nn/normalized-dense.ts';
import { type Model, sequential } from '../nn/sequential.ts';
import { type ImageModelConfig, LATENT_DIM, type LatentConfig, RANDOM } from './model-options.ts';

/** 'tutorial' has the batch normalisation that hides the background; 'refined' does not. */
type DenseKind = 'tutorial' | 'refined';

/** The options of denseDiscriminator() and refinedDiscriminator(). */
export type DenseDiscriminatorConfig = ImageModelConfig;

/** The options of denseGenerator() and refinedGenerator(). */
export interface DenseGeneratorConfig extends ImageModelConfig, LatentConfig {}

/**
 * Noise [n, latentDim] -> images [n, ...imageShape]; 561,184 trainable parameters with the defaults.
 *
 * @throws ArgumentError for a wrong option.
 * @example
 * const generator = denseGenerator({ latentDim: 64 });
 * generator.predict(createRandom(1).normal([16, 64])).shape; // [16, 28, 28, 1]
 */
export function denseGenerator(config: DenseGeneratorConfig = {}): Model {
  return generatorOfNoise('denseGenerator', 'tutorial', config);
}

/**
 * Images [n, ...imageShape] -> logits [n, 1], positive for "real"; 534,273 trainable parameters by default.
 *
 * @throws ArgumentError for a wrong option.
 * @example
 * denseDiscriminator().predict(zeros([5, 28, 28, 1])).shape; // [5, 1]
 */
export function denseDiscriminator(config: DenseDiscriminatorConfig = {}): Model {
  return discriminatorOfImages('denseDiscriminator', 'tutorial', config);
}

/**
 * Noise [n, latentDim] -> images [n, ...imageShape] in [-1, 1]; 559,616 trainable parameters with the defaults.
 *
 * @throws ArgumentError for a wrong option.
 * @example
 * const { images } = await loadMnist();
 * await trainGan({ images, generator: refinedGenerator(), discriminator: refinedDiscriminator() });
 */
export function refinedGenerator(config: DenseGeneratorConfig = {}): Model {
  return generatorOfNoise('refinedGenerator', 'refined', config);
}

/**
 * Images [n, ...imageShape] -> logits [n, 1], positive for "real"; 533,249 trainable parameters by default.
 *
 * @throws ArgumentError for a wrong option.
 * @example
 * refinedDiscriminator().predict(zeros([5, 28, 28, 1])).shape; // [5, 1]
 */
export function refinedDiscriminator(config: DenseDiscriminatorConfig = {}): Model {
  return discriminatorOfImages('refinedDiscriminator', 'refined', config);
}

function generatorOfNoise(where: string, kind: DenseKind, config: DenseGeneratorConfig): Model {
  const options = { latentDim: LATENT_DIM, imageShape: ITEM_SHAPE, random: RANDOM };
  const { latentDim, imageShape, random } = readOptions(where, config, options);
  return generatorOf(kind, latentDim, imageShape, random);
}

function discriminatorOfImages(where: string, kind: DenseKind, config: DenseDiscriminatorConfig): Model {
  const { imageShape, random } = readOptions(where, config, { imageShape: ITEM_SHAPE, random: RANDOM });
  return discriminatorOf(kind, [layers.flatten({ inputShape: imageShape })], undefined, random);
}

/** A dense generator: [n, inputSize] -> [n, ...imageShape]. */
export function generatorOf(kind: DenseKind, inputSize: number, imageShape: Shape, random: Random | undefined): Model {
  const plan = [
    ...normalizedDense(256, [inputSize]),
    ...normalizedDense(512),
    layers.dense({ units: sizeOf(imageShape), useBias: false, activation: 'tanh' }),
    ...(kind === 'tutorial' ? [layers.batchNormalization()] : []),
    layers.reshape({ targetShape: imageShape }),
  ];
  return sequential(plan, { name: 'generator', random });
}

/** A dense discriminator. The layers in `front` turn its input into vectors; without any, vectors have `inputShape`. */
export function discriminatorOf(
  kind: DenseKind,
  front: readonly Layer[],
  inputShape: Shape | undefined,
  random: Random | undefined,
): Model {
  const first =
    kind === 'tutorial' ? normalizedDense(512, inputShape) : [denseWithoutBias(512, inputShape), layers.leakyReLU()];
  const plan = [...front, ...first, ...normalizedDense(256), layers.dense({ units: 1 })];
  return sequential(plan, { name: 'discriminator', random });
}
