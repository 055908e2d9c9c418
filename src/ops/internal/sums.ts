/**
 * Sums over axes, unrecorded. Along the last axis a sum has four lanes, along others it goes down the rows; several axes are reduced
 * one group of neighbours after the other, from the last to the first.
 */
import { Tensor } from '../../autograd/tensor.ts';
import { type Shape, sameShape, sizeOf } from '../../core/shape.ts';
import { sumColumns, sumRows } from '../../kernels/library/sums.ts';

/** The sum over sorted axes, given the shape of the result (reduced axes dropped or kept as 1). */
export function sumOver(x: Tensor, axes: readonly number[], shape: Shape): Tensor {
  let current = x;
  let end = axes.length;
  while (end > 0) {
    let begin = end - 1;
    while (begin > 0 && axes[begin - 1] === axes[begin]! - 1) begin--;
    current = sumGroup(current, axes[begin]!, axes[end - 1]! + 1);
    end = begin;
  }
  return current === x ? sumGroup(x, 0, 0, shape) : new Tensor(shape, current.storage);
}

/** The adjoint of broadcasting: dy summed over the axes along which an operand of this shape was stretched. */
export function sumTo(dy: Tensor, shape: Shape): Tensor {
  if (sameShape(dy.shape, shape)) return dy;
  const lead = dy.rank - shape.length;
  const stretched = dy.shape
    .map((_, axis) => axis)
    .filter((axis) => axis < lead || shape[axis - lead] !== dy.shape[axis]);
  return sumOver(dy, stretched, shape);
}

/** [outer, length, inner] -> [outer, inner], the length axes being those from `first` to before `last`. */
function sumGroup(x: Tensor, first: number, last: number, shape?: Shape): Tensor {
  const lead = x.shape.slice(0, first);
  const trail = x.shape.slice(last);
  const outer = sizeOf(lead);
  const inner = sizeOf(trail);
  const length = sizeOf(x.shape.slice(first, last));
  const y = new Tensor(shape ?? [...lead, ...trail]);
  const [to, from] = [y.address, x.address];
  if (inner === 1) sumRows.run(to, from, outer, length, length);
  else for (let o = 0; o < outer; o++) sumColumns.run(to + o * inner, from + o * length * inner, length, inner, inner);
  return y;
}
