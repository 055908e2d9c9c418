/**
 * Activation functions that are composed of other operations, with their gradients and second derivatives. tanh,
 * sigmoid, softplus, relu and leakyRelu have kernels of their own (unary.ts).
 */
import { checkTensor, type Tensor } from '../autograd/tensor.ts';
import { checkBoolean, checkNumber } from '../core/check.ts';
import { add, div, mul, neg, sub } from './arithmetic.ts';
import { clip } from './clip.ts';
import { lessEqual } from './comparison.ts';
import { erf, expm1 } from './exponentials.ts';
import { minimum } from './extremes.ts';
import { sign } from './rounding.ts';
import { abs, relu, sigmoid, softplus, square, tanh } from './unary.ts';
import { where } from './where.ts';

/**
 * y = x for x above 0, else alpha (e^x - 1). Source: D. Clevert et al., ICLR 2016.
 *
 * @param alpha - at least 0, default 1. -alpha is the limit for small x.
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor or alpha is negative.
 * @example
 * elu(tensor([2, 0, -1])); // [2, 0, -0.632120...]
 */
export function elu(x: Tensor, alpha = 1): Tensor {
  checkTensor('elu', 'x', x);
  checkNumber('elu', 'alpha', alpha, { from: 0 });
  return add(relu(x), mul(alpha, expm1(minimum(x, 0))));
}

/** The constants with which layers of zero mean and unit variance keep both. */
const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/**
 * y = scale elu(x, alpha), scale 1.0507 and alpha 1.6733. Source: G. Klambauer et al., NeurIPS 2017.
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * selu(tensor([1, 0, -1])); // [1.0507..., 0, -1.1113...]
 */
export function selu(x: Tensor): Tensor {
  checkTensor('selu', 'x', x);
  return mul(SELU_SCALE, elu(x, SELU_ALPHA));
}

/**
 * y = x Phi(x), where Phi(x) = (1 + erf(x / sqrt(2))) / 2 is the normal distribution function.
 * Source: D. Hendrycks, K. Gimpel, "Gaussian Error Linear Units", 2016.
 *
 * @param approximate - use (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2 for Phi(x). Default false, as in Keras.
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor or approximate no boolean.
 * @example
 * gelu(tensor([0, 1, -1])); // [0, 0.841344..., -0.158655...]
 * gelu(tensor([1]), true); // [0.841192...]
 */
export function gelu(x: Tensor, approximate = false): Tensor {
  checkTensor('gelu', 'x', x);
  checkBoolean('gelu', 'approximate', approximate);
  const inner = (): Tensor => mul(Math.sqrt(2 / Math.PI), mul(x, add(1, mul(0.044715, square(x)))));
  const spread = approximate ? tanh(inner()) : erf(mul(x, Math.SQRT1_2));
  return mul(mul(x, 0.5), add(1, spread));
}

/**
 * y = x sigmoid(x), also known as SiLU. silu() is the same function.
 * Source: P. Ramachandran et al., "Searching for Activation Functions", 2017.
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * swish(tensor([0, 1, -1])); // [0, 0.731058..., -0.268941...]
 */
export function swish(x: Tensor): Tensor {
  checkTensor('swish', 'x', x);
  return mul(x, sigmoid(x));
}

/**
 * y = x tanh(softplus(x)). Source: D. Misra, "Mish", BMVC 2020.
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * mish(tensor([0, 1])); // [0, 0.865098...]
 */
export function mish(x: Tensor): Tensor {
  checkTensor('mish', 'x', x);
  return mul(x, tanh(softplus(x)));
}

/**
 * y = x / (1 + |x|)
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * softsign(tensor([0, 1, -3])); // [0, 0.5, -0.75]
 */
export function softsign(x: Tensor): Tensor {
  checkTensor('softsign', 'x', x);
  return div(x, add(1, abs(x)));
}

/**
 * y = log(sigmoid(x)) = -softplus(-x), right where sigmoid() rounds to 0.
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * logSigmoid(tensor([0, -200])); // [-0.693147..., -200]
 */
export function logSigmoid(x: Tensor): Tensor {
  checkTensor('logSigmoid', 'x', x);
  return neg(softplus(neg(x)));
}

/**
 * y = min(max(x, 0), 6)
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * relu6(tensor([-1, 3, 8])); // [0, 3, 6]
 */
export function relu6(x: Tensor): Tensor {
  checkTensor('relu6', 'x', x);
  // clip alone would pass the gradient at 0.
  return clip(relu(x), 0, 6);
}

/**
 * y = relu6(x + 3) / 6, as in Keras 3 and PyTorch.
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * hardSigmoid(tensor([-4, 0, 4])); // [0, 0.5, 1]
 */
export function hardSigmoid(x: Tensor): Tensor {
  checkTensor('hardSigmoid', 'x', x);
  return div(relu6(add(x, 3)), 6);
}

/**
 * y = x for x above 0, else alpha x, where alpha may be learned. With NumPy's broadcasting; alpha is usually a variable
 * of the shape of one item, or of its last axis.
 *
 * @throws ArgumentError if an operand is no tensor; ShapeError if the shapes do not broadcast.
 * @example
 * prelu(tensor([[-1, 2], [-3, -4]]), tensor([0.5, 0.25])); // [[-0.5, 2], [-1.5, -1]]
 */
export function prelu(x: Tensor, alpha: Tensor): Tensor {
  checkTensor('prelu', 'x', x);
  checkTensor('prelu', 'alpha', alpha);
  return sub(relu(x), mul(alpha, relu(neg(x))));
}

/**
 * y = 1 for x above 0, else alpha, default 0; NaN stays NaN. No gradient flows through it.
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor or alpha no finite number.
 * @example
 * step(tensor([-1, 0, 2])); // [0, 0, 1]
 */
export function step(x: Tensor, alpha = 0): Tensor {
  checkTensor('step', 'x', x);
  checkNumber('step', 'alpha', alpha);
  return where(lessEqual(x, 0), alpha, sign(x));
}
