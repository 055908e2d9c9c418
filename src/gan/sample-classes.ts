/** Images of requested classes, from a class-conditional generator. */
import { createRandom, type Random } from '../autograd/random.ts';
import { scope } from '../autograd/scope.ts';
import { checkTensor, type Tensor } from '../autograd/tensor.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { integer, option, readOptions } from '../core/options.ts';
import { formatShape, sameShape } from '../core/shape.ts';
import { checkModel } from '../nn/check-model.ts';
import type { Model } from '../nn/sequential.ts';
import { oneHot } from '../ops/gather.ts';
import { classesOf, joinClasses, labelBytes, MAX_CLASSES } from './classes.ts';
import { RANDOM } from './model-options.ts';

/** The options of sampleClasses(). */
export interface SampleClassesOptions {
  /**
   * The number of classes that the generator takes after its noise. Default: what conditionalGenerator() or
   * trainGan({ labels }) gave it. Required for other generators, which may not be conditional at all.
   */
  readonly classes?: number | undefined;
  /**
   * The noise [labels.length, latentDim]. The same noise with other labels gives other digits in the same handwriting.
   * Default: drawn.
   */
  readonly noise?: Tensor | undefined;
  /** Draws the noise if none is given. Default: createRandom(0), the same noise each time. */
  readonly random?: Random | undefined;
}

const OPTIONS = {
  classes: integer(1, MAX_CLASSES).optional(),
  noise: option<Tensor>(checkTensor).optional(),
  random: RANDOM,
};

/**
 * One image for each label, in the order of the labels: [labels.length, ...image].
 *
 * @param generator - takes noise and class, such as conditionalGenerator() after trainGan({ labels }).
 * @throws ArgumentError if a label is no class, or the generator is not known to take classes and `classes` is not
 *   given.
 * @example
 * const { images, labels } = await loadMnist();
 * const { generator } = await trainGan({ images, labels, epochs: 20 });
 * sampleClasses(generator, [2, 0, 2, 6]).shape; // [4, 28, 28, 1]
 */
export function sampleClasses(generator: Model, labels: ArrayLike<number>, options: SampleClassesOptions = {}): Tensor {
  const where = 'sampleClasses';
  checkModel(where, 'generator', generator);
  const { classes: given, noise, random } = readOptions(where, options, OPTIONS);
  const known = classesOf(generator);
  const classes = given ?? known;
  if (classes === undefined) {
    throw new ArgumentError(
      `${where}: generator is not known to take classes. Train it with trainGan({ labels }), make it with ` +
        'conditionalGenerator(), or give the number of classes that it takes after its noise: { classes: 10 }.',
    );
  }
  if (known !== undefined && classes !== known) {
    throw new ArgumentError(
      `${where}: classes must be ${known}, as the generator was made or trained; got ${classes}.`,
    );
  }
  const wanted = labelBytes(where, labels, classes);
  const [inputSize = 0, ...others] = generator.inputShape ?? [];
  const latentDim = inputSize - classes;
  if (others.length > 0 || latentDim < 1) {
    const { inputShape } = generator;
    const taken = inputShape === undefined ? 'anything, being not built yet' : formatShape(inputShape);
    throw new ShapeError(
      `${where}: the generator must take vectors of noise and ${classes} classes; it takes ${taken}. ` +
        'conditionalGenerator() makes one.',
    );
  }
  const noiseShape = [wanted.length, latentDim];
  if (noise !== undefined) {
    if (random !== undefined) throw new ArgumentError(`${where}: give noise or random, not both.`);
    if (!sameShape(noise.shape, noiseShape)) {
      throw new ShapeError(
        `${where}: noise must have shape ${formatShape(noiseShape)}, a row for each label; got ` +
          `${formatShape(noise.shape)}`,
      );
    }
  }
  return scope(() => {
    const rows = joinClasses(noise ?? (random ?? createRandom(0)).normal(noiseShape), oneHot(wanted, classes));
    return generator.predict(rows);
  }, where);
}
