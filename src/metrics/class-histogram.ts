/**
 * Counts the classes in a set of images. A generator that has collapsed draws few of them.
 *   distanceFromUniform = sum over classes |count / n - 1 / classes| / 2
 * This is the total variation distance: 0 for equal counts, near 1 if all images are of one class.
 */
import { checkTensor, Tensor } from '../autograd/tensor.ts';
import { describe, invalid, isArray, isInstance } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { integer, readOptions } from '../core/options.ts';
import { formatShape } from '../core/shape.ts';
import { argMaxRows } from '../ops/internal/arg-max.ts';
import { checkFinite } from './features.ts';

/** The options of classHistogram(). */
export interface ClassHistogramOptions {
  /** Number of classes, which are 0 to classes - 1. For logits it must equal the number of columns. Default 10. */
  readonly classes?: number | undefined;
}

/** How many images there are of each class. */
export interface ClassHistogram {
  /** Number of images of each class. */
  readonly counts: readonly number[];
  /** Number of classes without an image. */
  readonly missing: number;
  /** From 0 (equal counts) to 1 - 1 / classes (one class only). */
  readonly distanceFromUniform: number;
}

const OPTIONS = { classes: integer(1, 1e6).optional() };
const DEFAULT_CLASSES = 10;

/**
 * Counts classes.
 *
 * @param images - class numbers, or the logits or probabilities [n, classes] of a classifier. An image is of the class
 *   with the largest value, of equal ones the first.
 * @throws ArgumentError if a class number is none of the classes, or for a wrong option; ShapeError if the logits are
 *   not [n, classes].
 * @example
 * classHistogram([0, 2, 2], { classes: 3 }).counts; // [1, 0, 2]
 * classHistogram([0, 2, 2], { classes: 3 }).missing; // 1: no image of class 1
 */
export function classHistogram(
  images: Tensor | ArrayLike<number>,
  options: ClassHistogramOptions = {},
): ClassHistogram {
  const where = 'classHistogram';
  const { classes: wanted } = readOptions(where, options, OPTIONS);
  const { numbers, classes } = isInstance(images, Tensor)
    ? fromLogits(where, images, wanted)
    : fromNumbers(where, images, wanted);
  const counts: number[] = new Array(classes).fill(0);
  for (let i = 0; i < numbers.length; i++) counts[numbers[i]!]!++;
  const off = counts.reduce((sum, count) => sum + Math.abs(count / numbers.length - 1 / classes), 0);
  return { counts, missing: counts.filter((count) => count === 0).length, distanceFromUniform: off / 2 };
}

interface ClassNumbers {
  readonly numbers: ArrayLike<number>;
  readonly classes: number;
}

function fromNumbers(where: string, images: unknown, classes = DEFAULT_CLASSES): ClassNumbers {
  if (!isList(images) || images.length === 0) {
    return invalid(where, 'images', 'a list of class numbers or a Tensor of logits [n, classes], not empty', images);
  }
  for (let i = 0; i < images.length; i++) {
    const one = images[i];
    if (typeof one === 'number' && Number.isInteger(one) && one >= 0 && one < classes) continue;
    throw new ArgumentError(
      `${where}: images[${i}] must be a class number from 0 to ${classes - 1}; got ${describe(one)}.` +
        ' Pass { classes } if there are more.',
    );
  }
  return { numbers: images as ArrayLike<number>, classes };
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}

function fromLogits(where: string, images: Tensor, wanted: number | undefined): ClassNumbers {
  const logits = checkTensor(where, 'images', images);
  const [n = 0, classes = 0] = logits.shape;
  if (logits.rank !== 2 || n < 1 || classes < 1 || (wanted ?? classes) !== classes) {
    throw new ShapeError(
      `${where}: logits must have shape [n, ${wanted ?? 'classes'}], n at least 1; got ${formatShape(logits.shape)}`,
    );
  }
  checkFinite(where, 'images', logits);
  return { numbers: argMaxRows(logits), classes };
}
