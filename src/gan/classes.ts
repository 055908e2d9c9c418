/**
 * The classes of a conditional GAN. Each network gets the class as a scaled one-hot vector, appended to its input:
 *   generator:      [noise, s one-hot] -> image     s = sqrt(size of the noise)
 *   discriminator:  [pixels, s one-hot] -> logit    s = sqrt(number of pixels)
 * With this scale the class vector is about as long as the vector that it follows. With s = 1 its effect is lost among
 * 784 pixels: after twelve epochs of the 10,000 digits the generator had not learned the classes at all. With the scale
 * above, more than nine images in ten were of the requested class from the third epoch on.
 *
 * Real images have their own labels. Generated images get the labels of images drawn at random. Real and fake batches
 * therefore share one distribution of classes, and a label alone does not tell them apart.
 * Source: M. Mirza, S. Osindero, "Conditional Generative Adversarial Nets", 2014.
 */
import type { Random } from '../autograd/random.ts';
import { scope } from '../autograd/scope.ts';
import { checkTensor, type Tensor } from '../autograd/tensor.ts';
import { ShapeError } from '../core/errors.ts';
import { integer, type Option, readOptions } from '../core/options.ts';
import { formatShape, sizeOf } from '../core/shape.ts';
import type { Model } from '../nn/sequential.ts';
import { mul } from '../ops/arithmetic.ts';
import { oneHot } from '../ops/gather.ts';
import { reshape } from '../ops/reshape.ts';
import { concat } from '../ops/shape-ops.ts';
import { readLabels } from '../training/checks.ts';

/** Labels are stored as bytes. */
export const MAX_CLASSES = 256;
export const DEFAULT_CLASSES = 10;

/** The option `classes`: the number of classes. */
export const CLASSES: Option<number, number, 'optional'> = integer(1, MAX_CLASSES).or(DEFAULT_CLASSES);

const classesOfGenerators = new WeakMap<Model, number>();

/** Notes that a generator takes the class after its noise. Returns the generator. */
export function markConditional(generator: Model, classes: number): Model {
  classesOfGenerators.set(generator, classes);
  return generator;
}

/** The number of classes of a generator that was made or trained as a conditional one, else undefined. */
export function classesOf(generator: Model): number | undefined {
  return classesOfGenerators.get(generator);
}

/** Checks labels and returns them as bytes. @param count - the required number of labels. Default: any number. */
export function labelBytes(where: string, labels: ArrayLike<number>, classes: number, count?: number): Uint8Array {
  return Uint8Array.from(readLabels(where, labels, classes, count));
}

/** `count` labels, drawn from `labels` at random with replacement. */
export function drawLabels(labels: Uint8Array, random: Random, count: number): Uint8Array {
  return scope(() => {
    const draws = random.uniform([count]).storage.view();
    return Uint8Array.from(draws, (u) => labels[Math.floor(u * labels.length)]!);
  }, 'drawLabels');
}

/** The first `count` labels of the sequence 0, 1, ..., classes - 1, 0, 1, ... */
export function labelsInTurn(count: number, classes: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => i % classes);
}

/** Flattens items [n, ...item] and appends their scaled one-hot rows: [n, size of item + classes]. */
export function joinClasses(items: Tensor, oneHotRows: Tensor): Tensor {
  const [count = 0, ...item] = items.shape;
  const size = sizeOf(item);
  return concat([reshape(items, [count, size]), mul(oneHotRows, Math.sqrt(size))], 1);
}

/** The options of withClasses(). */
export interface WithClassesOptions {
  /** The number of classes, at most 256. Default 10. */
  readonly classes?: number | undefined;
}

/**
 * The input of the networks of a class-conditional GAN: noise or flattened images, each followed by its class. The
 * class is a one-hot vector times sqrt(size of an item).
 *
 * @param items - noise or images [n, ...item]
 * @param labels - n whole numbers from 0 to classes - 1
 * @returns [n, size of an item + classes].
 * @throws ShapeError if there are not as many items as labels; ArgumentError if a label is no class, or for a wrong
 *   option.
 * @example
 * const noise = createRandom(7).normal([2, 100]);
 * const walk = interpolate(conditionalGenerator(), withClasses(noise, [3, 8])); // from a 3 to an 8
 * walk.shape; // [10, 28, 28, 1]
 */
export function withClasses(items: Tensor, labels: ArrayLike<number>, options: WithClassesOptions = {}): Tensor {
  const where = 'withClasses';
  checkTensor(where, 'items', items);
  const { classes } = readOptions(where, options, { classes: CLASSES });
  const rows = labelBytes(where, labels, classes);
  if (items.rank === 0 || items.shape[0] !== rows.length) {
    throw new ShapeError(
      `${where}: items must have shape [${rows.length}, ...item], a row for each label; got ` +
        `${formatShape(items.shape)}`,
    );
  }
  return scope(() => joinClasses(items, oneHot(rows, classes)), where);
}
