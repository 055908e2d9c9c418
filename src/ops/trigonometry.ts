/**
 * sin, cos and tan of angles in radians, and their inverses. sin, cos and tan are for |x| up to 100,000; beyond that,
 * where neighbouring float32 numbers are more than 0.007 apart, they are NaN.
 */
import { record, withoutRecording } from '../autograd/record.ts';
import { checkTensor, type Tensor } from '../autograd/tensor.ts';
import * as kernels from '../kernels/library/unary.ts';
import { add, div, mul, neg, sub } from './arithmetic.ts';
import { applyUnary } from './internal/elementwise.ts';
import { sqrt, square } from './unary.ts';

/**
 * y = sin(x); dx = dy cos(x)
 *
 * @param x - of any shape; the result has it too. NaN for |x| above 100,000. In radians.
 * @throws ArgumentError if x is no tensor.
 * @example
 * sin(tensor([0, Math.PI / 2])); // [0, 1]
 */
export function sin(x: Tensor): Tensor {
  checkTensor('sin', 'x', x);
  return record('sin', applyUnary(kernels.sin, x), [x], [(dy) => mul(dy, cos(x))]);
}

/**
 * y = cos(x); dx = -dy sin(x)
 *
 * @param x - of any shape; the result has it too. NaN for |x| above 100,000. In radians.
 * @throws ArgumentError if x is no tensor.
 * @example
 * cos(tensor([0, Math.PI])); // [1, -1]
 */
export function cos(x: Tensor): Tensor {
  checkTensor('cos', 'x', x);
  return record('cos', applyUnary(kernels.cos, x), [x], [(dy) => neg(mul(dy, sin(x)))]);
}

/**
 * y = tan(x) = sin(x) / cos(x)
 *
 * @param x - of any shape; the result has it too. NaN for |x| above 100,000. In radians.
 * @throws ArgumentError if x is no tensor.
 * @example
 * tan(tensor([0, 1])); // [0, 1.557407...]
 */
export function tan(x: Tensor): Tensor {
  checkTensor('tan', 'x', x);
  return div(sin(x), cos(x));
}

/**
 * y = asin(x), from -pi/2 to pi/2, NaN for |x| above 1; dx = dy / sqrt(1 - x^2)
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * asin(tensor([0, 1, 2])); // [0, 1.570796..., NaN]
 */
export function asin(x: Tensor): Tensor {
  checkTensor('asin', 'x', x);
  const y = withoutRecording(() => atan(div(x, cosineOf(x))));
  return record('asin', y, [x], [(dy) => div(dy, cosineOf(x))]);
}

/**
 * y = acos(x), from 0 to pi, NaN for |x| above 1; dx = -dy / sqrt(1 - x^2)
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * acos(tensor([1, 0, 2])); // [0, 1.570796..., NaN]
 */
export function acos(x: Tensor): Tensor {
  checkTensor('acos', 'x', x);
  const y = withoutRecording(() => mul(2, atan(sqrt(div(sub(1, x), add(1, x))))));
  return record('acos', y, [x], [(dy) => neg(div(dy, cosineOf(x)))]);
}

/**
 * y = atan(x), from -pi/2 to pi/2; dx = dy / (1 + x^2)
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * atan(tensor([0, 1, Infinity])); // [0, 0.785398..., 1.570796...]
 */
export function atan(x: Tensor): Tensor {
  checkTensor('atan', 'x', x);
  return record('atan', applyUnary(kernels.atan, x), [x], [(dy) => div(dy, add(1, square(x)))]);
}

/** sqrt(1 - x^2), accurate where |x| is near 1. */
function cosineOf(x: Tensor): Tensor {
  return sqrt(mul(sub(1, x), add(1, x)));
}
