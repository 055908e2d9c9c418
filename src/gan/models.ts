/**
 * The dense GAN of the tutorial: three fully connected layers each way.
 *   generator: latent -> 256 -> 512 -> 784, no biases, batch normalisation and LeakyReLU after the first two, tanh and after it batch
 *   normalisation after the last, so an image may leave [-1, 1] (pictures clip).
 *   discriminator: 784 -> 512 -> 256, each without bias and with batch normalisation and LeakyReLU, then one logit.
 */
import type { Random } from '../autograd/random.ts';
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

export interface DenseGeneratorConfig {
  /** Length of the noise vector. Default 100. */
  readonly latentDim?: number | undefined;
  /** Where the initial weights are drawn from. Default: the same each time. */
  readonly random?: Random | undefined;
}

/** Noise [n, latentDim] -> images [n, 28, 28, 1]; 561,184 trainable parameters at the default latentDim. */
export function denseGenerator(config: DenseGeneratorConfig = {}): Model {
  const { latentDim, random } = readOptions('denseGenerator', config, { latentDim: LATENT_DIM, random: RANDOM });
  return generatorOf(generatorLayers(latentDim, { normalized: true }), random);
}

export interface DenseDiscriminatorConfig {
  /** Where the initial weights are drawn from. Default: the same each time. */
  readonly random?: Random | undefined;
}

/** Images [n, 28, 28, 1] -> logits [n, 1], positive for "real"; 534,273 trainable parameters. */
export function denseDiscriminator(config: DenseDiscriminatorConfig = {}): Model {
  const { random } = readOptions('denseDiscriminator', config, { random: RANDOM });
  const plan = [flatten({ inputShape: IMAGE_SHAPE }), ...discriminatorLayers(undefined, { normalized: true })];
  return discriminatorOf(plan, random);
}
