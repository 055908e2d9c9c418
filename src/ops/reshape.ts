/** reshape: a tensor of another shape on the same memory. Nothing is copied. */
import { record } from '../autograd/record.ts';
import { checkTensor, Tensor } from '../autograd/tensor.ts';
import { describe, invalid, isArray } from '../core/check.ts';
import { ShapeError } from '../core/errors.ts';
import { checkShape, formatShape, MAX_RANK, type Shape, sizeOf } from '../core/shape.ts';

/**
 * The same values, in row-major order, with another shape. One size may be -1: it is computed from the others.
 *
 * @throws ShapeError if the shape has another number of elements; ArgumentError if it is no shape.
 * @example
 * reshape(tensor([1, 2, 3, 4, 5, 6]), [2, -1]); // [[1, 2, 3], [4, 5, 6]]
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  checkTensor('reshape', 'x', x);
  const target = completeShape(x, shape);
  if (sizeOf(target) !== x.size) {
    throw new ShapeError(
      `reshape: ${formatShape(x.shape)} has ${x.size} elements and does not fill ${formatShape(target)}, ` +
        `which has ${sizeOf(target)}`,
    );
  }
  return record('reshape', new Tensor(target, x.storage), [x], [(dy) => reshape(dy, x.shape)]);
}

function completeShape(x: Tensor, shape: Shape): Shape {
  if (!isArray(shape)) return invalid('reshape', 'shape', 'a list of whole numbers, one of which may be -1', shape);
  // A list that is too long is not searched; checkShape() refuses it.
  const open = shape.length > MAX_RANK ? -1 : shape.indexOf(-1);
  if (open < 0) return checkShape('reshape', 'shape', shape);
  const known = checkShape(
    'reshape',
    'shape',
    shape.filter((_, axis) => axis !== open),
  );
  const size = sizeOf(known);
  if (size === 0 || x.size % size !== 0) {
    throw new ShapeError(`reshape: the -1 in ${describe(shape)} cannot be worked out for ${x.size} elements`);
  }
  return checkShape(
    'reshape',
    'shape',
    shape.map((dimension, axis) => (axis === open ? x.size / size : dimension)),
  );
}
