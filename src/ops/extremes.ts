/**
 * The larger or smaller of two tensors, and the largest or smallest element over axes. At ties the gradients are those
 * of TensorFlow: of two tensors, a gets all of it; over axes, equal elements get equal shares.
 *   maximum: y = max(a, b);  da = a >= b ? dy : 0, db = a < b ? dy : 0
 *   max:     y = max over axes of x;  dx = x = y ? dy / (number of elements equal to y) : 0
 * NaN in, NaN out.
 */
import { record } from '../autograd/record.ts';
import { type Tensor, toTensor } from '../autograd/tensor.ts';
import type { BinaryKernel } from '../kernels/elementwise.ts';
import * as kernels from '../kernels/library/binary.ts';
import { div } from './arithmetic.ts';
import { equal, greater, greaterEqual, less, lessEqual } from './comparison.ts';
import { sumTo } from './internal/broadcasting.ts';
import { applyBinary } from './internal/elementwise.ts';
import { foldOver } from './internal/fold.ts';
import { masked } from './internal/masked.ts';
import { type ReduceOptions, readReduction } from './internal/reduction.ts';
import { sum } from './reduce.ts';
import { reshape } from './reshape.ts';
import { broadcastTo } from './shape-ops.ts';

/**
 * y = max(a, b), with NumPy's broadcasting. Where they are equal, a gets the gradient. The maximum of 0 and -0 is 0.
 *
 * @param a - of any shape, or a number.
 * @param b - of a shape that broadcasts with a's, as in NumPy, or a number.
 * @throws ArgumentError if an operand is neither a tensor nor a number; ShapeError if the shapes do not broadcast.
 * @example
 * maximum(tensor([1, -2]), 0); // [1, 0]
 */
export function maximum(a: Tensor | number, b: Tensor | number): Tensor {
  return pick('maximum', kernels.maximum, a, b, greaterEqual, less);
}

/**
 * y = min(a, b), with NumPy's broadcasting. Where they are equal, a gets the gradient.
 *
 * @param a - of any shape, or a number.
 * @param b - of a shape that broadcasts with a's, as in NumPy, or a number.
 * @throws ArgumentError if an operand is neither a tensor nor a number; ShapeError if the shapes do not broadcast.
 * @example
 * minimum(tensor([1, -2]), 0); // [0, -2]
 */
export function minimum(a: Tensor | number, b: Tensor | number): Tensor {
  return pick('minimum', kernels.minimum, a, b, lessEqual, greater);
}

/**
 * The largest element over axes: `max(x)`, `max(x, axis, keepDims)` or `max(x, { axis, keepDims })`. Of no elements it
 * is -Infinity.
 *
 * @param axis - one or several; negative ones count from the end. Default: all.
 * @param keepDims - the axes stay, with size 1. Default false.
 * @throws ArgumentError if x is no tensor or has no such axis.
 * @example
 * max(tensor([[1, 5], [3, 4]]), 1); // [5, 4]
 */
export function max(x: Tensor, axis?: ReduceOptions['axis'] | ReduceOptions, keepDims?: boolean): Tensor {
  return extreme('max', kernels.maximum, -Infinity, x, axis, keepDims);
}

/**
 * The smallest element over axes, with the arguments of max(). Of no elements it is Infinity.
 *
 * @param axis - one or several; negative ones count from the end. Default: all.
 * @param keepDims - the axes stay, with size 1. Default false.
 * @throws ArgumentError if x is no tensor or has no such axis.
 * @example
 * min(tensor([[1, 5], [3, 4]]), 0); // [1, 4]
 */
export function min(x: Tensor, axis?: ReduceOptions['axis'] | ReduceOptions, keepDims?: boolean): Tensor {
  return extreme('min', kernels.minimum, Infinity, x, axis, keepDims);
}

type Comparison = (a: Tensor, b: Tensor) => Tensor;

function pick(
  where: string,
  kernel: BinaryKernel,
  a: Tensor | number,
  b: Tensor | number,
  isFirst: Comparison,
  isSecond: Comparison,
): Tensor {
  const x = toTensor(where, 'a', a);
  const z = toTensor(where, 'b', b);
  return record(
    where,
    applyBinary(where, kernel, x, z),
    [x, z],
    [(dy) => sumTo(masked(dy, isFirst(x, z)), x.shape), (dy) => sumTo(masked(dy, isSecond(x, z)), z.shape)],
  );
}

function extreme(
  where: string,
  kernel: BinaryKernel,
  empty: number,
  x: Tensor,
  axis: ReduceOptions['axis'] | ReduceOptions,
  keepDims?: boolean,
): Tensor {
  const { axes, kept, shape } = readReduction(where, x, axis, keepDims);
  const y = foldOver(kernel, empty, x, axes, shape);
  const dx = (dy: Tensor): Tensor => {
    const chosen = equal(x, reshape(y, kept));
    // None is equal to NaN, and none is there if an axis is empty.
    const share = div(reshape(dy, kept), maximum(sum(chosen, axes, true), 1));
    return masked(broadcastTo(share, x.shape), chosen);
  };
  return record(where, y, [x], [dx]);
}
