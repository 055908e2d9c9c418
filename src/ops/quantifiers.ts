/** all and any: whether conditions hold over axes, as 1 or 0. 0 is false. No gradient flows through them. */
import type { Tensor } from '../autograd/tensor.ts';
import { notEqual } from './comparison.ts';
import { max, maximum, min, minimum } from './extremes.ts';
import { type ReduceOptions, readReduction } from './internal/reduction.ts';

/**
 * 1 where all elements are true, else 0, over axes: `all(x)`, `all(x, axis, keepDims)` or `all(x, { axis, keepDims })`.
 * Of no elements it is 1.
 *
 * @param axis - one or several; negative ones count from the end. Default: all.
 * @param keepDims - the axes stay, with size 1. Default false.
 * @throws ArgumentError if x is no tensor or has no such axis.
 * @example
 * const x = tensor([[1, 2], [-1, 3]]);
 * all(greater(x, 0), 1); // [1, 0]
 * all(greater(x, 0)).item() === 1; // false: not all are positive
 */
export function all(x: Tensor, axis?: ReduceOptions['axis'] | ReduceOptions, keepDims?: boolean): Tensor {
  readReduction('all', x, axis, keepDims);
  return minimum(min(notEqual(x, 0), axis, keepDims), 1);
}

/**
 * 1 where any element is true, else 0, with the arguments of all(). Of no elements it is 0.
 *
 * @param axis - one or several; negative ones count from the end. Default: all.
 * @param keepDims - the axes stay, with size 1. Default false.
 * @throws ArgumentError if x is no tensor or has no such axis.
 * @example
 * any(tensor([[0, 0], [0, 2]]), 1); // [0, 1]
 */
export function any(x: Tensor, axis?: ReduceOptions['axis'] | ReduceOptions, keepDims?: boolean): Tensor {
  readReduction('any', x, axis, keepDims);
  return maximum(max(notEqual(x, 0), axis, keepDims), 0);
}
