/**
 * The networks among the options of trainGan: their defaults, and the check that they fit the images, the noise and
 * each other.
 */
import type { Random } from '../autograd/random.ts';
import { ArgumentError } from '../core/errors.ts';
import { formatShape, type Shape, sizeOf } from '../core/shape.ts';
import { type Dataset, sourceOf } from '../data/dataset.ts';
import { checkModel } from '../nn/check-model.ts';
import type { Model } from '../nn/sequential.ts';
import { adam } from '../optim/adam.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import { buildInRow, checkOptimizer, checkSlots, expectShape } from '../training/checks.ts';
import { markConditional } from './classes.ts';
import { conditionalDiscriminator, conditionalGenerator } from './conditional-models.ts';
import { denseDiscriminator, denseGenerator } from './dense-models.ts';
import type { GanNetworks } from './step.ts';
import { createWeightAverage } from './weight-average.ts';

interface NetworkOptions {
  readonly generator?: Model | undefined;
  readonly discriminator?: Model | undefined;
  readonly generatorOptimizer?: Optimizer | undefined;
  readonly discriminatorOptimizer?: Optimizer | undefined;
  readonly emaMomentum?: number | undefined;
}

/** What the networks must fit. */
export interface Surroundings {
  readonly latentDim: number;
  readonly imageShape: Shape;
  /** Undefined if the training has no labels. */
  readonly classes: number | undefined;
}

const LEARNING_RATE = 1e-4;

export function readNetworks(
  where: string,
  options: NetworkOptions,
  surroundings: Surroundings,
  random: Random,
): GanNetworks {
  const { latentDim, imageShape, classes } = surroundings;
  const generator =
    options.generator ??
    (classes === undefined
      ? denseGenerator({ latentDim, imageShape, random })
      : conditionalGenerator({ latentDim, imageShape, classes, random }));
  const discriminator =
    options.discriminator ??
    (classes === undefined
      ? denseDiscriminator({ imageShape, random })
      : conditionalDiscriminator({ imageShape, classes, random }));
  checkModel(where, 'generator', generator);
  checkModel(where, 'discriminator', discriminator);
  checkFit(where, generator, discriminator, surroundings);
  if (generator === discriminator) {
    throw new ArgumentError(
      `${where}: generator and discriminator are one and the same model; they learn against each other, each with ` +
        'weights of its own. Make two.',
    );
  }
  const { generatorOptimizer = adam({ learningRate: LEARNING_RATE }) } = options;
  const { discriminatorOptimizer = adam({ learningRate: LEARNING_RATE }) } = options;
  checkOptimizer(where, 'generatorOptimizer', generatorOptimizer);
  checkOptimizer(where, 'discriminatorOptimizer', discriminatorOptimizer);
  if (generatorOptimizer === discriminatorOptimizer) {
    throw new ArgumentError(
      `${where}: generatorOptimizer and discriminatorOptimizer are one and the same optimizer, which would count two ` +
        `steps for each of the training's. Each network needs an optimizer of its own: call adam({ learningRate }) ` +
        'twice.',
    );
  }
  const average = createWeightAverage(where, generator, options.emaMomentum);
  checkSlots(where, 'generatorOptimizer', generatorOptimizer, [generator]);
  checkSlots(where, 'discriminatorOptimizer', discriminatorOptimizer, [discriminator]);
  if (classes !== undefined) {
    markConditional(generator, classes);
    if (average !== undefined) markConditional(average.model, classes);
  }
  return { generator, discriminator, generatorOptimizer, discriminatorOptimizer, average };
}

/** Layers without an activation: the last activation of a model may stand before them. */
const SHAPING = ['Flatten', 'Reshape', 'Dropout'];

/**
 * The activation that a model ends in, if its layers name one. Trailing layers of the kinds in `passed` are skipped.
 */
function lastActivation({ layers }: Model, passed: readonly string[]): string | number | undefined {
  for (let i = layers.length - 1; i >= 0; i--) {
    const { kind, settings } = layers[i]!;
    if (!passed.includes(kind)) return settings['activation'];
  }
  return undefined;
}

/** The losses take logits. With probabilities, the loss would be wrong and the gradients small. */
function checkLogits(where: string, discriminator: Model): void {
  if (lastActivation(discriminator, SHAPING) !== 'sigmoid') return;
  throw new ArgumentError(
    `${where}: the discriminator ends in a sigmoid and makes probabilities; the losses take logits. Leave the ` +
      'sigmoid out, so that it ends in layers.dense({ units: 1 }).',
  );
}

/** Warns if no image value is negative but the generator ends in tanh: most likely the images are scaled to [0, 1]. */
export function warnOfRange(where: string, images: Dataset, generator: Model): void {
  const values = sourceOf(images)?.storage.view();
  if (values === undefined || lastActivation(generator, [...SHAPING, 'BatchNormalization']) !== 'tanh') return;
  for (let i = 0; i < values.length; i++) if (values[i]! < 0) return;
  console.warn(
    `${where}: no value of the images is below 0, but the generator ends in tanh and draws from -1 to 1. Scale ` +
      'images in [0, 1] by sub(mul(images, 2), 1).',
  );
}

/** Builds models that have no inputShape of their own, and checks that the shapes of noise, images and logits fit. */
function checkFit(
  where: string,
  generator: Model,
  discriminator: Model,
  { latentDim, imageShape, classes }: Surroundings,
): void {
  const generatorInput = [latentDim + (classes ?? 0)];
  const discriminatorInput = classes === undefined ? imageShape : [sizeOf(imageShape) + classes];
  buildInRow(generatorInput, [generator]);
  buildInRow(discriminatorInput, [discriminator]);
  const images = `the images are ${formatShape(imageShape)}`;
  const andClasses = classes === undefined ? '' : ` and there are labels of ${classes} classes`;
  const expect = (subject: string, got: Shape | undefined, expected: Shape, because: string): void =>
    expectShape(where, subject, got, expected, because);
  expect('the generator takes', generator.inputShape, generatorInput, `latentDim is ${latentDim}${andClasses}`);
  expect('the generator makes', generator.outputShape, imageShape, images);
  expect('the discriminator takes', discriminator.inputShape, discriminatorInput, images + andClasses);
  expect('the discriminator makes', discriminator.outputShape, [1], 'one logit an image is needed');
  checkLogits(where, discriminator);
}
