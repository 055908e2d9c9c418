/**
 * Sums over axes, unrecorded. The order of additions is fixed. Along the last axis a sum is kept in four lanes; along
 * other axes it runs down the rows. Neighbouring axes are reduced together, and groups of them from last to first.
 */
import { Tensor } from '../../autograd/tensor.ts';
import { type Shape, sizeOf } from '../../core/shape.ts';
import { sumColumns, sumRows } from '../../kernels/library/sums.ts';

/** The sum over sorted axes. `shape` is that of the result, where reduced axes are left out or have size 1. */
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

/** Sums over axes first to last - 1: x is read as [outer, length, inner], and the result is [outer, inner]. */
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
