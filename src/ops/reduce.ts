/**
 * sum and mean over axes.
 *   sum:   y = sum x;  dx = dy, repeated to the shape of x
 *   mean:  y = sum x / count;  dx = dy / count, repeated to the shape of x
 */
import { record } from '../autograd/record.ts';
import { checkTensor, type Tensor } from '../autograd/tensor.ts';
import { checkBoolean, isArray } from '../core/check.ts';
import { boolean, option, readOptions } from '../core/options.ts';
import { checkAxes, type Shape } from '../core/shape.ts';
import { div } from './arithmetic.ts';
import { repeatTo } from './internal/broadcasting.ts';
import { sumOver } from './internal/sums.ts';
import { reshape } from './reshape.ts';

export interface ReduceOptions {
  /** The axes to reduce; negative ones count from the last axis. Default: all. */
  readonly axis?: number | readonly number[] | undefined;
  /** Reduced axes stay, with size 1. Default false. */
  readonly keepDims?: boolean | undefined;
}

const OPTIONS = {
  // Not checked here: which axes exist depends on the tensor. checkAxes() does it.
  axis: option<number | readonly number[]>((_where, _argument, axis) => axis as number | readonly number[]).optional(),
  keepDims: boolean().or(false),
};

/**
 * The sum over axes: `sum(x)`, `sum(x, axis, keepDims)` or `sum(x, { axis, keepDims })`. An empty sum is 0.
 *
 * @example
 * sum(tensor([[1, 2], [3, 4]]), 0); // [4, 6]
 */
export function sum(x: Tensor, axis?: ReduceOptions['axis'] | ReduceOptions, keepDims?: boolean): Tensor {
  const { axes, kept, shape } = readArguments('sum', x, axis, keepDims);
  const y = sumOver(x, axes, shape);
  return record('sum', y, [x], [(dy) => repeatTo(reshape(dy, kept), x.shape)]);
}

/** The mean over axes, with the arguments of sum(). The mean of no elements is NaN. */
export function mean(x: Tensor, axis?: ReduceOptions['axis'] | ReduceOptions, keepDims?: boolean): Tensor {
  const { axes, kept, shape } = readArguments('mean', x, axis, keepDims);
  const count = axes.reduce((product, one) => product * x.shape[one]!, 1);
  const y = div(sumOver(x, axes, shape), count);
  return record('mean', y, [x], [(dy) => repeatTo(reshape(div(dy, count), kept), x.shape)]);
}

interface ReduceArguments {
  readonly axes: readonly number[];
  /** Shape of the result if reduced axes stay, with size 1. */
  readonly kept: Shape;
  /** Shape of the result. */
  readonly shape: Shape;
}

function readArguments(
  where: string,
  x: Tensor,
  axis: ReduceOptions['axis'] | ReduceOptions,
  keepDims = false,
): ReduceArguments {
  checkTensor(where, 'x', x);
  if (typeof axis === 'object' && !isList(axis)) {
    const options = readOptions(where, axis, OPTIONS);
    return readArguments(where, x, options.axis, options.keepDims);
  }
  checkBoolean(where, 'keepDims', keepDims);
  const axes = checkAxes(where, axis, x.rank);
  const kept = x.shape.map((size, one) => (axes.includes(one) ? 1 : size));
  return { axes, kept, shape: keepDims ? kept : x.shape.filter((_, one) => !axes.includes(one)) };
}

function isList(value: readonly number[] | ReduceOptions): value is readonly number[] {
  return isArray(value);
}
