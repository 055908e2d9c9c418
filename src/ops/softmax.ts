/**
 * softmax, logSoftmax and logSumExp. The largest element is subtracted first, so nothing overflows.
 *   softmax:    y = e^x / sum e^x;     dx = y (dy - sum(dy y))
 *   logSoftmax: y = x - log(sum e^x);  dx = dy - e^y sum dy
 *   logSumExp:  y = log(sum e^x);      dx = dy e^(x - y)
 */
import { record } from '../autograd/record.ts';
import { checkTensor, scalar, type Tensor } from '../autograd/tensor.ts';
import { checkAxis } from '../core/shape.ts';
import * as binary from '../kernels/library/binary.ts';
import { abs } from '../kernels/library/piecewise.ts';
import * as unary from '../kernels/library/unary.ts';
import { mul, sub } from './arithmetic.ts';
import { applyBinary, applyUnary } from './internal/elementwise.ts';
import { foldOver } from './internal/fold.ts';
import { type ReduceOptions, type Reduction, readReduction } from './internal/reduction.ts';
import { sumOver } from './internal/sums.ts';
import { sum } from './reduce.ts';
import { reshape } from './reshape.ts';
import { exp } from './unary.ts';

/**
 * e^x, divided by the sum of e^x along an axis: positive numbers that add up to 1.
 *
 * @param axis - default -1, the last one.
 * @param x - of any shape but []; the result has it too.
 * @throws ArgumentError if x is no tensor or has no such axis.
 * @example
 * softmax(tensor([[0, 0], [0, 1000]])); // [[0.5, 0.5], [0, 1]]
 */
export function softmax(x: Tensor, axis = -1): Tensor {
  const { axes, kept } = alongAxis('softmax', x, axis);
  const { exponentials, total } = shifted(x, axes, kept);
  const y = applyBinary('softmax', binary.div, exponentials, total);
  return record('softmax', y, [x], [(dy) => mul(y, sub(dy, sum(mul(dy, y), axes, true)))]);
}

/**
 * The logarithm of softmax(x, axis). It is right where softmax() rounds to 0.
 *
 * @param axis - default -1, the last one.
 * @param x - of any shape but []; the result has it too.
 * @throws ArgumentError if x is no tensor or has no such axis.
 * @example
 * logSoftmax(tensor([0, 1000])); // [-1000, 0]
 */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  const { axes, kept } = alongAxis('logSoftmax', x, axis);
  const { difference, total } = shifted(x, axes, kept);
  const y = applyBinary('logSoftmax', binary.sub, difference, applyUnary(unary.log, total));
  return record('logSoftmax', y, [x], [(dy) => sub(dy, mul(exp(y), sum(dy, axes, true)))]);
}

/**
 * The logarithm of the sum of e^x over axes, with the arguments of sum(): a smooth max(). Of no elements it is
 * -Infinity.
 *
 * @param axis - one or several; negative ones count from the end. Default: all.
 * @param keepDims - the axes stay, with size 1. Default false.
 * @throws ArgumentError if x is no tensor or has no such axis.
 * @example
 * logSumExp(tensor([0, 0])); // 0.693147...: log(2)
 * logSumExp(tensor([1000, 1000])); // 1000.693...
 */
export function logSumExp(x: Tensor, axis?: ReduceOptions['axis'] | ReduceOptions, keepDims?: boolean): Tensor {
  const { axes, kept, shape } = readReduction('logSumExp', x, axis, keepDims);
  const { largest, total } = shifted(x, axes, kept);
  const y = reshape(applyBinary('logSumExp', binary.add, applyUnary(unary.log, total), largest), shape);
  return record('logSumExp', y, [x], [(dy) => mul(reshape(dy, kept), exp(sub(x, reshape(y, kept))))]);
}

function alongAxis(where: string, x: Tensor, axis: number): Reduction {
  checkTensor(where, 'x', x);
  return readReduction(where, x, checkAxis(where, axis, x.rank));
}

interface Shifted {
  /** The largest element, with reduced axes of size 1; 0 where it is not finite, since Infinity - Infinity is NaN. */
  readonly largest: Tensor;
  /** x - largest */
  readonly difference: Tensor;
  readonly exponentials: Tensor;
  /** The sum of the exponentials. */
  readonly total: Tensor;
}

function shifted(x: Tensor, axes: Reduction['axes'], kept: Reduction['kept']): Shifted {
  const top = foldOver(binary.maximum, -Infinity, x, axes, kept);
  const finite = applyBinary('softmax', binary.less, applyUnary(abs, top), scalar(Infinity));
  const largest = applyBinary('softmax', binary.masked, top, finite);
  const difference = applyBinary('softmax', binary.sub, x, largest);
  const exponentials = applyUnary(unary.exp, difference);
  return { largest, difference, exponentials, total: sumOver(exponentials, axes, kept) };
}
