/**
 * Elementwise functions of one tensor, each with its gradient: dy is the loss's derivative by y, dx by x. A backward
 * with its own kernel is followed by its own gradients: g is the loss's derivative by dx.
 */
import { record } from '../autograd/record.ts';
import { checkTensor, type Tensor } from '../autograd/tensor.ts';
import { checkNumber } from '../core/check.ts';
import * as piecewise from '../kernels/library/piecewise.ts';
import * as kernels from '../kernels/library/unary.ts';
import { add, div, mul, neg, sub } from './arithmetic.ts';
import { applyGradient, applyUnary, recordPiecewise, writeLike } from './internal/elementwise.ts';
import { leakyReluGradient } from './internal/leaky-relu.ts';

/**
 * y = x^2; dx = dy (x + x)
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * square(tensor([1, -2, 3])); // [1, 4, 9]
 */
export function square(x: Tensor): Tensor {
  checkTensor('square', 'x', x);
  return record('square', applyUnary(kernels.square, x), [x], [(dy) => mul(dy, add(x, x))]);
}

/**
 * y = sqrt(x), NaN for x below 0; dx = dy / (y + y), infinite at 0
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * sqrt(tensor([0, 4, -1])); // [0, 2, NaN]
 */
export function sqrt(x: Tensor): Tensor {
  checkTensor('sqrt', 'x', x);
  const y = applyUnary(kernels.sqrt, x);
  return record('sqrt', y, [x], [(dy) => div(dy, add(y, y))]);
}

/**
 * y = e^x; dx = dy y
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * exp(tensor([0, 1, -Infinity])); // [1, 2.718281..., 0]
 */
export function exp(x: Tensor): Tensor {
  checkTensor('exp', 'x', x);
  const y = applyUnary(kernels.exp, x);
  return record('exp', y, [x], [(dy) => mul(dy, y)]);
}

/**
 * y = log(x), the natural logarithm, -Infinity at 0 and NaN below 0; dx = dy / x
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * log(tensor([1, Math.E, 0, -1])); // [0, 1, -Infinity, NaN]
 */
export function log(x: Tensor): Tensor {
  checkTensor('log', 'x', x);
  return record('log', applyUnary(kernels.log, x), [x], [(dy) => div(dy, x)]);
}

/**
 * y = |x|; dx = sign(x) dy, where sign(0) = 0
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * abs(tensor([-2, 0, 3])); // [2, 0, 3]
 */
export function abs(x: Tensor): Tensor {
  checkTensor('abs', 'x', x);
  return recordPiecewise('abs', applyUnary(piecewise.abs, x), x, (dy) => applyGradient(piecewise.absBackward, dy, x));
}

/**
 * y = tanh(x); dx = dy (1 - y^2)
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * tanh(tensor([0, 0.5, 20])); // [0, 0.462117..., 1]
 */
export function tanh(x: Tensor): Tensor {
  checkTensor('tanh', 'x', x);
  const y = applyUnary(kernels.tanh, x);
  return record('tanh', y, [x], [(dy) => tanhGradient(dy, y)]);
}

/** dx = dy (1 - y^2); dy: g (1 - y^2), y: -2 g dy y */
function tanhGradient(dy: Tensor, y: Tensor): Tensor {
  const dx = applyGradient(kernels.tanhBackward, dy, y);
  return record('tanh gradient', dx, [dy, y], [(g) => tanhGradient(g, y), (g) => neg(mul(mul(g, dy), add(y, y)))]);
}

/**
 * y = 1 / (1 + e^-x); dx = dy y (1 - y)
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * sigmoid(tensor([0, 2, -200])); // [0.5, 0.880797..., 0]
 */
export function sigmoid(x: Tensor): Tensor {
  checkTensor('sigmoid', 'x', x);
  const y = applyUnary(kernels.sigmoid, x);
  return record('sigmoid', y, [x], [(dy) => sigmoidGradient(dy, y)]);
}

/** dx = dy y (1 - y); dy: g y (1 - y), y: g dy (1 - 2 y) */
function sigmoidGradient(dy: Tensor, y: Tensor): Tensor {
  const dx = applyGradient(kernels.sigmoidBackward, dy, y);
  const byY = (g: Tensor): Tensor => mul(mul(g, dy), sub(1, add(y, y)));
  return record('sigmoid gradient', dx, [dy, y], [(g) => sigmoidGradient(g, y), byY]);
}

/**
 * y = log(1 + e^x), a smooth ReLU; dx = dy / (1 + e^-x)
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * softplus(tensor([0, 200])); // [0.693147..., 200]
 */
export function softplus(x: Tensor): Tensor {
  checkTensor('softplus', 'x', x);
  return record('softplus', applyUnary(kernels.softplus, x), [x], [(dy) => softplusGradient(dy, x)]);
}

/** dx = dy sigmoid(x); dy: g sigmoid(x), x: g dy sigmoid'(x) */
function softplusGradient(dy: Tensor, x: Tensor): Tensor {
  const dx = applyGradient(kernels.softplusBackward, dy, x);
  const byX = (g: Tensor): Tensor => sigmoidGradient(mul(g, dy), sigmoid(x));
  return record('softplus gradient', dx, [dy, x], [(g) => softplusGradient(g, x), byX]);
}

/**
 * y = max(x, 0); dx = dy where x > 0, else 0
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * relu(tensor([-1, 0, 2])); // [0, 0, 2]
 */
export function relu(x: Tensor): Tensor {
  checkTensor('relu', 'x', x);
  return recordPiecewise('relu', applyUnary(piecewise.relu, x), x, (dy) =>
    applyGradient(piecewise.reluBackward, dy, x),
  );
}

/**
 * y = x where x > 0, else slope x; dx = dy where x > 0, else slope dy. The default slope 0.3 is Keras's.
 *
 * @param x - of any shape; the result has it too.
 * @param negativeSlope - at least 0, default 0.3.
 * @throws ArgumentError if x is no tensor or the slope is negative.
 * @example
 * leakyRelu(tensor([-1, 2])); // [-0.3, 2]
 * leakyRelu(tensor([-1, 2]), 0.2); // [-0.2, 2]
 */
export function leakyRelu(x: Tensor, negativeSlope = 0.3): Tensor {
  checkTensor('leakyRelu', 'x', x);
  checkNumber('leakyRelu', 'negativeSlope', negativeSlope, { from: 0 });
  const y = writeLike(x, (out) => piecewise.leakyRelu.run(out, x.address, negativeSlope, x.size));
  return record('leakyRelu', y, [x], [leakyReluGradient(x, negativeSlope)]);
}
