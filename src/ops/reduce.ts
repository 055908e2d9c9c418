/**
 * sum and mean over axes.
 *   sum:   y = sum x;  dx = dy, repeated to the shape of x
 *   mean:  y = sum x / count;  dx = dy / count, repeated to the shape of x
 */
import { record } from '../autograd/record.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { div } from './arithmetic.ts';
import { repeatTo } from './internal/broadcasting.ts';
import { type ReduceOptions, readReduction } from './internal/reduction.ts';
import { sumOver } from './internal/sums.ts';
import { reshape } from './reshape.ts';

/**
 * The sum over axes: `sum(x)`, `sum(x, axis, keepDims)` or `sum(x, { axis, keepDims })`. An empty sum is 0.
 *
 * @param axis - one or several; negative ones count from the end. Default: all.
 * @param keepDims - the axes stay, with size 1. Default false.
 * @throws ArgumentError if x is no tensor or has no such axis.
 * @example
 * const x = tensor([[1, 2], [3, 4]]);
 * sum(x); // 10
 * sum(x, 0); // [4, 6]
 * sum(x, -1, true); // [[3], [7]]
 */
export function sum(x: Tensor, axis?: ReduceOptions['axis'] | ReduceOptions, keepDims?: boolean): Tensor {
  const { axes, kept, shape } = readReduction('sum', x, axis, keepDims);
  const y = sumOver(x, axes, shape);
  return record('sum', y, [x], [(dy) => repeatTo(reshape(dy, kept), x.shape)]);
}

/**
 * The mean over axes, with the arguments of sum(). The mean of no elements is NaN.
 *
 * @param axis - one or several; negative ones count from the end. Default: all.
 * @param keepDims - the axes stay, with size 1. Default false.
 * @throws ArgumentError if x is no tensor or has no such axis.
 * @example
 * mean(tensor([[1, 2], [3, 6]])); // 3
 * mean(tensor([[1, 2], [3, 6]]), 0); // [2, 4]
 */
export function mean(x: Tensor, axis?: ReduceOptions['axis'] | ReduceOptions, keepDims?: boolean): Tensor {
  const { axes, count, kept, shape } = readReduction('mean', x, axis, keepDims);
  const y = div(sumOver(x, axes, shape), count);
  return record('mean', y, [x], [(dy) => repeatTo(reshape(div(dy, count), kept), x.shape)]);
}
