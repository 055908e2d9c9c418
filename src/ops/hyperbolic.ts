/**
 * Hyperbolic functions beside tanh (unary.ts), and their inverses. They are computed from |x|, so the results are
 * accurate near 0, and sinh, asinh and atanh have the sign of x. NaN stays NaN.
 */
import { record, withoutRecording } from '../autograd/record.ts';
import { checkTensor, type Tensor } from '../autograd/tensor.ts';
import { add, div, mul, sub } from './arithmetic.ts';
import { greater, less } from './comparison.ts';
import { expm1, log1p } from './exponentials.ts';
import { sign } from './rounding.ts';
import { abs, exp, log, sqrt, square } from './unary.ts';
import { where } from './where.ts';

/**
 * y = (e^x - e^-x) / 2; dx = dy cosh(x)
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * sinh(tensor([0, 1, -1])); // [0, 1.175201..., -1.175201...]
 */
export function sinh(x: Tensor): Tensor {
  checkTensor('sinh', 'x', x);
  const y = withoutRecording(() => {
    const magnitude = abs(x);
    const t = expm1(magnitude);
    const h = halfExponential(magnitude);
    const small = mul(0.5, add(t, div(t, add(t, 1))));
    return mul(sign(x), where(less(magnitude, 1), small, sub(h, div(0.25, h))));
  });
  return record('sinh', y, [x], [(dy) => mul(dy, cosh(x))]);
}

/**
 * y = (e^x + e^-x) / 2; dx = dy sinh(x)
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * cosh(tensor([0, 1])); // [1, 1.543080...]
 */
export function cosh(x: Tensor): Tensor {
  checkTensor('cosh', 'x', x);
  const y = withoutRecording(() => {
    const h = halfExponential(abs(x));
    return add(h, div(0.25, h));
  });
  return record('cosh', y, [x], [(dy) => mul(dy, sinh(x))]);
}

/**
 * y = log(x + sqrt(x^2 + 1)), the inverse of sinh; dx = dy / sqrt(x^2 + 1)
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * asinh(tensor([0, 1])); // [0, 0.881373...]
 */
export function asinh(x: Tensor): Tensor {
  checkTensor('asinh', 'x', x);
  const y = withoutRecording(() => {
    const magnitude = abs(x);
    const squared = square(magnitude);
    const small = log1p(add(magnitude, div(squared, add(1, sqrt(add(1, squared))))));
    return mul(sign(x), orLogOfTwice(magnitude, small));
  });
  return record('asinh', y, [x], [(dy) => div(dy, sqrt(add(square(x), 1)))]);
}

/**
 * y = log(x + sqrt(x^2 - 1)), the inverse of cosh, NaN below 1; dx = dy / sqrt(x^2 - 1)
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * acosh(tensor([1, 2, 0])); // [0, 1.316957..., NaN]
 */
export function acosh(x: Tensor): Tensor {
  checkTensor('acosh', 'x', x);
  const y = withoutRecording(() => {
    const t = sub(x, 1);
    return orLogOfTwice(x, log1p(add(t, sqrt(mul(t, add(t, 2))))));
  });
  return record('acosh', y, [x], [(dy) => div(dy, sqrt(mul(sub(x, 1), add(x, 1))))]);
}

/**
 * y = log((1 + x) / (1 - x)) / 2, the inverse of tanh, infinite at -1 and 1, NaN beyond; dx = dy / (1 - x^2)
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * atanh(tensor([0, 0.5, 1, 2])); // [0, 0.549306..., Infinity, NaN]
 */
export function atanh(x: Tensor): Tensor {
  checkTensor('atanh', 'x', x);
  const y = withoutRecording(() => {
    const magnitude = abs(x);
    return mul(sign(x), mul(0.5, log1p(div(add(magnitude, magnitude), sub(1, magnitude)))));
  });
  return record('atanh', y, [x], [(dy) => div(dy, mul(sub(1, x), add(1, x)))]);
}

/** e^x / 2, which overflows no sooner than the result does. */
function halfExponential(x: Tensor): Tensor {
  const e = exp(mul(x, 0.5));
  return mul(mul(e, 0.5), e);
}

/** Where x^2 would overflow, log(2 x) is the same. */
function orLogOfTwice(x: Tensor, y: Tensor): Tensor {
  return where(greater(x, 1e9), add(log(x), Math.LN2), y);
}
