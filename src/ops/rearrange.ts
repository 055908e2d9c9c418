/**
 * flip, tile, stack, unstack, split, expandDims and squeeze. They rearrange or repeat values and are made of other
 * operations, which have the gradients.
 */
import { checkTensor, type Tensor } from '../autograd/tensor.ts';
import { checkInteger, describe, invalid, isArray } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { checkAxes, checkAxis, checkShape, formatShape, MAX_SIZE, sameShape } from '../core/shape.ts';
import { mapAxis, selection } from './internal/row-map.ts';
import { reshape } from './reshape.ts';
import { concat, slice } from './shape-ops.ts';

/**
 * Reverses the order of the elements along axes; default: all axes.
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor or has no such axis.
 * @example
 * flip(tensor([[1, 2], [3, 4]]), 1); // [[2, 1], [4, 3]]
 */
export function flip(x: Tensor, axis?: number | readonly number[]): Tensor {
  checkTensor('flip', 'x', x);
  return checkAxes('flip', axis, x.rank).reduce((y, one) => {
    const size = x.shape[one]!;
    const reversed = Array.from({ length: size }, (_, i) => size - 1 - i);
    return mapAxis('flip', y, one, selection(size, reversed));
  }, x);
}

/**
 * Repeats x `repetitions[i]` times along axis i. The gradient adds up the copies.
 *
 * @param repetitions - one whole number of at least 0 for each axis of x.
 * @throws ArgumentError if there are not as many repetitions as axes.
 * @example
 * tile(tensor([[1, 2]]), [2, 2]); // [[1, 2, 1, 2], [1, 2, 1, 2]]
 */
export function tile(x: Tensor, repetitions: readonly number[]): Tensor {
  checkTensor('tile', 'x', x);
  if (!isArray(repetitions) || repetitions.length !== x.rank) {
    const expected = `a list of ${x.rank} whole numbers, one for each axis of ${formatShape(x.shape)}`;
    return invalid('tile', 'repetitions', expected, repetitions);
  }
  const counts = x.shape.map((_, i) => checkInteger('tile', `repetitions[${i}]`, repetitions[i], 0, MAX_SIZE));
  checkShape(
    'tile',
    'the result',
    x.shape.map((size, i) => size * counts[i]!),
  );
  return counts.reduce((y, count, axis) => {
    if (count === 1) return y;
    const size = x.shape[axis]!;
    return mapAxis(
      'tile',
      y,
      axis,
      selection(
        size,
        Int32Array.from({ length: size * count }, (_, i) => i % size),
      ),
    );
  }, x);
}

/**
 * Joins tensors of one shape along a new axis, by default 0.
 *
 * @throws ShapeError if the shapes differ; ArgumentError if there are no tensors, or the axis is none of the result.
 * @example
 * stack([tensor([1, 2]), tensor([3, 4])]); // [[1, 2], [3, 4]]
 * stack([tensor([1, 2]), tensor([3, 4])], 1); // [[1, 3], [2, 4]]
 */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  if (!isArray(tensors) || tensors.length === 0) {
    return invalid('stack', 'tensors', 'a list of at least one Tensor', tensors);
  }
  for (let i = 0; i < tensors.length; i++) checkTensor('stack', `tensors[${i}]`, tensors[i]);
  const { shape, rank } = tensors[0]!;
  tensors.forEach((one, i) => {
    if (sameShape(one.shape, shape)) return;
    throw new ShapeError(
      `stack: tensors[${i}] has shape ${formatShape(one.shape)}, tensors[0] ${formatShape(shape)}; ` +
        'they must be equal',
    );
  });
  const along = checkAxis('stack', axis, rank + 1);
  return concat(
    tensors.map((one) => expandDims(one, along)),
    along,
  );
}

/**
 * The slices of x along an axis, by default 0, as a list of tensors without that axis: what stack() joins.
 *
 * @throws ArgumentError if x is no tensor or has no such axis.
 * @example
 * unstack(tensor([[1, 2], [3, 4]])); // [[1, 2], [3, 4]]: two tensors [2]
 */
