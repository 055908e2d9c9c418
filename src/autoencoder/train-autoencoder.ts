/** trainAutoencoder: an encoder and a decoder that give back what they are given, by mean squared error. */
import { invalid } from '../core/check.ts';
import { formatShape, type Shape } from '../core/shape.ts';
import { meanSquaredError } from '../ops/losses.ts';
import { buildInRow, checkModel, expectShape } from '../training/checks.ts';
import { type DescentOptions, type DescentResult, descend, readDescentOptions } from '../training/descent.ts';
import type { StepOf } from '../training/loop.ts';
import type { EpochOf } from '../training/progress.ts';
import { type Autoencoder, denseAutoencoder } from './models.ts';

export interface AutoencoderMeasures {
  /** Mean squared error over all pixels, whose range is [-1, 1]. */
  readonly loss: number;
}

export type AutoencoderStepEvent = StepOf<AutoencoderMeasures>;
export type AutoencoderEpoch = EpochOf<AutoencoderMeasures>;

export interface TrainAutoencoderOptions extends DescentOptions<AutoencoderMeasures> {
  /** Default: denseAutoencoder() with weights drawn by the seed. */
  readonly autoencoder?: Autoencoder | undefined;
  /** Default 50. */
  readonly epochs?: number | undefined;
  /** Default 256. */
  readonly batchSize?: number | undefined;
}

export interface TrainAutoencoderResult extends Autoencoder, DescentResult<AutoencoderMeasures> {}

const WHERE = 'trainAutoencoder';

/**
 * Trains an autoencoder: the mean of (decoder(encoder(x)) - x)^2 over all pixels falls, by Adam at 1e-3 unless told otherwise.
 *
 * Epochs, order, seed, threads, signal and errors are as in trainGan, but it saves no checkpoints: in onEpoch, encodeWeights({ encoder,
 * decoder }) makes a file of the weights.
 *
 * @example
 * const { encoder, decoder } = await trainAutoencoder({ images, epochs: 20 });
 * const digits = images.gather([0, 1, 2, 3]);
 * const reconstructions = decoder.predict(encoder.predict(digits)); // [4, 28, 28, 1]
 * const samples = decoder.predict(createRandom(7).normal([16, 32])); // decoded from standard normal noise
 */
export async function trainAutoencoder(options: TrainAutoencoderOptions): Promise<TrainAutoencoderResult> {
  const defaults = { epochs: 50, batchSize: 256 };
  const setup = readDescentOptions<AutoencoderMeasures>(WHERE, options, ['autoencoder'], defaults);
  const { autoencoder = denseAutoencoder({ random: setup.random }) } = options;
  const { encoder, decoder } = checkAutoencoder(autoencoder, setup.images.itemShape);
  const result = await descend(setup, {
    networks: [
      { name: 'encoder', model: encoder },
      { name: 'decoder', model: decoder },
    ],
    nothing: { loss: 0 },
    forward(batch, _, mode) {
      const loss = meanSquaredError(batch, decoder.call(encoder.call(batch, mode), mode));
      return { loss, measures: { loss: loss.item() } };
    },
  });
  return { encoder, decoder, ...result };
}

function checkAutoencoder(autoencoder: Autoencoder, imageShape: Shape): Autoencoder {
  if (typeof autoencoder !== 'object' || autoencoder === null) {
    invalid(WHERE, 'autoencoder', 'an encoder and a decoder', autoencoder, 'Make them with denseAutoencoder().');
  }
  const { encoder, decoder } = autoencoder;
  checkModel(WHERE, 'autoencoder.encoder', encoder);
  checkModel(WHERE, 'autoencoder.decoder', decoder);
  buildInRow(imageShape, [encoder, decoder]);
  const images = `the images are ${formatShape(imageShape)}`;
  expectShape(WHERE, 'the encoder takes', encoder.inputShape, imageShape, images);
  const latent = encoder.outputShape!;
  expectShape(WHERE, 'the decoder takes', decoder.inputShape, latent, `the encoder makes ${formatShape(latent)}`);
  expectShape(WHERE, 'the decoder makes', decoder.outputShape, imageShape, images);
  return { encoder, decoder };
}
