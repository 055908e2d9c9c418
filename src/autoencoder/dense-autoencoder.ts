/**
 * The dense autoencoder, the dense GAN's sizes both ways:
 *   encoder: 784 -> 512 -> 256 -> latent, no biases, batch normalisation and LeakyReLU after the first two, batch
 *   normalisation without gamma and beta after the last.
 *   decoder: latent -> 256 -> 512 -> 784, the same between, then tanh, so an image lies in [-1, 1].
 *
 * Mean squared error says nothing of how the latent vectors are distributed; for samples decoded from standard normal
 * noise to have a chance, each of their numbers is normalised to mean 0 and variance 1 over the digits. Nothing makes
 * them independent of each other or normal: that is what a variational autoencoder adds, and where these samples fall
 * short of a GAN's.
 */
import { checkRandom, type Random } from '../autograd/random.ts';
import { integer, option, readOptions } from '../core/options.ts';
import { IMAGE_SHAPE } from '../data/digits.ts';
import * as layers from '../nn/layers/index.ts';
import { normalizedDense } from '../nn/normalized-dense.ts';
import { type Model, sequential } from '../nn/sequential.ts';

/** Two models, one the way back of the other. */
export interface Autoencoder {
  /** Images -> latent vectors. */
  readonly encoder: Model;
  /** Latent vectors -> images. */
  readonly decoder: Model;
}

export interface DenseAutoencoderConfig {
  /** Length of the latent vector. Default 32. */
  readonly latentDim?: number | undefined;
  /** Where the initial weights are drawn from. Default: the same each time. */
  readonly random?: Random | undefined;
}

const OPTIONS = { latentDim: integer(1).or(32), random: option<Random>(checkRandom).optional() };

/**
 * Images [n, 28, 28, 1] -> latent vectors [n, latentDim] -> images [n, 28, 28, 1]; 1,085,200 trainable parameters at
 * the default latentDim.
 *
 * @example
 * const { encoder, decoder } = await trainAutoencoder({ images, autoencoder: denseAutoencoder({ latentDim: 16 }) });
 * const reconstructions = decoder.predict(encoder.predict(images.gather([0, 1, 2])));
 * const samples = decoder.predict(createRandom(1).normal([16, 16]));
 */
export function denseAutoencoder(config: DenseAutoencoderConfig = {}): Autoencoder {
  const { latentDim, random } = readOptions('denseAutoencoder', config, OPTIONS);
  const encoder = sequential(
    [
      layers.flatten({ inputShape: IMAGE_SHAPE }),
      ...normalizedDense(512),
      ...normalizedDense(256),
      layers.dense({ units: latentDim, useBias: false }),
      layers.batchNormalization({ center: false, scale: false }),
    ],
    { name: 'encoder', random },
  );
  const decoder = sequential(
    [
      ...normalizedDense(256, [latentDim]),
      ...normalizedDense(512),
      layers.dense({ units: 784, activation: 'tanh' }),
      layers.reshape({ targetShape: IMAGE_SHAPE }),
    ],
    { name: 'decoder', random },
  );
  return { encoder, decoder };
}
