/**
 * Comparisons and logic with NumPy's broadcasting. A condition is a tensor of numbers: 0 is false, any other number is
 * true. The results are 1 or 0. No gradient flows through them: their derivative is zero wherever it exists.
 */
import { record } from '../autograd/record.ts';
import { checkTensor, scalar, type Tensor, toTensor } from '../autograd/tensor.ts';
import { broadcastShapes } from '../core/shape.ts';
import type { BinaryKernel } from '../kernels/elementwise.ts';
import * as kernels from '../kernels/library/binary.ts';
import { applyBinary } from './internal/elementwise.ts';

/**
 * y = a = b ? 1 : 0. NaN equals nothing, and 0 equals -0.
 *
 * @param a - of any shape, or a number.
 * @param b - of a shape that broadcasts with a's, as in NumPy, or a number.
 * @throws ArgumentError if an operand is neither a tensor nor a number; ShapeError if the shapes do not broadcast.
 * @example
 * equal(tensor([1, 2, NaN]), tensor([1, 3, NaN])); // [1, 0, 0]
 */
export function equal(a: Tensor | number, b: Tensor | number): Tensor {
  return compare('equal', kernels.equal, a, b);
}

/**
 * y = a = b ? 0 : 1; 1 where an operand is NaN, so notEqual(x, x) finds NaN
 *
 * @param a - of any shape, or a number.
 * @param b - of a shape that broadcasts with a's, as in NumPy, or a number.
 * @throws ArgumentError if an operand is neither a tensor nor a number; ShapeError if the shapes do not broadcast.
 * @example
 * const x = tensor([1, NaN]);
 * notEqual(x, x); // [0, 1]
 */
export function notEqual(a: Tensor | number, b: Tensor | number): Tensor {
  return not(compare('notEqual', kernels.equal, a, b));
}

/**
 * y = a < b ? 1 : 0; 0 where an operand is NaN
 *
 * @param a - of any shape, or a number.
 * @param b - of a shape that broadcasts with a's, as in NumPy, or a number.
 * @throws ArgumentError if an operand is neither a tensor nor a number; ShapeError if the shapes do not broadcast.
 * @example
 * less(tensor([1, 2, 3]), 2); // [1, 0, 0]
 */
export function less(a: Tensor | number, b: Tensor | number): Tensor {
  return compare('less', kernels.less, a, b);
}

/**
 * y = a <= b ? 1 : 0; 0 where an operand is NaN
 *
 * @param a - of any shape, or a number.
 * @param b - of a shape that broadcasts with a's, as in NumPy, or a number.
 * @throws ArgumentError if an operand is neither a tensor nor a number; ShapeError if the shapes do not broadcast.
 * @example
 * lessEqual(tensor([1, 2, 3]), 2); // [1, 1, 0]
 */
export function lessEqual(a: Tensor | number, b: Tensor | number): Tensor {
  return compare('lessEqual', kernels.lessEqual, a, b);
}

/**
 * y = a > b ? 1 : 0; 0 where an operand is NaN
 *
 * @param a - of any shape, or a number.
 * @param b - of a shape that broadcasts with a's, as in NumPy, or a number.
 * @throws ArgumentError if an operand is neither a tensor nor a number; ShapeError if the shapes do not broadcast.
 * @example
 * greater(tensor([1, 2, 3]), 2); // [0, 0, 1]
 */
export function greater(a: Tensor | number, b: Tensor | number): Tensor {
  return compare('greater', kernels.less, a, b, true);
}

/**
 * y = a >= b ? 1 : 0; 0 where an operand is NaN
 *
 * @param a - of any shape, or a number.
 * @param b - of a shape that broadcasts with a's, as in NumPy, or a number.
 * @throws ArgumentError if an operand is neither a tensor nor a number; ShapeError if the shapes do not broadcast.
 * @example
 * greaterEqual(tensor([1, 2, 3]), 2); // [0, 1, 1]
 */
export function greaterEqual(a: Tensor | number, b: Tensor | number): Tensor {
  return compare('greaterEqual', kernels.lessEqual, a, b, true);
}

/**
 * y = 1 where a and b are both true, else 0. NaN, which is not 0, is true.
 *
 * @param a - of any shape, or a number.
 * @param b - of a shape that broadcasts with a's, as in NumPy, or a number.
 * @throws ArgumentError if an operand is neither a tensor nor a number; ShapeError if the shapes do not broadcast.
 * @example
 * logicalAnd(tensor([0, 0, 1, 5]), tensor([0, 1, 0, 1])); // [0, 0, 0, 1]
 */
export function logicalAnd(a: Tensor | number, b: Tensor | number): Tensor {
  return compare('logicalAnd', kernels.mul, truth('logicalAnd', 'a', a), truth('logicalAnd', 'b', b));
}

/**
 * y = 1 where a or b is true, else 0
 *
 * @param a - of any shape, or a number.
 * @param b - of a shape that broadcasts with a's, as in NumPy, or a number.
 * @throws ArgumentError if an operand is neither a tensor nor a number; ShapeError if the shapes do not broadcast.
 * @example
 * logicalOr(tensor([0, 0, 1, 5]), tensor([0, 1, 0, 1])); // [0, 1, 1, 1]
 */
export function logicalOr(a: Tensor | number, b: Tensor | number): Tensor {
  return compare('logicalOr', kernels.maximum, truth('logicalOr', 'a', a), truth('logicalOr', 'b', b));
}

/**
 * y = 1 where just one of a and b is true, else 0
 *
 * @param a - of any shape, or a number.
 * @param b - of a shape that broadcasts with a's, as in NumPy, or a number.
 * @throws ArgumentError if an operand is neither a tensor nor a number; ShapeError if the shapes do not broadcast.
 * @example
 * logicalXor(tensor([0, 0, 1, 5]), tensor([0, 1, 0, 1])); // [0, 1, 1, 0]
 */
export function logicalXor(a: Tensor | number, b: Tensor | number): Tensor {
  return not(compare('logicalXor', kernels.equal, truth('logicalXor', 'a', a), truth('logicalXor', 'b', b)));
}

/**
 * y = x is false ? 1 : 0
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor.
 * @example
 * logicalNot(tensor([0, 1, -2])); // [1, 0, 0]
 */
export function logicalNot(x: Tensor): Tensor {
  return not(checkTensor('logicalNot', 'x', x));
}

/** @param swap - whether the kernel gets b first. */
function compare(where: string, kernel: BinaryKernel, a: Tensor | number, b: Tensor | number, swap = false): Tensor {
  const x = toTensor(where, 'a', a);
  const z = toTensor(where, 'b', b);
  // Checked first: an error names the operands in the caller's order.
  broadcastShapes(where, x.shape, z.shape);
  const y = swap ? applyBinary(where, kernel, z, x) : applyBinary(where, kernel, x, z);
  return record(where, y, [x, z], ['zero', 'zero']);
}

/** 1 where the condition is true, 0 where it is false. */
function truth(where: string, name: string, condition: Tensor | number): Tensor {
  return not(not(toTensor(where, name, condition)));
}

function not(condition: Tensor): Tensor {
  return record('logicalNot', applyBinary('logicalNot', kernels.equal, condition, scalar(0)), [condition], ['zero']);
}
