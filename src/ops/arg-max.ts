/** argMax and argMin: where the largest or smallest element lies. No gradient flows through them. */
import { record } from '../autograd/record.ts';
import { checkTensor, Tensor } from '../autograd/tensor.ts';
import { ShapeError } from '../core/errors.ts';
import { checkAxis, formatShape, sizeOf } from '../core/shape.ts';
import { indicesOfExtremes } from './internal/arg-max.ts';
import { readReduction } from './internal/reduction.ts';

/** float32 holds every whole number up to this one. */
const MOST_ELEMENTS = 2 ** 24;

/**
 * The index of the largest element along an axis, as whole numbers in a float tensor; of equal ones the first, and a
 * NaN counts as the largest.
 *
 * @param axis - default: the index into all elements in row-major order, as in Keras. (tfjs takes axis 0 by default.)
 * @param keepDims - the axis stays, with size 1. Default false.
 * @throws ArgumentError if x is no tensor or has no such axis; ShapeError if the axis has no elements, or above 2^24.
 * @example
 * argMax(tensor([[1, 5], [3, 2]]), -1); // [1, 0]
 * argMax(tensor([[1, 5], [3, 2]])); // 1
 */
export function argMax(x: Tensor, axis?: number, keepDims = false): Tensor {
  return find('argMax', x, axis, keepDims, 1);
}

/**
 * The index of the smallest element along an axis, with the arguments of argMax(). A NaN counts as the smallest.
 *
 * @throws ArgumentError if x is no tensor or has no such axis; ShapeError if the axis has no elements, or above 2^24.
 * @example
 * argMin(tensor([[1, 5], [3, 2]]), -1); // [0, 1]
 */
export function argMin(x: Tensor, axis?: number, keepDims = false): Tensor {
  return find('argMin', x, axis, keepDims, -1);
}

function find(where: string, x: Tensor, axis: number | undefined, keepDims: boolean, sign: 1 | -1): Tensor {
  checkTensor(where, 'x', x);
  const along = axis === undefined ? undefined : checkAxis(where, axis, x.rank);
  const { count, shape } = readReduction(where, x, along, keepDims);
  if (count === 0 || count > MOST_ELEMENTS) {
    throw new ShapeError(
      `${where}: x ${formatShape(x.shape)} must have from 1 to ${MOST_ELEMENTS} elements along the axis; ` +
        `it has ${count}`,
    );
  }
  const y = new Tensor(shape);
  const inner = along === undefined ? 1 : sizeOf(x.shape.slice(along + 1));
  y.storage.values().set(indicesOfExtremes(x.storage.values(), count, inner, sign));
  return record(where, y, [x], ['zero']);
}
