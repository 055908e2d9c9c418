/**
 * The dense autoencoder, with the layer sizes of the dense GAN:
 *   encoder: 784 -> 512 -> 256 -> latent, no biases, batch normalisation and LeakyReLU after the first two, batch
 *   normalisation without gamma and beta after the last.
 *   decoder: latent -> 256 -> 512 -> 784, batch normalisation and LeakyReLU after the first two (without biases), a
 *   bias and tanh after the last. Its images lie in [-1, 1].
 * 784 is the number for images of [28, 28, 1].
 *
 * The mean squared error does not constrain the distribution of the latent vectors. To decode samples from standard
 * normal noise, each latent number is normalised to mean 0 and variance 1 over the digits. The latent numbers are
 * neither independent nor normal; a variational autoencoder would add that. This is why the samples are worse than
 * those of a GAN.
 */
import { checkRandom, type Random } from '../autograd/random.ts';
import { integer, option, readOptions } from '../core/options.ts';
import { type Shape, sizeOf } from '../core/shape.ts';
import { ITEM_SHAPE } from '../data/image-shape.ts';
import * as layers from '../nn/layers/index.ts';
import { normalizedDense } from '../nn/normalized-dense.ts';
import { type Model, sequential } from '../nn/sequential.ts';

/** An encoder and the decoder that reverses it. */
export interface Autoencoder {
  /** Images -> latent vectors. */
  readonly encoder: Model;
  /** Latent vectors -> images. */
  readonly decoder: Model;
}

/** The options of denseAutoencoder(). */
export interface DenseAutoencoderConfig {
  /** Shape of an image, such as [32, 32, 3]. Default [28, 28, 1]. */
  readonly imageShape?: Shape | undefined;
  /** Length of the latent vector. Default 32. */
  readonly latentDim?: number | undefined;
  /** Draws the initial weights. Default: the same weights each time. */
  readonly random?: Random | undefined;
}

const OPTIONS = {
  latentDim: integer(1).or(32),
  imageShape: ITEM_SHAPE,
  random: option<Random>(checkRandom).optional(),
};

/**
 * Images [n, ...imageShape] -> latent vectors [n, latentDim] -> images [n, ...imageShape]. It has 1,085,200 trainable
 * parameters with the defaults.
 *
 * @throws ArgumentError for a wrong option.
 * @example
 * const { encoder, decoder } = denseAutoencoder({ latentDim: 16 });
 * encoder.predict(zeros([3, 28, 28, 1])).shape; // [3, 16]
 * decoder.predict(createRandom(1).normal([4, 16])).shape; // [4, 28, 28, 1]
 */
export function denseAutoencoder(config: DenseAutoencoderConfig = {}): Autoencoder {
  const { latentDim, imageShape, random } = readOptions('denseAutoencoder', config, OPTIONS);
  const encoder = sequential(
    [
      layers.flatten({ inputShape: imageShape }),
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
      layers.dense({ units: sizeOf(imageShape), activation: 'tanh' }),
      layers.reshape({ targetShape: imageShape }),
    ],
    { name: 'decoder', random },
  );
  return { encoder, decoder };
}
