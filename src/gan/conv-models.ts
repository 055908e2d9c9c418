/**
 * The convolutional GAN of TensorFlow's DCGAN tutorial, here with the sizes for images of 28 x 28 pixels:
 *   generator: latent -> 7 x 7 x 256 -> 7 x 7 x 128 -> 14 x 14 x 64 -> 28 x 28 x 1. One dense layer, then three
 *   transposed convolutions with 5 x 5 kernels, all without biases. Batch normalisation and LeakyReLU follow each layer
 *   but the last; tanh follows the last.
 *   discriminator: 28 x 28 x 1 -> 14 x 14 x 64 -> 7 x 7 x 128 -> one logit. Two convolutions with 5 x 5 kernels and
 *   strides of 2, each followed by LeakyReLU and dropout, then a dense layer.
 * The tutorial's networks are a smaller version of those in the paper. Other images get the same layers: the generator
 * begins with a quarter of the height and width, and ends with the channels of the image.
 * Source: A. Radford, L. Metz, S. Chintala, "Unsupervised Representation Learning with Deep Convolutional GANs", ICLR
 * 2016.
 */
import { number, readOptions } from '../core/options.ts';
import * as layers from '../nn/layers/index.ts';
import { type Model, sequential } from '../nn/sequential.ts';
import {
  IMAGE_IN_QUARTERS,
  type ImageModelConfig,
  LATENT_DIM,
  type LatentConfig,
  RANDOM,
  scaledBy,
  WIDTH,
  type WidthConfig,
} from './model-options.ts';

/** The options of convGenerator(). */
export interface ConvGeneratorConfig extends ImageModelConfig, WidthConfig, LatentConfig {}

const GENERATOR_OPTIONS = { latentDim: LATENT_DIM, imageShape: IMAGE_IN_QUARTERS, width: WIDTH, random: RANDOM };

/**
 * Noise [n, latentDim] -> images [n, ...imageShape] in [-1, 1]. It has 2,330,944 parameters with the defaults.
 *
 * It learns fastest with the paper's Adam settings and small batches, as in the example. After 10 epochs of MNIST at
 * width 0.25 the Frechet distance (npm run evaluate) was 81.7 with these settings, 127 with beta1 = 0.9, and 188 with
 * beta1 = 0.9, batches of 256 and twice the learning rate.
 *
 * @throws ShapeError if the height or width of imageShape is not divisible by 4; ArgumentError for a wrong option.
 * @example
 * const { images } = await loadMnist();
 * const settings = { learningRate: 2e-4, beta1: 0.5 };
 * await trainGan({
 *   images,
 *   generator: convGenerator({ width: 0.25 }),
 *   discriminator: convDiscriminator({ width: 0.25 }),
 *   generatorOptimizer: adam(settings),
 *   discriminatorOptimizer: adam(settings),
 *   batchSize: 64,
 * });
 * @example
 * const imageShape = [32, 32, 3]; // in colour
 * const generator = convGenerator({ imageShape, width: 0.25 });
 * generator.predict(createRandom(1).normal([2, 100])).shape; // [2, 32, 32, 3]
 */
export function convGenerator(config: ConvGeneratorConfig = {}): Model {
  const { latentDim, imageShape, width, random } = readOptions('convGenerator', config, GENERATOR_OPTIONS);
  const [height, columns, imageChannels] = imageShape as readonly [number, number, number];
  const channels = scaledBy(width);
  const [first, second, third] = [channels(256), channels(128), channels(64)];
  const shared = { kernelSize: 5, padding: 'same', useBias: false } as const;
  return sequential(
    [
      layers.dense({ units: (height / 4) * (columns / 4) * first, useBias: false, inputShape: [latentDim] }),
      layers.batchNormalization(),
      layers.leakyReLU(),
      layers.reshape({ targetShape: [height / 4, columns / 4, first] }),
      layers.conv2dTranspose({ ...shared, filters: second }),
      layers.batchNormalization(),
      layers.leakyReLU(),
      layers.conv2dTranspose({ ...shared, filters: third, strides: 2 }),
      layers.batchNormalization(),
      layers.leakyReLU(),
      layers.conv2dTranspose({ ...shared, filters: imageChannels, strides: 2, activation: 'tanh' }),
    ],
    { name: 'generator', random },
  );
}

/** The options of convDiscriminator(). */
export interface ConvDiscriminatorConfig extends ImageModelConfig, WidthConfig {
  /** Probability that dropout sets an element to 0, in [0, 1). Default 0.3. */
  readonly dropoutRate?: number | undefined;
}

const DISCRIMINATOR_OPTIONS = {
  imageShape: IMAGE_IN_QUARTERS,
  width: WIDTH,
  dropoutRate: number({ from: 0, below: 1 }).or(0.3),
  random: RANDOM,
};

/**
 * Images [n, ...imageShape] -> logits [n, 1], positive for "real". It has 212,865 parameters with the defaults. Calls
 * in training mode need a random generator for dropout; trainGan passes one.
 *
 * @throws ShapeError if the height or width of imageShape is not divisible by 4; ArgumentError for a wrong option.
 * @example
 * const discriminator = convDiscriminator({ width: 0.25 });
 * discriminator.predict(zeros([5, 28, 28, 1])).shape; // [5, 1]
 */
export function convDiscriminator(config: ConvDiscriminatorConfig = {}): Model {
  const options = readOptions('convDiscriminator', config, DISCRIMINATOR_OPTIONS);
  const { imageShape, width, dropoutRate: rate, random } = options;
  const channels = scaledBy(width);
  const shared = { kernelSize: 5, strides: 2, padding: 'same' } as const;
  return sequential(
    [
      layers.conv2d({ ...shared, filters: channels(64), inputShape: imageShape }),
      layers.leakyReLU(),
      layers.dropout({ rate }),
      layers.conv2d({ ...shared, filters: channels(128) }),
      layers.leakyReLU(),
      layers.dropout({ rate }),
      layers.flatten(),
      layers.dense({ units: 1 }),
    ],
    { name: 'discriminator', random },
  );
}