export function unstack(x: Tensor, axis = 0): Tensor[] {
  checkTensor('unstack', 'x', x);
  const along = checkAxis('unstack', axis, x.rank);
  const rest = x.shape.filter((_, one) => one !== along);
  return parts(x, along, new Array<number>(x.shape[along]!).fill(1)).map((part) => reshape(part, rest));
}

/**
 * Cuts x along an axis, by default 0: into as many equal parts as `sizes` says, or into parts of the sizes in a list.
 *
 * @throws ShapeError if the axis cannot be cut so; ArgumentError if x has no such axis.
 * @example
 * split(tensor([1, 2, 3, 4]), 2); // [[1, 2], [3, 4]]: two tensors
 * split(tensor([1, 2, 3, 4]), [1, 3]); // [[1], [2, 3, 4]]
 */
export function split(x: Tensor, sizes: number | readonly number[], axis = 0): Tensor[] {
  checkTensor('split', 'x', x);
  const along = checkAxis('split', axis, x.rank);
  const length = x.shape[along]!;
  if (isArray(sizes)) {
    if (sizes.length > Math.max(length, MOST_PARTS)) {
      throw new ArgumentError(`split: sizes must be a list of at most ${length} parts; got ${describe(sizes)}`);
    }
    const given = Array.from(sizes, (size, i) => checkInteger('split', `sizes[${i}]`, size, 0, MAX_SIZE));
    const total = given.reduce((sum, size) => sum + size, 0);
    if (total !== length) {
      throw new ShapeError(
        `split: the sizes ${describe(given)} add up to ${total}; axis ${along} of ${formatShape(x.shape)} has ${length}`,
      );
    }
    return parts(x, along, given);
  }
  const count = checkInteger('split', 'sizes', sizes, 1, MAX_SIZE);
  if (length % count !== 0) {
    throw new ShapeError(
      `split: axis ${along} of ${formatShape(x.shape)} cannot be cut into ${count} equal parts. Give their sizes as a ` +
        'list.',
    );
  }
  return parts(x, along, new Array<number>(count).fill(length / count));
}

/** Parts of size 0 are allowed, but not millions of them. */
const MOST_PARTS = 2 ** 16;

function parts(x: Tensor, axis: number, sizes: readonly number[]): Tensor[] {
  let start = 0;
  return sizes.map((size) => {
    const begin = x.shape.map((_, one) => (one === axis ? start : 0));
    start += size;
    return slice(
      x,
      begin,
      x.shape.map((whole, one) => (one === axis ? size : whole)),
    );
  });
}

/**
 * Inserts an axis of size 1, by default in front. Nothing is copied.
 *
 * @throws ArgumentError if x is no tensor, or the axis none of the result.
 * @example
 * expandDims(tensor([1, 2]), -1).shape; // [2, 1]
 */
export function expandDims(x: Tensor, axis = 0): Tensor {
  checkTensor('expandDims', 'x', x);
  const along = checkAxis('expandDims', axis, x.rank + 1);
  return reshape(x, [...x.shape.slice(0, along), 1, ...x.shape.slice(along)]);
}

/**
 * Takes out axes of size 1; default: all of them. Nothing is copied.
 *
 * @throws ShapeError if one of the axes has another size; ArgumentError if x has no such axis.
 * @example
 * squeeze(zeros([1, 3, 1])).shape; // [3]
 */
export function squeeze(x: Tensor, axis?: number | readonly number[]): Tensor {
  checkTensor('squeeze', 'x', x);
  const axes = checkAxes('squeeze', axis, x.rank);
  const wrong = axis === undefined ? undefined : axes.find((one) => x.shape[one] !== 1);
  if (wrong !== undefined) {
    throw new ShapeError(
      `squeeze: axis ${wrong} of ${formatShape(x.shape)} has size ${x.shape[wrong]}; only axes of size 1 can go`,
    );
  }
  return reshape(
    x,
    x.shape.filter((size, one) => size !== 1 || !axes.includes(one)),
  );
}
