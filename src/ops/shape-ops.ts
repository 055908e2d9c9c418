/**
 * transpose, slice, concat and broadcastTo. They copy values and change none. Each gradient copies dy back to where the
 * values came from; broadcastTo's gradient also adds up the copies.
 */
import { record } from '../autograd/record.ts';
import { checkTensor, Tensor } from '../autograd/tensor.ts';
import { checkInteger, describe, invalid, isArray } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import {
  broadcastShapes,
  checkAxis,
  checkShape,
  formatShape,
  type Shape,
  sameShape,
  stridesOf,
} from '../core/shape.ts';
import { fill } from '../kernels/library/movement.ts';
import { repeatTo } from './internal/broadcasting.ts';
import { copyRegion, gatherRegion } from './internal/strided.ts';

/**
 * Reorders the axes: axis i of the result is axis `permutation[i]` of x. Default: the reverse order, which transposes a
 * matrix.
 *
 * @throws ArgumentError if the permutation does not name each axis once.
 * @example
 * transpose(tensor([[1, 2, 3], [4, 5, 6]])); // [[1, 4], [2, 5], [3, 6]]
 * transpose(zeros([2, 28, 28, 3]), [0, 3, 1, 2]).shape; // [2, 3, 28, 28]
 */
export function transpose(x: Tensor, permutation?: readonly number[]): Tensor {
  checkTensor('transpose', 'x', x);
  const order = checkPermutation(permutation ?? x.shape.map((_, axis) => x.rank - 1 - axis), x.rank);
  return permute(x, order);
}

function permute(x: Tensor, order: readonly number[]): Tensor {
  const strides = stridesOf(x.shape);
  const y = gatherRegion(
    { address: x.address, strides: order.map((axis) => strides[axis]!) },
    order.map((axis) => x.shape[axis]!),
  );
  const inverse = order.map((_, axis) => order.indexOf(axis));
  return record('transpose', y, [x], [(dy) => permute(dy, inverse)]);
}

function checkPermutation(permutation: readonly number[], rank: number): readonly number[] {
  if (!isArray(permutation)) return invalid('transpose', 'permutation', 'a list of axes', permutation);
  const axes = permutation.slice(0, rank).map((axis) => checkAxis('transpose', axis, rank));
  if (permutation.length !== rank || new Set(axes).size !== rank) {
    throw new ArgumentError(
      `transpose: permutation must name each of the ${rank} axes once; got ${describe(permutation)}`,
    );
  }
  return axes;
}

/**
 * The part of x that begins at `begin` and has shape `size`. A size of -1 extends to the end of its axis.
 *
 * @throws ArgumentError if the lists have not one number for each axis, or the part leaves x.
 * @example
 * slice(tensor([[1, 2, 3], [4, 5, 6]]), [0, 1], [2, -1]); // [[2, 3], [5, 6]]
 */
export function slice(x: Tensor, begin: readonly number[], size: readonly number[]): Tensor {
  checkTensor('slice', 'x', x);
  const shape = checkSlice(x, begin, size);
  return cut(x, offsetOf(begin, stridesOf(x.shape)), shape);
}

/** The region of x of this shape that begins `offset` elements from its start. */
function cut(x: Tensor, offset: number, shape: Shape): Tensor {
  const y = gatherRegion({ address: x.address + offset, strides: stridesOf(x.shape) }, shape);
  return record('slice', y, [x], [(dy) => paste(dy, offset, x.shape)]);
}

/** Zeros of this shape, with x in the region that begins `offset` elements from the start: the adjoint of cut(). */
function paste(x: Tensor, offset: number, shape: Shape): Tensor {
  const y = new Tensor(shape);
  fill.run(y.address, 0, y.size);
  const from = { address: x.address, strides: stridesOf(x.shape) };
  copyRegion({ address: y.address + offset, strides: stridesOf(shape) }, from, x.shape);
  return record('slice gradient', y, [x], [(dy) => cut(dy, offset, x.shape)]);
}

function offsetOf(begin: readonly number[], strides: readonly number[]): number {
  return begin.reduce((sum, start, axis) => sum + start * strides[axis]!, 0);
}

function checkSlice(x: Tensor, begin: readonly number[], size: readonly number[]): Shape {
  for (const [name, list] of [
    ['begin', begin],
    ['size', size],
  ] as const) {
    if (!isArray(list) || list.length !== x.rank) {
      throw new ArgumentError(
        `slice: ${name} must be a list of ${x.rank} whole numbers, one for each axis of ${formatShape(x.shape)}; ` +
          `got ${describe(list)}`,
      );
    }
  }
  return x.shape.map((length, axis) => {
    const start = checkInteger('slice', `begin[${axis}]`, begin[axis], 0, length);
    const wanted = checkInteger('slice', `size[${axis}]`, size[axis], -1, length - start);
    return wanted === -1 ? length - start : wanted;
  });
}

/**
 * Joins tensors along an axis, by default 0. They must have the same sizes along all other axes.
 *
 * @throws ShapeError if the sizes along other axes differ; ArgumentError if there are no tensors or no such axis.
 * @example
 * concat([tensor([[1, 2]]), tensor([[3, 4]])]); // [[1, 2], [3, 4]]
 * concat([tensor([[1, 2]]), tensor([[3, 4]])], 1); // [[1, 2, 3, 4]]
 */
export function concat(tensors: readonly Tensor[], axis = 0): Tensor {
  if (!isArray(tensors) || tensors.length === 0) {
    return invalid('concat', 'tensors', 'a list of at least one Tensor', tensors);
  }
  for (let i = 0; i < tensors.length; i++) checkTensor('concat', `tensors[${i}]`, tensors[i]);
  const first = tensors[0]!;
  const along = checkAxis('concat', axis, first.rank);
  const shape = [...first.shape];
  shape[along] = 0;
  tensors.forEach((one, i) => {
    if (
      one.rank !== first.rank ||
      one.shape.some((size: number, d: number) => d !== along && size !== first.shape[d])
    ) {
      throw new ShapeError(
        `concat: tensors[${i}] has shape ${formatShape(one.shape)}, tensors[0] ${formatShape(first.shape)}; ` +
          `they may differ only along axis ${along}`,
      );
    }
    shape[along]! += one.shape[along]!;
  });
  const strides = stridesOf(shape);
  const y = new Tensor(shape);
  let start = 0;
  const pullbacks = tensors.map((one) => {
    const offset = start * strides[along]!;
    start += one.shape[along]!;
    copyRegion(
      { address: y.address + offset, strides },
      { address: one.address, strides: stridesOf(one.shape) },
      one.shape,
    );
    return (dy: Tensor): Tensor => cut(dy, offset, one.shape);
  });
  return record('concat', y, tensors, pullbacks);
}

/**
 * Repeats x to a larger shape by NumPy's broadcasting rule. The gradient sums dy over the repeated axes.
 *
 * @throws ShapeError if x does not broadcast to the shape; ArgumentError if it is no shape.
 * @example
 * broadcastTo(tensor([1, 2]), [2, 2]); // [[1, 2], [1, 2]]
 */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  checkTensor('broadcastTo', 'x', x);
  const target = checkShape('broadcastTo', 'shape', shape);
  if (!sameShape(broadcastShapes('broadcastTo', x.shape, target), target)) {
    throw new ShapeError(`broadcastTo: ${formatShape(x.shape)} does not stretch to the smaller ${formatShape(target)}`);
  }
  return repeatTo(x, target);
}
