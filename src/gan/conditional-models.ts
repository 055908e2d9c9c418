/**
 * The class-conditional pair: the refined dense networks, each told of a class by a vector behind its input (classes.ts).
 *   generator: [noise, class], latentDim + classes -> 256 -> 512 -> 784 -> [28, 28, 1]
 *   discriminator: [pixels, class], 784 + classes -> 512 -> 256 -> one logit
 * Each is a model of one input like any other; trainGan({ labels }) joins the parts, as withClasses() does.
 */
import { checkRandom, type Random } from '../autograd/random.ts';
import { checkOptions } from '../core/check.ts';
import type { Model } from '../nn/sequential.ts';
import { checkClasses } from './classes.ts';
import {
  checkLatentDim,
  discriminatorLayers,
  discriminatorOf,
  generatorLayers,
  generatorOf,
  IMAGE_SIZE,
} from './dense-layers.ts';

export interface ConditionalDiscriminatorConfig {
  /** How many classes there are, at most 256. Default 10. */
  readonly classes?: number;
  /** Where the initial weights are drawn from. Default: the same each time. */
  readonly random?: Random;
}

export interface ConditionalGeneratorConfig extends ConditionalDiscriminatorConfig {
  /** Length of the noise vector, without the classes. Default 100. */
  readonly latentDim?: number;
}

/**
 * Noise and class [n, latentDim + classes] -> images [n, 28, 28, 1] in [-1, 1]. sampleClasses() draws with it.
 *
 * @example
 * const { images, labels } = await loadMnist();
 * const { generator } = await trainGan({ images, labels, generator: conditionalGenerator(), discriminator: conditionalDiscriminator() });
 * const sevens = sampleClasses(generator, [7, 7, 7, 7]);
 */
export function conditionalGenerator(config: ConditionalGeneratorConfig = {}): Model {
  const where = 'conditionalGenerator';
  checkOptions(where, config, ['latentDim', 'classes', 'random']);
  const inputSize = checkLatentDim(where, config.latentDim) + checkClasses(where, config.classes);
  checkRandom(where, config.random);
  return generatorOf(generatorLayers(inputSize, { normalized: false }), config.random);
}

/** Pixels and class [n, 784 + classes] -> logits [n, 1], positive for "a real image of this class". */
export function conditionalDiscriminator(config: ConditionalDiscriminatorConfig = {}): Model {
  const where = 'conditionalDiscriminator';
  checkOptions(where, config, ['classes', 'random']);
  const inputSize = IMAGE_SIZE + checkClasses(where, config.classes);
  checkRandom(where, config.random);
  return discriminatorOf(discriminatorLayers([inputSize], { normalized: false }), config.random);
}
