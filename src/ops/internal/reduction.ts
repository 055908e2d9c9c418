/** The arguments of functions that reduce axes: sum, mean, max and the like. */
import { checkTensor, type Tensor } from '../../autograd/tensor.ts';
import { checkBoolean, isArray } from '../../core/check.ts';
import { boolean, type Option, option, readOptions } from '../../core/options.ts';
import { checkAxes, type Shape } from '../../core/shape.ts';

/** The axes of a reduction. */
export interface ReduceOptions {
  /** The axes to reduce; negative ones count from the last axis. Default: all. */
  readonly axis?: number | readonly number[] | undefined;
  /** Reduced axes stay, with size 1. Default false. */
  readonly keepDims?: boolean | undefined;
}

type Axis = number | readonly number[];

/** Not checked here: which axes exist depends on the tensor. checkAxes() does it. */
function axis(): Option<Axis> {
  return option<Axis>((_where, _argument, given) => given as Axis);
}

const OPTIONS = { axis: axis().optional(), keepDims: boolean().or(false) };

export interface Reduction {
  /** Sorted, counted from the front. */
  readonly axes: readonly number[];
  /** Number of elements that are reduced to one. */
  readonly count: number;
  /** Shape of the result if reduced axes stay, with size 1. */
  readonly kept: Shape;
  /** Shape of the result. */
  readonly shape: Shape;
}

export function readReduction(
  where: string,
  x: Tensor,
  given: ReduceOptions['axis'] | ReduceOptions,
  keepDims = false,
): Reduction {
  checkTensor(where, 'x', x);
  if (typeof given === 'object' && !isList(given)) {
    const options = readOptions(where, given, OPTIONS);
    return readReduction(where, x, options.axis, options.keepDims);
  }
  checkBoolean(where, 'keepDims', keepDims);
  const axes = checkAxes(where, given, x.rank);
  const kept = x.shape.map((size, one) => (axes.includes(one) ? 1 : size));
  const count = axes.reduce((product, one) => product * x.shape[one]!, 1);
  return { axes, count, kept, shape: keepDims ? kept : x.shape.filter((_, one) => !axes.includes(one)) };
}

function isList(value: readonly number[] | ReduceOptions): value is readonly number[] {
  return isArray(value);
}
