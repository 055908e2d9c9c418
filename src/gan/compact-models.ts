/**
 * The compact pair: the convolutional pair that comes nearest to real digits in a given time (bench/quality). The sizes
 * are those for images of 28 x 28 pixels:
 *   generator: latent -> 7 x 7 x 64 -> 14 x 14 x 32 -> 28 x 28 x 1. One dense layer, then two transposed convolutions.
 *   Batch normalisation and LeakyReLU follow each layer but the last; tanh follows the last.
 *   discriminator: 28 x 28 x 1 -> 14 x 14 x 16 -> 7 x 7 x 32 -> 4 x 4 x 64 -> one logit. Three convolutions, each
 *   followed by LeakyReLU, then a dense layer. It has no normalisation and no dropout.
 * As in the DCGAN paper, all kernels are 4 x 4 with strides of 2, and LeakyReLU has a slope of 0.2. Other images get
 * the same layers: the generator begins with a quarter of the height and width, and ends with the channels of the
 * image. Source: A. Radford, L. Metz, S. Chintala, "Unsupervised Representation Learning with Deep Convolutional GANs",
 * ICLR 2016.
 */
import { readOptions } from '../core/options.ts';
import type { Layer } from '../nn/layer.ts';
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

/** The options of compactDiscriminator(). */
export interface CompactDiscriminatorConfig extends ImageModelConfig, WidthConfig {}

/** The options of compactGenerator(). */
export interface CompactGeneratorConfig extends ImageModelConfig, WidthConfig, LatentConfig {}

const DISCRIMINATOR_OPTIONS = { imageShape: IMAGE_IN_QUARTERS, width: WIDTH, random: RANDOM };
const GENERATOR_OPTIONS = { latentDim: LATENT_DIM, ...DISCRIMINATOR_OPTIONS };

const CONVOLUTION = { kernelSize: 4, strides: 2, padding: 'same' } as const;
const leaky = (): Layer => layers.leakyReLU({ negativeSlope: 0.2 });

/**
 * Noise [n, latentDim] -> images [n, ...imageShape] in [-1, 1]; 353,217 trainable parameters with the defaults.
 *
 * It learns best with an R1 gradient penalty, Adam without momentum (beta1 0) and averaged weights, as in the example.
 * After 13 epochs of MNIST the Frechet distance (npm run evaluate) was 6.7 to 7.0 for three seeds, and 4.6 after 25 for
 * one of them; convGenerator had 53 and 57 after 20. bench/quality/experiments.md has what was tried.
 *
 * @throws ShapeError if the height or width of imageShape is not divisible by 4; ArgumentError for a wrong option.
 * @example
 * const { images } = await loadMnist();
 * const settings = { learningRate: 2e-3, beta1: 0, beta2: 0.99 };
 * const { averageGenerator } = await trainGan({
 *   images,
 *   generator: compactGenerator(),
 *   discriminator: compactDiscriminator(),
 *   generatorOptimizer: adam(settings),
 *   discriminatorOptimizer: adam(settings),
 *   gradientPenalty: { kind: 'r1', weight: 3, every: 2 },
 *   emaMomentum: 0.999,
 *   batchSize: 64,
 *   epochs: 20,
 * });
 */
export function compactGenerator(config: CompactGeneratorConfig = {}): Model {
  const { latentDim, imageShape, width, random } = readOptions('compactGenerator', config, GENERATOR_OPTIONS);
  const [height, columns, imageChannels] = imageShape as readonly [number, number, number];
  const channels = scaledBy(width);
  const start = [height / 4, columns / 4, channels(64)] as const;
  return sequential(
    [
      layers.dense({ units: start[0] * start[1] * start[2], useBias: false, inputShape: [latentDim] }),
      layers.batchNormalization(),
      leaky(),
      layers.reshape({ targetShape: start }),
      layers.conv2dTranspose({ ...CONVOLUTION, filters: channels(32), useBias: false }),
      layers.batchNormalization(),
      leaky(),
      layers.conv2dTranspose({ ...CONVOLUTION, filters: imageChannels, activation: 'tanh' }),
    ],
    { name: 'generator', random },
  );
}

/**
 * Images [n, ...imageShape] -> logits [n, 1], positive for "real"; 42,353 parameters with the defaults.
 *
 * @throws ShapeError if the height or width of imageShape is not divisible by 4; ArgumentError for a wrong option.
 * @example
 * const discriminator = compactDiscriminator({ imageShape: [32, 32, 3] });
 * discriminator.predict(zeros([5, 32, 32, 3])).shape; // [5, 1]
 */
export function compactDiscriminator(config: CompactDiscriminatorConfig = {}): Model {
  const { imageShape, width, random } = readOptions('compactDiscriminator', config, DISCRIMINATOR_OPTIONS);
  const channels = scaledBy(width);
  return sequential(
    [
      layers.conv2d({ ...CONVOLUTION, filters: channels(16), inputShape: imageShape }),
      leaky(),
      layers.conv2d({ ...CONVOLUTION, filters: channels(32) }),
      leaky(),
      layers.conv2d({ ...CONVOLUTION, filters: channels(64) }),
      leaky(),
      layers.flatten(),
      layers.dense({ units: 1 }),
    ],
    { name: 'discriminator', random },
  );
}
