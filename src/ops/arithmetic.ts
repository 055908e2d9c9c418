/**
 * add, sub, mul and div with NumPy's broadcasting, and neg. Either operand may be a plain number. The gradient of a
 * broadcast operand is summed over the axes along which it was repeated.
 */
import { record } from '../autograd/record.ts';
import { checkTensor, type Tensor, toTensor } from '../autograd/tensor.ts';
import * as kernels from '../kernels/library/binary.ts';
import { neg as negKernel } from '../kernels/library/unary.ts';
import { sumTo } from './internal/broadcasting.ts';
import { applyBinary, applyUnary } from './internal/elementwise.ts';

/**
 * y = a + b; da = dy, db = dy
 *
 * @param a - of any shape, or a number.
 * @param b - of a shape that broadcasts with a's, as in NumPy, or a number.
 * @throws ArgumentError if an operand is neither a tensor nor a number; ShapeError if the shapes do not broadcast.
 * @example
 * add(tensor([[1], [2]]), tensor([10, 20])); // [[11, 21], [12, 22]]
 * add(tensor([1, 2]), 1); // [2, 3]
 */
export function add(a: Tensor | number, b: Tensor | number): Tensor {
  const x = toTensor('add', 'a', a);
  const z = toTensor('add', 'b', b);
  const y = applyBinary('add', kernels.add, x, z);
  return record('add', y, [x, z], [(dy) => sumTo(dy, x.shape), (dy) => sumTo(dy, z.shape)]);
}

/**
 * y = a - b; da = dy, db = -dy
 *
 * @param a - of any shape, or a number.
 * @param b - of a shape that broadcasts with a's, as in NumPy, or a number.
 * @throws ArgumentError if an operand is neither a tensor nor a number; ShapeError if the shapes do not broadcast.
 * @example
 * sub(1, tensor([1, 2])); // [0, -1]
 */
export function sub(a: Tensor | number, b: Tensor | number): Tensor {
  const x = toTensor('sub', 'a', a);
  const z = toTensor('sub', 'b', b);
  const y = applyBinary('sub', kernels.sub, x, z);
  return record('sub', y, [x, z], [(dy) => sumTo(dy, x.shape), (dy) => neg(sumTo(dy, z.shape))]);
}

/**
 * y = a b; da = dy b, db = dy a
 *
 * @param a - of any shape, or a number.
 * @param b - of a shape that broadcasts with a's, as in NumPy, or a number.
 * @throws ArgumentError if an operand is neither a tensor nor a number; ShapeError if the shapes do not broadcast.
 * @example
 * mul(tensor([[1, 2], [3, 4]]), tensor([1, 10])); // [[1, 20], [3, 40]]
 */
export function mul(a: Tensor | number, b: Tensor | number): Tensor {
  const x = toTensor('mul', 'a', a);
  const z = toTensor('mul', 'b', b);
  const y = applyBinary('mul', kernels.mul, x, z);
  return record('mul', y, [x, z], [(dy) => sumTo(mul(dy, z), x.shape), (dy) => sumTo(mul(dy, x), z.shape)]);
}

/**
 * y = a / b; da = dy / b, db = -(dy / b) y
 *
 * @param a - of any shape, or a number.
 * @param b - of a shape that broadcasts with a's, as in NumPy, or a number.
 * @throws ArgumentError if an operand is neither a tensor nor a number; ShapeError if the shapes do not broadcast.
 * @example
 * div(tensor([1, 0, -1]), 0); // [Infinity, NaN, -Infinity]
 */
export function div(a: Tensor | number, b: Tensor | number): Tensor {
  const x = toTensor('div', 'a', a);
  const z = toTensor('div', 'b', b);
  const y = applyBinary('div', kernels.div, x, z);
  const db = (dy: Tensor): Tensor => neg(mul(div(dy, z), y));
  return record('div', y, [x, z], [(dy) => sumTo(div(dy, z), x.shape), (dy) => sumTo(db(dy), z.shape)]);
}

/**
 * y = -x; dx = -dy
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * neg(tensor([1, -2])); // [-1, 2]
 */
export function neg(x: Tensor): Tensor {
  checkTensor('neg', 'x', x);
  return record('neg', applyUnary(negKernel, x), [x], [neg]);
}
