/**
 * Which classes a set of images shows, and how evenly: a generator that has collapsed draws few of them.
 *   distanceFromUniform = sum over classes |count / n - 1 / classes| / 2, the total variation distance: 0 for equal counts, near 1 for one class
 */
import { checkTensor, Tensor } from '../autograd/tensor.ts';
import { checkInteger, checkOptions, describe, invalid } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { formatShape } from '../core/shape.ts';
import { checkFinite } from './features.ts';

export interface ClassHistogramOptions {
  /** How many classes there are: 0 to classes - 1. For logits, whose columns tell it, it may only repeat them. Default 10. */
  readonly classes?: number;
}

export interface ClassHistogram {
  /** Images of each class. */
  readonly counts: readonly number[];
  /** How many classes have none. */
  readonly missing: number;
  /** 0 (as many of each class) to 1 - 1 / classes (one class only). */
  readonly distanceFromUniform: number;
}

const DEFAULT_CLASSES = 10;

/**
 * Counts classes.
 *
 * @param images - class numbers, or a classifier's logits (or probabilities) [n, classes], of which the largest wins, the first of equal ones.
 * @example
 * classHistogram(classifier.predict(generated)).missing; // 0: every digit is drawn
 */
export function classHistogram(
  images: Tensor | ArrayLike<number>,
  options: ClassHistogramOptions = {},
): ClassHistogram {
  const where = 'classHistogram';
  checkOptions(where, options, ['classes']);
  const wanted = options.classes === undefined ? undefined : checkInteger(where, 'classes', options.classes, 1, 1e6);
  const { numbers, classes } = images instanceof Tensor ? winners(where, images, wanted) : given(where, images, wanted);
  const counts: number[] = new Array(classes).fill(0);
  for (let i = 0; i < numbers.length; i++) counts[numbers[i]!]!++;
  const off = counts.reduce((sum, count) => sum + Math.abs(count / numbers.length - 1 / classes), 0);
  return { counts, missing: counts.filter((count) => count === 0).length, distanceFromUniform: off / 2 };
}

interface ClassNumbers {
  readonly numbers: ArrayLike<number>;
  readonly classes: number;
}

function given(where: string, images: unknown, classes = DEFAULT_CLASSES): ClassNumbers {
  if (!isList(images) || images.length === 0) {
    return invalid(where, 'images', 'a list of class numbers or a Tensor of logits [n, classes], not empty', images);
  }
  for (let i = 0; i < images.length; i++) {
    const one = images[i];
    if (typeof one === 'number' && Number.isInteger(one) && one >= 0 && one < classes) continue;
    throw new ArgumentError(
      `${where}: images[${i}] must be a class number from 0 to ${classes - 1}; got ${describe(one)}. Pass { classes } if there are more.`,
    );
  }
  return { numbers: images as ArrayLike<number>, classes };
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}

function winners(where: string, images: Tensor, wanted: number | undefined): ClassNumbers {
  const logits = checkTensor(where, 'images', images);
  const [n = 0, classes = 0] = logits.shape;
  if (logits.rank !== 2 || n < 1 || classes < 1 || (wanted ?? classes) !== classes) {
    throw new ShapeError(
      `${where}: logits must have shape [n, ${wanted ?? 'classes'}], n at least 1; got ${formatShape(logits.shape)}`,
    );
  }
  checkFinite(where, 'images', logits);
  return { numbers: likeliest(logits), classes };
}

/** The place of each row's largest value, the first of equal ones. */
export function likeliest(logits: Tensor): Int32Array {
  const [n, classes] = logits.shape as readonly [number, number];
  const { data } = logits;
  return Int32Array.from({ length: n }, (_, row) => {
    let best = 0;
    for (let c = 1; c < classes; c++) if (data[row * classes + c]! > data[row * classes + best]!) best = c;
    return best;
  });
}
