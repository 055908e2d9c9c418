/** Elementwise functions of one tensor, each with its gradient: dy is the loss's derivative by y, dx by x. */
import { record } from '../autograd/record.ts';
import { checkTensor, type Tensor } from '../autograd/tensor.ts';
import { checkNumber } from '../core/check.ts';
import { add, div, mul } from '../kernels/library/binary.ts';
import * as piecewise from '../kernels/library/piecewise.ts';
import { softplusBackward, softplus as softplusKernel } from '../kernels/library/softplus.ts';
import * as kernels from '../kernels/library/unary.ts';
import { applyBinary, applyGradient, applyUnary, writeLike } from './internal/elementwise.ts';

/** y = -x; dx = -dy */
export function neg(x: Tensor): Tensor {
  checkTensor('neg', 'x', x);
  return record('neg', applyUnary(kernels.neg, x), [x], [(dy) => applyUnary(kernels.neg, dy)]);
}

/** y = x^2; dx = dy (x + x) */
export function square(x: Tensor): Tensor {
  checkTensor('square', 'x', x);
  return record('square', applyUnary(kernels.square, x), [x], [(dy) => multiply(dy, twice(x))]);
}

/** y = sqrt(x), NaN for x below 0; dx = dy / (y + y), infinite at 0 */
export function sqrt(x: Tensor): Tensor {
  checkTensor('sqrt', 'x', x);
  const y = applyUnary(kernels.sqrt, x);
  return record('sqrt', y, [x], [(dy) => divide(dy, twice(y))]);
}

/** y = e^x; dx = dy y */
export function exp(x: Tensor): Tensor {
  checkTensor('exp', 'x', x);
  const y = applyUnary(kernels.exp, x);
  return record('exp', y, [x], [(dy) => multiply(dy, y)]);
}

/** y = log(x), the natural logarithm, -Infinity at 0 and NaN below 0; dx = dy / x */
export function log(x: Tensor): Tensor {
  checkTensor('log', 'x', x);
  return record('log', applyUnary(kernels.log, x), [x], [(dy) => divide(dy, x)]);
}

/** y = |x|; dx = sign(x) dy, where sign(0) = 0 */
export function abs(x: Tensor): Tensor {
  checkTensor('abs', 'x', x);
  return record('abs', applyUnary(piecewise.abs, x), [x], [(dy) => applyGradient(piecewise.absBackward, dy, x)]);
}

/** y = tanh(x); dx = dy (1 - y^2) */
export function tanh(x: Tensor): Tensor {
  checkTensor('tanh', 'x', x);
  const y = applyUnary(kernels.tanh, x);
  return record('tanh', y, [x], [(dy) => applyGradient(kernels.tanhBackward, dy, y)]);
}

/** y = 1 / (1 + e^-x); dx = dy y (1 - y) */
export function sigmoid(x: Tensor): Tensor {
  checkTensor('sigmoid', 'x', x);
  const y = applyUnary(kernels.sigmoid, x);
  return record('sigmoid', y, [x], [(dy) => applyGradient(kernels.sigmoidBackward, dy, y)]);
}

/** y = log(1 + e^x), a smooth ReLU; dx = dy / (1 + e^-x) */
export function softplus(x: Tensor): Tensor {
  checkTensor('softplus', 'x', x);
  return record('softplus', applyUnary(softplusKernel, x), [x], [(dy) => applyGradient(softplusBackward, dy, x)]);
}

/** y = max(x, 0); dx = dy where x > 0, else 0 */
export function relu(x: Tensor): Tensor {
  checkTensor('relu', 'x', x);
  return record('relu', applyUnary(piecewise.relu, x), [x], [(dy) => applyGradient(piecewise.reluBackward, dy, x)]);
}

/** y = x where x > 0, else slope x; dx = dy where x > 0, else slope dy. The default slope 0.3 is Keras's. */
export function leakyRelu(x: Tensor, negativeSlope = 0.3): Tensor {
  checkTensor('leakyRelu', 'x', x);
  checkNumber('leakyRelu', 'negativeSlope', negativeSlope, { from: 0 });
  const y = writeLike(x, (out) => piecewise.leakyRelu.run(out, x.address, negativeSlope, x.size));
  return record(
    'leakyRelu',
    y,
    [x],
    [(dy) => writeLike(x, (dx) => piecewise.leakyReluBackward.run(dx, dy.address, x.address, negativeSlope, x.size))],
  );
}

function multiply(a: Tensor, b: Tensor): Tensor {
  return applyBinary('gradients', mul, a, b);
}

function divide(a: Tensor, b: Tensor): Tensor {
  return applyBinary('gradients', div, a, b);
}

function twice(x: Tensor): Tensor {
  return applyBinary('gradients', add, x, x);
}
