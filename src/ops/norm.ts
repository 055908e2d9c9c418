/** Norms of vectors, and of matrices that lie along two axes. */
import { record } from '../autograd/record.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { describe, invalid, isArray } from '../core/check.ts';
import { ArgumentError } from '../core/errors.ts';
import { sqrt as sqrtKernel } from '../kernels/library/unary.ts';
import { div, mul } from './arithmetic.ts';
import { greater } from './comparison.ts';
import { max, min } from './extremes.ts';
import { applyUnary } from './internal/elementwise.ts';
import { type Reduction, readReduction } from './internal/reduction.ts';
import { sumOver } from './internal/sums.ts';
import { sum } from './reduce.ts';
import { reshape } from './reshape.ts';
import { abs, square } from './unary.ts';
import { where } from './where.ts';

/** 'euclidean' and 'fro' are the same; 2 too, but for vectors only. */
export type NormOrder = 'euclidean' | 'fro' | 1 | 2 | typeof Infinity;

/**
 * The norm of the elements along axes, by default of all elements as one vector.
 *   'euclidean', 'fro' or 2:  sqrt(sum x^2);  dx = dy x / y, 0 where y is 0
 *   1:                        sum |x|
 *   Infinity, -Infinity:      max |x|, min |x|
 * A list of two axes means matrices. Their norm of order 1 is the largest sum of |x| along the first of the two axes
 * (of a column), that of order Infinity along the second (of a row), and of order -Infinity the smallest one.
 *
 * Squares above 3.4e38 overflow: elements beyond 1.8e19 have the norm Infinity.
 *
 * @param keepDims - the axes stay, with size 1. Default false.
 * @throws ArgumentError if x is no tensor, has no such axis, or the order is none of the above.
 * @example
 * norm(tensor([3, 4])); // 5
 * norm(tensor([[3, 4], [6, 8]]), 'euclidean', 1); // [5, 10]
 * norm(tensor([[1, -2], [3, 4]]), 1, [0, 1]); // 6: the larger column
 */
export function norm(
  x: Tensor,
  ord: NormOrder = 'euclidean',
  axis?: number | readonly number[],
  keepDims = false,
): Tensor {
  const reduction = readReduction('norm', x, axis, keepDims);
  const matrix = isArray(axis) && axis.length === 2 ? axis : undefined;
  if (ord === 'euclidean' || ord === 'fro' || (ord === 2 && matrix === undefined)) return euclidean(x, reduction);
  if (ord !== 1 && ord !== Infinity && ord !== -Infinity) {
    if (ord !== 2) return invalid('norm', 'ord', "'euclidean', 'fro', 1, 2, Infinity or -Infinity", ord);
    throw new ArgumentError(
      `norm: the order 2 of matrices, along the axes ${describe(axis)}, is not available. Use 'euclidean' for the ` +
        'square root of the sum of squares.',
    );
  }
  const pick = ord === -Infinity ? min : max;
  if (matrix === undefined) return ord === 1 ? sum(abs(x), axis, keepDims) : pick(abs(x), axis, keepDims);
  const sums = sum(abs(x), matrix[ord === 1 ? 0 : 1], true);
  return reshape(pick(sums, matrix, true), reduction.shape);
}

function euclidean(x: Tensor, { axes, kept, shape }: Reduction): Tensor {
  const y = applyUnary(sqrtKernel, sumOver(square(x), axes, shape));
  const dx = (dy: Tensor): Tensor => {
    const length = reshape(y, kept);
    return mul(x, div(reshape(dy, kept), where(greater(length, 0), length, 1)));
  };
  return record('norm', y, [x], [dx]);
}
