/** trainAutoencoder: trains an encoder and a decoder to reproduce their input, by mean squared error. */
import type { Tensor } from '../autograd/tensor.ts';
import { fieldsOf } from '../core/check.ts';
import { callback, option, readOptions } from '../core/options.ts';
import { formatShape, type Shape } from '../core/shape.ts';
import type { Dataset } from '../data/dataset.ts';
import { checkModel } from '../nn/check-model.ts';
import { meanSquaredError } from '../ops/losses.ts';
import { adam } from '../optim/adam.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import { buildInRow, expectShape, OPTIMIZER } from '../training/checks.ts';
import { describeImages } from '../training/configuration.ts';
import {
  checkValidationImages,
  prepareRun,
  readDataset,
  type TrainingOptions,
  trainingSchema,
} from '../training/options.ts';
import { checkLoss } from '../training/step.ts';
import { type TrainingResult, train } from '../training/train.ts';
import { validate } from '../training/validation.ts';
import { type Autoencoder, denseAutoencoder } from './dense-autoencoder.ts';

/** What a step of trainAutoencoder() measures. */
export interface AutoencoderMeasures {
  /** The mean squared error over all pixels (values in [-1, 1]), or the result of your own loss. */
  readonly loss: number;
}

/**
 * A scalar from two batches [n, ...image].
 *
 * @example
 * const absolute: ReconstructionLoss = (images, reconstructions) => meanAbsoluteError(images, reconstructions);
 * absolute(ones([1, 28, 28, 1]), zeros([1, 28, 28, 1])); // 1
 */
export type ReconstructionLoss = (images: Tensor, reconstructions: Tensor) => Tensor;

/** The options of trainAutoencoder(). */
export interface TrainAutoencoderOptions extends TrainingOptions<AutoencoderMeasures> {
  /** Default: denseAutoencoder(). The seed determines its weights. */
  readonly autoencoder?: Autoencoder | undefined;
  /** Default 50. */
  readonly epochs?: number | undefined;
  /** Default 256. */
  readonly batchSize?: number | undefined;
  /** The optimizer of both networks. Default adam(), with a learning rate of 1e-3. */
  readonly optimizer?: Optimizer | undefined;
  /** The loss to minimise. Default meanSquaredError. */
  readonly loss?: ReconstructionLoss | undefined;
  /** Images for validation: onEpoch also gets their loss, as `validation`. They are never trained on. */
  readonly validation?: { readonly images: Dataset | Tensor } | undefined;
}

/** What trainAutoencoder() returns: the trained networks, and the history. */
export interface TrainAutoencoderResult extends Autoencoder, TrainingResult<AutoencoderMeasures> {}

const WHERE = 'trainAutoencoder';
const VALIDATION = {
  images: option<Dataset | Tensor, Dataset>((where, argument, value) => readDataset(where, argument, value)),
};
const OPTIONS = {
  ...trainingSchema<AutoencoderMeasures>({ epochs: 50, batchSize: 256 }),
  autoencoder: option<Autoencoder>((where, argument, value) => checkModels(where, argument, value)).optional(),
  optimizer: OPTIMIZER,
  loss: callback<ReconstructionLoss>().optional(),
  validation: option<{ readonly images: Dataset | Tensor }, { readonly images: Dataset }>((where, argument, value) =>
    readOptions(`${where}: ${argument}`, value as { readonly images: Dataset | Tensor }, VALIDATION),
  ).optional(),
};

/**
 * Trains an autoencoder: minimises the mean of (decoder(encoder(x)) - x)^2 over all pixels, by default with Adam and a
 * learning rate of 1e-3. Epochs, order, seed, threads, signal, checkpoints and errors are as in trainGan.
 *
 * @throws ArgumentError, ShapeError, DivergenceError and FormatError as from trainGan(): the promise rejects with
 *   them.
 * @example
 * const { images } = await loadMnist();
 * const { encoder, decoder } = await trainAutoencoder({ images, epochs: 20 });
 * const digits = images.gather([0, 1, 2, 3]);
 * decoder.predict(encoder.predict(digits)).shape; // [4, 28, 28, 1]: reconstructions
 * decoder.predict(createRandom(7).normal([16, 32])).shape; // [16, 28, 28, 1]: decoded from standard normal noise
 */
export async function trainAutoencoder(options: TrainAutoencoderOptions): Promise<TrainAutoencoderResult> {
  const values = readOptions(WHERE, options, OPTIONS);
  const run = prepareRun(WHERE, values);
  const { itemShape } = run.images;
  const { autoencoder = denseAutoencoder({ imageShape: itemShape, random: run.random }) } = values;
  const { optimizer = adam(), validation, onEpoch } = values;
  const { encoder, decoder } = fitModels(autoencoder, itemShape);
  const networks = [
    { name: 'encoder', model: encoder },
    { name: 'decoder', model: decoder },
  ];
  const lossOf = (images: Tensor, reconstructions: Tensor): Tensor =>
    values.loss === undefined
      ? meanSquaredError(images, reconstructions)
      : checkLoss(WHERE, 'loss', values.loss(images, reconstructions));
  if (validation !== undefined) checkValidationImages(WHERE, validation.images, run.images);
  const result = await train<AutoencoderMeasures>(run, {
    where: WHERE,
    players: [{ name: 'autoencoder', networks, optimizer, optimizerOption: 'optimizer' }],
    zeroMeasures: { loss: 0 },
    settings: {
      ...(values.loss && { loss: 'a function' }),
      ...(validation && describeImages('validation', validation.images)),
    },
    forward({ images, random }) {
      const mode = { training: true, random };
      const loss = lossOf(images, decoder.call(encoder.call(images, mode), mode));
      return { losses: [loss], measures: { loss: loss.item() } };
    },
    validate:
      validation &&
      (() =>
        validate(WHERE, validation.images, run.batchSize, { loss: 0 }, (images) => {
          return { loss: lossOf(images, decoder.predict(encoder.predict(images))).item() };
        })),
    afterEpoch: (record) => onEpoch?.(record),
  });
  return { encoder, decoder, ...result };
}

function checkModels(where: string, argument: string, value: unknown): Autoencoder {
  const expected = 'an encoder and a decoder';
  const remedy = 'Make them with denseAutoencoder().';
  const models = fieldsOf(where, argument, value, ['encoder', 'decoder'], expected, remedy);
  return {
    encoder: checkModel(where, `${argument}.encoder`, models.encoder),
    decoder: checkModel(where, `${argument}.decoder`, models.decoder),
  };
}

/** Builds the models for images of this shape. */
function fitModels({ encoder, decoder }: Autoencoder, imageShape: Shape): Autoencoder {
  buildInRow(imageShape, [encoder, decoder]);
  const images = `the images are ${formatShape(imageShape)}`;
  expectShape(WHERE, 'the encoder takes', encoder.inputShape, imageShape, images);
  const latent = encoder.outputShape!;
  expectShape(WHERE, 'the decoder takes', decoder.inputShape, latent, `the encoder makes ${formatShape(latent)}`);
  expectShape(WHERE, 'the decoder makes', decoder.outputShape, imageShape, images);
  return { encoder, decoder };
}
