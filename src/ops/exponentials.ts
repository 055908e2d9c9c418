/** expm1, log1p and erf, each with its gradient. NaN stays NaN, and 0 and -0 stay what they are. */
import { record } from '../autograd/record.ts';
import { checkTensor, type Tensor } from '../autograd/tensor.ts';
import * as kernels from '../kernels/library/exponentials.ts';
import { add, div, mul, neg } from './arithmetic.ts';
import { applyUnary } from './internal/elementwise.ts';
import { exp, square } from './unary.ts';

/**
 * y = e^x - 1, accurate near 0; dx = dy (y + 1)
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * expm1(tensor([0, 1e-7, 1])); // [0, 1e-7, 1.718281...]
 */
export function expm1(x: Tensor): Tensor {
  checkTensor('expm1', 'x', x);
  const y = applyUnary(kernels.expm1, x);
  return record('expm1', y, [x], [(dy) => mul(dy, add(y, 1))]);
}

/**
 * y = log(1 + x), accurate near 0, -Infinity at -1 and NaN below; dx = dy / (1 + x)
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * log1p(tensor([0, 1e-7, -1])); // [0, 1e-7, -Infinity]
 */
export function log1p(x: Tensor): Tensor {
  checkTensor('log1p', 'x', x);
  return record('log1p', applyUnary(kernels.log1p, x), [x], [(dy) => div(dy, add(x, 1))]);
}

/**
 * y = 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x, the error function; dx = dy 2 / sqrt(pi) e^(-x^2)
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * erf(tensor([0, 1, -10])); // [0, 0.842700..., -1]
 */
export function erf(x: Tensor): Tensor {
  checkTensor('erf', 'x', x);
  const slope = (): Tensor => mul(2 / Math.sqrt(Math.PI), exp(neg(square(x))));
  return record('erf', applyUnary(kernels.erf, x), [x], [(dy) => mul(dy, slope())]);
}
