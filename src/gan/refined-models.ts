/**
 * The dense pair, refined: without the two batch normalisations that hide the background from it. What the tutorial's first discriminator
 * layer makes of an image goes straight into a batch normalisation, which takes away all that the images of a batch have in common: a
 * background that is the same in all generated images is never seen, and the generator never told of it (test/gan/grey-background.test.ts).
 *   generator: latent -> 256 -> 512 -> 784, as the dense one, but nothing after the tanh: images lie within [-1, 1].
 *   discriminator: 784 -> 512 with LeakyReLU only, then 256 with batch normalisation and LeakyReLU, then one logit.
 * Nothing else differs, and the same `random` draws the same kernels.
 */
import { readOptions } from '../core/options.ts';
import { IMAGE_SHAPE } from '../data/digits.ts';
import { flatten } from '../nn/layers/index.ts';
import type { Model } from '../nn/sequential.ts';
import {
  discriminatorLayers,
  discriminatorOf,
  generatorLayers,
  generatorOf,
  LATENT_DIM,
  RANDOM,
} from './dense-layers.ts';
import type { DenseDiscriminatorConfig, DenseGeneratorConfig } from './models.ts';

/**
 * Noise [n, latentDim] -> images [n, 28, 28, 1] in [-1, 1]; 559,616 trainable parameters at the default latentDim.
 *
 * @example
 * await trainGan({ images, generator: refinedGenerator(), discriminator: refinedDiscriminator() });
 */
export function refinedGenerator(config: DenseGeneratorConfig = {}): Model {
  const { latentDim, random } = readOptions('refinedGenerator', config, { latentDim: LATENT_DIM, random: RANDOM });
  return generatorOf(generatorLayers(latentDim, { normalized: false }), random);
}

/** Images [n, 28, 28, 1] -> logits [n, 1], positive for "real"; 533,249 trainable parameters. */
export function refinedDiscriminator(config: DenseDiscriminatorConfig = {}): Model {
  const { random } = readOptions('refinedDiscriminator', config, { random: RANDOM });
  const plan = [flatten({ inputShape: IMAGE_SHAPE }), ...discriminatorLayers(undefined, { normalized: false })];
  return discriminatorOf(plan, random);
}
