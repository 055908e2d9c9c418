/**
 * The classes of a conditional GAN. A network is told of a class by a one-hot vector behind its other input,
 *   generator: [noise, s one-hot] -> image;   discriminator: [pixels, s one-hot] -> logit;   s = sqrt(size of noise or pixels),
 * so that the class is a vector about as long as the one it stands behind. At s = 1 it drowns in 784 pixels: in twelve epochs of the 10,000
 * digits the generator learned nothing of it; at this scale more than nine images in ten were of the class asked for from the third epoch on.
 * Real images come with their own labels, generated ones with those of images drawn at random, so that every class is as frequent among
 * the ones as among the others, and no label tells them apart.
 * Source: M. Mirza, S. Osindero, "Conditional Generative Adversarial Nets", 2014.
 */
import type { Random } from '../autograd/random.ts';
import { scope } from '../autograd/scope.ts';
import { checkTensor, type Tensor, tensor } from '../autograd/tensor.ts';
import { ShapeError } from '../core/errors.ts';
import { integer, type Option, readOptions } from '../core/options.ts';
import { formatShape, sizeOf } from '../core/shape.ts';
import { mul } from '../ops/arithmetic.ts';
import { reshape } from '../ops/reshape.ts';
import { concat } from '../ops/shape-ops.ts';
import { readLabels } from '../training/checks.ts';

/** A label is a byte. */
export const MAX_CLASSES = 256;
export const DEFAULT_CLASSES = 10;

/** How many classes there are. */
export const CLASSES: Option<number, number, 'optional'> = integer(1, MAX_CLASSES).or(DEFAULT_CLASSES);

/** Labels as bytes, checked. @param count - how many there must be; any number if left open. */
export function labelBytes(where: string, labels: ArrayLike<number>, classes: number, count?: number): Uint8Array {
  return Uint8Array.from(readLabels(where, labels, classes, count));
}

/** The labels of `count` items drawn at random, with replacement. */
export function drawLabels(labels: Uint8Array, random: Random, count: number): Uint8Array {
  return scope(() => {
    const draws = random.uniform([count]).storage.view();
    return Uint8Array.from(draws, (u) => labels[Math.floor(u * labels.length)]!);
  }, 'drawLabels');
}

/** 0, 1, ..., classes - 1, 0, 1, ...: `count` of them. */
export function labelsInTurn(count: number, classes: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => i % classes);
}

/** [n, classes]: a 1 in the column of each label, else 0. */
export function oneHot(labels: Uint8Array, classes: number): Tensor {
  const rows = new Float32Array(labels.length * classes);
  labels.forEach((label, row) => {
    rows[row * classes + label] = 1;
  });
  return tensor(rows, [labels.length, classes]);
}

/** Items [n, ...item] flattened, each followed by its one-hot row at scale: [n, size of item + classes]. */
export function joinClasses(items: Tensor, oneHotRows: Tensor): Tensor {
  const [count = 0, ...item] = items.shape;
  const size = sizeOf(item);
  return concat([reshape(items, [count, size]), mul(oneHotRows, Math.sqrt(size))], 1);
}

export interface WithClassesOptions {
  /** How many classes there are, at most 256. Default 10. */
  readonly classes?: number | undefined;
}

/**
 * What the networks of a class-conditional GAN take: noise, or images flattened, each followed by its class as a one-hot vector of the length
 * sqrt(size of an item): [n, size + classes].
 *
 * @param items - [n, ...item]
 * @param labels - n whole numbers from 0 to classes - 1
 *
 * @example
 * const noise = createRandom(7).normal([2, 100]);
 * interpolate(generator, withClasses(noise, [3, 8])); // from a 3 to an 8
 */
export function withClasses(items: Tensor, labels: ArrayLike<number>, options: WithClassesOptions = {}): Tensor {
  const where = 'withClasses';
  checkTensor(where, 'items', items);
  const { classes } = readOptions(where, options, { classes: CLASSES });
  const rows = labelBytes(where, labels, classes);
  if (items.rank === 0 || items.shape[0] !== rows.length) {
    throw new ShapeError(
      `${where}: items must have shape [${rows.length}, ...item], a row for each label; got ${formatShape(items.shape)}`,
    );
  }
  return scope(() => joinClasses(items, oneHot(rows, classes)), where);
}
