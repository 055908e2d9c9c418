/**
 * gather takes slices of x by their indices; oneHot makes the rows that mark an index.
 *   gather: y[..., i, ...] = x[..., indices[i], ...]; dx adds up the dy of all places that took a slice
 *   oneHot: y[..., i] = onValue where i is the index, else offValue; it has no gradient
 */
import { checkTensor, Tensor } from '../autograd/tensor.ts';
import { checkInteger, describe, isInstance } from '../core/check.ts';
import { ArgumentError } from '../core/errors.ts';
import { checkList } from '../core/numbers.ts';
import { number, readOptions } from '../core/options.ts';
import { checkAxis, checkShape, MAX_SIZE, type Shape } from '../core/shape.ts';
import { mapAxis, selection } from './internal/row-map.ts';

/** Whole numbers: a list, or a tensor of any shape. */
export type Indices = Tensor | ArrayLike<number>;

/**
 * The slices of x with these indices along an axis, by default 0. An index may occur several times.
 *
 * @param indices - whole numbers from 0 to below the size of the axis, in a list or in a tensor of any shape.
 * @returns the shape of x, with the shape of `indices` in the place of the axis.
 * @throws ArgumentError if x has no such axis or the axis no such index.
 * @example
 * gather(tensor([[1, 2], [3, 4], [5, 6]]), [2, 0, 2]); // [[5, 6], [1, 2], [5, 6]]
 */
export function gather(x: Tensor, indices: Indices, axis = 0): Tensor {
  checkTensor('gather', 'x', x);
  const along = checkAxis('gather', axis, x.rank);
  const { values, shape } = readIndices('gather', indices);
  const size = x.shape[along]!;
  for (let i = 0; i < values.length; i++) {
    const index = values[i]!;
    if (!(Number.isInteger(index) && index >= 0 && index < size)) {
      const expected = size === 0 ? `absent, since axis ${along} is empty` : `a whole number from 0 to ${size - 1}`;
      throw new ArgumentError(`gather: indices[${i}] must be ${expected}; got ${describe(index)}`);
    }
  }
  return mapAxis('gather', x, along, selection(size, values), shape);
}

/** The options of oneHot(). */
export interface OneHotOptions {
  /** Value in the place of the index. Default 1. */
  readonly onValue?: number | undefined;
  /** Value in all other places. Default 0. */
  readonly offValue?: number | undefined;
}

const OPTIONS = { onValue: number().or(1), offValue: number().or(0) };

/**
 * Marks indices in a new last axis of size `depth`: [...] -> [..., depth]. An index that is not below `depth` marks
 * nothing. The result has no gradient.
 *
 * @param indices - whole numbers, in a list or in a tensor of any shape.
 * @throws ArgumentError if an index is no whole number, depth is below 1, or for a wrong option.
 * @example
 * oneHot([0, 2], 3); // [[1, 0, 0], [0, 0, 1]]
 */
export function oneHot(indices: Indices, depth: number, options: OneHotOptions = {}): Tensor {
  const { values, shape } = readIndices('oneHot', indices);
  checkInteger('oneHot', 'depth', depth, 1, MAX_SIZE);
  const { onValue, offValue } = readOptions('oneHot', options, OPTIONS);
  const marked = new Tensor(checkShape('oneHot', 'the result', [...shape, depth]));
  const to = marked.storage.values().fill(offValue);
  for (let i = 0; i < values.length; i++) {
    const index = values[i]!;
    if (!Number.isInteger(index)) {
      throw new ArgumentError(`oneHot: indices[${i}] must be a whole number; got ${describe(index)}`);
    }
    if (index >= 0 && index < depth) to[i * depth + index] = onValue;
  }
  return marked;
}

function readIndices(where: string, indices: Indices): { readonly values: ArrayLike<number>; readonly shape: Shape } {
  if (isInstance(indices, Tensor)) {
    const { storage, shape } = checkTensor(where, 'indices', indices);
    return { values: storage.view(), shape };
  }
  const list = checkList(where, 'indices', indices, 'a Tensor or a list of whole numbers');
  // Each is checked before the next one is read: reading stops at the first wrong item, however long the list claims
  // to be.
  const values: number[] = [];
  for (let i = 0; i < list.length; i++) {
    const index = list[i];
    if (typeof index !== 'number') {
      throw new ArgumentError(`${where}: indices[${i}] must be a whole number; got ${describe(index)}`);
    }
    values.push(index);
  }
  return { values, shape: [values.length] };
}
