/**
 * Functions that are constant between their jumps. Their derivative is zero wherever it exists, so no gradient flows
 * through them. NaN stays NaN.
 */
import { record } from '../autograd/record.ts';
import { checkTensor, type Tensor } from '../autograd/tensor.ts';
import type { UnaryKernel } from '../kernels/elementwise.ts';
import * as kernels from '../kernels/library/piecewise.ts';
import { neg } from '../kernels/library/unary.ts';
import { applyUnary } from './internal/elementwise.ts';

/**
 * y = 1 for x above 0, -1 below 0, and x for 0, -0 and NaN
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * sign(tensor([-3, 0, 0.5])); // [-1, 0, 1]
 */
export function sign(x: Tensor): Tensor {
  return piecewise('sign', kernels.sign, x);
}

/**
 * The largest whole number that is at most x.
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * floor(tensor([1.5, -1.5])); // [1, -2]
 */
export function floor(x: Tensor): Tensor {
  return piecewise('floor', kernels.floor, x);
}

/**
 * The smallest whole number that is at least x: -floor(-x).
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * ceil(tensor([1.5, -1.5])); // [2, -1]
 */
export function ceil(x: Tensor): Tensor {
  checkTensor('ceil', 'x', x);
  return record('ceil', applyUnary(neg, applyUnary(kernels.floor, applyUnary(neg, x))), [x], ['zero']);
}

/**
 * The nearest whole number; of two that are equally near, the even one.
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * round(tensor([0.5, 1.5, -2.4])); // [0, 2, -2]
 */
export function round(x: Tensor): Tensor {
  return piecewise('round', kernels.round, x);
}

function piecewise(name: string, kernel: UnaryKernel, x: Tensor): Tensor {
  checkTensor(name, 'x', x);
  return record(name, applyUnary(kernel, x), [x], ['zero']);
}
