/**
 * The dense GAN of the tutorial: three fully connected layers each way.
 *   generator: latent -> 256 -> 512 -> 784, no biases, batch normalisation and LeakyReLU after the first two, tanh and after it batch
 *   normalisation after the last, so an image may leave [-1, 1] (pictures clip).
 *   discriminator: 784 -> 512 -> 256, each without bias and with batch normalisation and LeakyReLU, then one logit.
 */
import type { Random } from '../autograd/random.ts';
import { checkInteger, checkOptions, invalid } from '../core/check.ts';
import * as layers from '../nn/layers/index.ts';
import { type Model, sequential } from '../nn/sequential.ts';

/** Shape of the images that the dense pair draws and judges. */
export const IMAGE_SHAPE = [28, 28, 1] as const;

export interface DenseGeneratorConfig {
  /** Length of the noise vector. Default 100. */
  readonly latentDim?: number;
  /** Where the initial weights are drawn from. Default: the same each time. */
  readonly random?: Random;
}

/** Noise [n, latentDim] -> images [n, 28, 28, 1]; 561,184 trainable parameters at the default latentDim. */
export function denseGenerator(config: DenseGeneratorConfig = {}): Model {
  checkOptions('denseGenerator', config, ['latentDim', 'random']);
  const { latentDim = 100, random } = config;
  checkInteger('denseGenerator', 'latentDim', latentDim, 1);
  checkRandom('denseGenerator', random);
  return sequential(
    [
      layers.dense({ units: 256, useBias: false, inputShape: [latentDim] }),
      layers.batchNormalization(),
      layers.leakyReLU(),
      layers.dense({ units: 512, useBias: false }),
      layers.batchNormalization(),
      layers.leakyReLU(),
      layers.dense({ units: 784, useBias: false, activation: 'tanh' }),
      layers.batchNormalization(),
      layers.reshape({ targetShape: IMAGE_SHAPE }),
    ],
    { name: 'generator', ...(random && { random }) },
  );
}

export interface DenseDiscriminatorConfig {
  /** Where the initial weights are drawn from. Default: the same each time. */
  readonly random?: Random;
}

/** Images [n, 28, 28, 1] -> logits [n, 1], positive for "real"; 534,273 trainable parameters. */
export function denseDiscriminator(config: DenseDiscriminatorConfig = {}): Model {
  checkOptions('denseDiscriminator', config, ['random']);
  checkRandom('denseDiscriminator', config.random);
  return sequential(
    [
      layers.flatten({ inputShape: IMAGE_SHAPE }),
      layers.dense({ units: 512, useBias: false }),
      layers.batchNormalization(),
      layers.leakyReLU(),
      layers.dense({ units: 256, useBias: false }),
      layers.batchNormalization(),
      layers.leakyReLU(),
      layers.dense({ units: 1 }),
    ],
    { name: 'discriminator', ...(config.random && { random: config.random }) },
  );
}

/** @internal */
export function checkRandom(where: string, random: Random | undefined): void {
  if (random === undefined || typeof random?.uniform === 'function') return;
  invalid(where, 'random', 'a random generator', random, 'Make one with createRandom(seed).');
}
