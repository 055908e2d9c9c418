/** all and any: whether conditions hold over axes, as 1 or 0. 0 is false. No gradient flows through them. */
import type { Tensor } from '../autograd/tensor.ts';
import { notEqual } from './comparison.ts';
import { max, maximum, min, minimum } from './extremes.ts';
import { type ReduceOptions, readReduction } from './internal/reduction.ts';

/**
 * 1 where all elements are true, else 0, over axes: `all(x)`, `all(x, axis, keepDims)` or `all(x, { axis, keepDims })`.
 * Of no elements it is 1.
 *
 * @example
 * all(greater(x, 0)).item() === 1; // whether all elements are positive
 */
export function all(x: Tensor, axis?: ReduceOptions['axis'] | ReduceOptions, keepDims?: boolean): Tensor {
  readReduction('all', x, axis, keepDims);
  return minimum(min(notEqual(x, 0), axis, keepDims), 1);
}

/** 1 where any element is true, else 0, with the arguments of all(). Of no elements it is 0. */
export function any(x: Tensor, axis?: ReduceOptions['axis'] | ReduceOptions, keepDims?: boolean): Tensor {
  readReduction('any', x, axis, keepDims);
  return maximum(max(notEqual(x, 0), axis, keepDims), 0);
}
