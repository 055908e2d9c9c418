/**
 * Reduces axes with an associative kernel, unrecorded: the first half of an axis is combined with the second half, and
 * so on until one element is left. So a reduction of n elements is about log2(n) calls of an elementwise kernel.
 */
import { copyOf } from '../../autograd/copy.ts';
import { Tensor } from '../../autograd/tensor.ts';
import { type Shape, sizeOf } from '../../core/shape.ts';
import type { BinaryKernel } from '../../kernels/elementwise.ts';
import { copy, fill } from '../../kernels/library/movement.ts';

/** Folds sorted axes. `shape` is that of the result; `empty` is the result of an axis without elements. */
export function foldOver(
  kernel: BinaryKernel,
  empty: number,
  x: Tensor,
  axes: readonly number[],
  shape: Shape,
): Tensor {
  let current = axes.length === 0 ? copyOf(x) : x;
  for (const axis of [...axes].reverse()) current = foldAxis(kernel, empty, current, axis);
  return new Tensor(shape, current.storage);
}

/** x is read as [outer, length, inner]; the result is [outer, inner], in the shape of x without the axis. */
function foldAxis(kernel: BinaryKernel, empty: number, x: Tensor, axis: number): Tensor {
  const [lead, trail] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const [outer, inner, length] = [sizeOf(lead), sizeOf(trail), x.shape[axis]!];
  const y = new Tensor([...lead, ...trail]);
  if (length === 0) {
    fill.run(y.address, empty, y.size);
    return y;
  }
  // y takes the last element, and later the last one of each odd number of elements that are left.
  copy.run(y.address, x.address + (length - 1) * inner, outer, inner, inner, length * inner, 1);
  let left = x;
  let step = length * inner;
  for (let count = length - 1; count > 0; count >>= 1) {
    const half = (count >> 1) * inner;
    const last = left.address + (count - 1) * inner;
    if (count % 2 === 1) kernel.run(y.address, y.address, last, outer, inner, inner, 1, step, 1);
    const halves = new Tensor([outer * half]);
    kernel.run(halves.address, left.address, left.address + half, outer, half, step, 1, step, 1);
    left = halves;
    step = half;
  }
  return y;
}
