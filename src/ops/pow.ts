/**
 * Powers. pow(x, z): y = x^z;  dx = dy z x^(z - 1), dz = dy y log(x).
 * For x = 0 the derivative by z, and for x = z = 0 that by x, is 0, as in PyTorch.
 */
import { record } from '../autograd/record.ts';
import { checkTensor, ones, Tensor, toTensor } from '../autograd/tensor.ts';
import { checkNumber } from '../core/check.ts';
import { broadcastShapes } from '../core/shape.ts';
import { pow as kernel } from '../kernels/library/exponentials.ts';
import { div, mul, sub } from './arithmetic.ts';
import { logicalOr } from './comparison.ts';
import { sumTo } from './internal/broadcasting.ts';
import { stretched } from './internal/strided.ts';
import { reshape } from './reshape.ts';
import { log, sqrt, square } from './unary.ts';
import { where } from './where.ts';

/**
 * base^exponent, with NumPy's broadcasting. Its error is at most 2 ulp.
 *
 * With a number as exponent, some powers are computed otherwise, and rounded as they are: 1 to 4 and -1 to -4 by
 * products and a division, 0.5 and -0.5 by sqrt(). A negative base has powers for whole exponents only; other exponents
 * give NaN. x^0 is 1 for every x, also for 0 and NaN, and 1^z is 1 for every z but NaN.
 *
 * @param base - of any shape, or a number.
 * @param exponent - of a shape that broadcasts with the base's, as in NumPy, or a number.
 * @throws ArgumentError if an operand is neither a tensor nor a finite number; ShapeError if the shapes do not
 *   broadcast.
 * @example
 * pow(tensor([1, -2, 3]), 2); // [1, 4, 9]
 * pow(2, tensor([0, 1, 10])); // [1, 2, 1024]
 */
export function pow(base: Tensor | number, exponent: Tensor | number): Tensor {
  const x = toTensor('pow', 'base', base);
  if (typeof exponent === 'number') return numberPower(x, checkNumber('pow', 'exponent', exponent));
  const z = toTensor('pow', 'exponent', exponent);
  const y = power(x, z);
  // 0 times x^-1 and 0 times log(x) would be NaN for x = 0.
  const byBase = (dy: Tensor): Tensor => mul(dy, mul(z, pow(where(logicalOr(x, z), x, 1), sub(z, 1))));
  const byExponent = (dy: Tensor): Tensor => mul(dy, mul(y, log(where(x, x, 1))));
  return record('pow', y, [x, z], [(dy) => sumTo(byBase(dy), x.shape), (dy) => sumTo(byExponent(dy), z.shape)]);
}

/**
 * y = 1 / x
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * reciprocal(tensor([2, -4, 0])); // [0.5, -0.25, Infinity]
 */
export function reciprocal(x: Tensor): Tensor {
  return div(1, checkTensor('reciprocal', 'x', x));
}

/**
 * y = 1 / sqrt(x)
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * rsqrt(tensor([4, 0, -1])); // [0.5, Infinity, NaN]
 */
export function rsqrt(x: Tensor): Tensor {
  return div(1, sqrt(checkTensor('rsqrt', 'x', x)));
}

function numberPower(x: Tensor, exponent: number): Tensor {
  switch (Math.abs(exponent)) {
    case 0:
      return record('pow', ones(x.shape), [x], ['zero']);
    case 0.5:
      return exponent < 0 ? rsqrt(x) : sqrt(x);
    case 1:
    case 2:
    case 3:
    case 4: {
      const product = PRODUCTS[Math.abs(exponent) - 1]!(x);
      return exponent < 0 ? reciprocal(product) : product;
    }
    default: {
      const y = power(x, toTensor('pow', 'exponent', exponent));
      return record('pow', y, [x], [(dy) => mul(dy, mul(exponent, numberPower(x, exponent - 1)))]);
    }
  }
}

const PRODUCTS: readonly ((x: Tensor) => Tensor)[] = [
  (x) => reshape(x, x.shape),
  square,
  (x) => mul(square(x), x),
  (x) => square(square(x)),
];

/** x^z, unrecorded. */
function power(x: Tensor, z: Tensor): Tensor {
  const y = new Tensor(broadcastShapes('pow', x.shape, z.shape));
  const [base, exponent] = [stretched(x, y.shape), stretched(z, y.shape)];
  kernel.run(y.address, base.address, exponent.address, y.size);
  return y;
}
