/**
 * The class-conditional pair: the refined dense networks, with a class vector appended to the input (classes.ts). With
 * the default shape of images:
 *   generator: [noise, class], latentDim + classes -> 256 -> 512 -> 784 -> [28, 28, 1]
 *   discriminator: [pixels, class], 784 + classes -> 512 -> 256 -> one logit
 * Each model has a single input. trainGan({ labels }) joins its parts, as withClasses() does.
 */
import { readOptions } from '../core/options.ts';
import { sizeOf } from '../core/shape.ts';
import { ITEM_SHAPE } from '../data/image-shape.ts';
import type { Model } from '../nn/sequential.ts';
import { CLASSES, markConditional } from './classes.ts';
import { discriminatorOf, generatorOf } from './dense-models.ts';
import { type ImageModelConfig, LATENT_DIM, type LatentConfig, RANDOM } from './model-options.ts';

/** The options of conditionalDiscriminator(). */
export interface ConditionalDiscriminatorConfig extends ImageModelConfig {
  /** The number of classes, at most 256. Default 10. */
  readonly classes?: number | undefined;
}

/** The options of conditionalGenerator(). */
export interface ConditionalGeneratorConfig extends ConditionalDiscriminatorConfig, LatentConfig {}

/**
 * Noise and class [n, latentDim + classes] -> images [n, ...imageShape] in [-1, 1]. sampleClasses() draws samples from
 * it.
 *
 * @throws ArgumentError for a wrong option.
 * @example
 * const { images, labels } = await loadMnist();
 * const networks = { generator: conditionalGenerator(), discriminator: conditionalDiscriminator() };
 * const { generator } = await trainGan({ images, labels, ...networks });
 * sampleClasses(generator, [7, 7, 7, 7]).shape; // [4, 28, 28, 1]: sevens
 */
export function conditionalGenerator(config: ConditionalGeneratorConfig = {}): Model {
  const { latentDim, imageShape, classes, random } = readOptions('conditionalGenerator', config, {
    latentDim: LATENT_DIM,
    imageShape: ITEM_SHAPE,
    classes: CLASSES,
    random: RANDOM,
  });
  return markConditional(generatorOf('refined', latentDim + classes, imageShape, random), classes);
}

/**
 * Pixels and class [n, size of an image + classes] -> logits [n, 1], positive for "a real image of this class".
 *
 * @throws ArgumentError for a wrong option.
 * @example
 * const discriminator = conditionalDiscriminator({ classes: 10 });
 * discriminator.predict(withClasses(zeros([2, 28, 28, 1]), [3, 8])).shape; // [2, 1]
 */
export function conditionalDiscriminator(config: ConditionalDiscriminatorConfig = {}): Model {
  const { imageShape, classes, random } = readOptions('conditionalDiscriminator', config, {
    imageShape: ITEM_SHAPE,
    classes: CLASSES,
    random: RANDOM,
  });
  return discriminatorOf('refined', [], [sizeOf(imageShape) + classes], random);
}
