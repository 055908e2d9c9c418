/**
 * sin, cos and tan of angles in radians, for |x| up to 100,000. Beyond that, where neighbouring float32 numbers are
 * more than 0.007 apart, they are NaN.
 */
import { record } from '../autograd/record.ts';
import { checkTensor, type Tensor } from '../autograd/tensor.ts';
import * as kernels from '../kernels/library/unary.ts';
import { div, mul, neg } from './arithmetic.ts';
import { applyUnary } from './internal/elementwise.ts';

/** y = sin(x); dx = dy cos(x) */
export function sin(x: Tensor): Tensor {
  checkTensor('sin', 'x', x);
  return record('sin', applyUnary(kernels.sin, x), [x], [(dy) => mul(dy, cos(x))]);
}

/** y = cos(x); dx = -dy sin(x) */
export function cos(x: Tensor): Tensor {
  checkTensor('cos', 'x', x);
  return record('cos', applyUnary(kernels.cos, x), [x], [(dy) => neg(mul(dy, sin(x)))]);
}

/** y = tan(x) = sin(x) / cos(x) */
export function tan(x: Tensor): Tensor {
  checkTensor('tan', 'x', x);
  return div(sin(x), cos(x));
}
