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
 * @example
 * sum(tensor([[1, 2], [3, 4]]), 0); // [4, 6]
 */
export function sum(x: Tensor, axis?: ReduceOptions['axis'] | ReduceOptions, keepDims?: boolean): Tensor {
  const { axes, kept, shape } = readReduction('sum', x, axis, keepDims);
  const y = sumOver(x, axes, shape);
  return record('sum', y, [x], [(dy) => repeatTo(reshape(dy, kept), x.shape)]);
}

/** The mean over axes, with the arguments of sum(). The mean of no elements is NaN. */
export function mean(x: Tensor, axis?: ReduceOptions['axis'] | ReduceOptions, keepDims?: boolean): Tensor {
  const { axes, count, kept, shape } = readReduction('mean', x, axis, keepDims);
  const y = div(sumOver(x, axes, shape), count);
  return record('mean', y, [x], [(dy) => repeatTo(reshape(div(dy, count), kept), x.shape)]);
}
