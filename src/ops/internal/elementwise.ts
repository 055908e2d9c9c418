/**
 * Runs elementwise kernels on tensors, unrecorded except for recordPiecewise(). An operand that is broadcast along an
 * axis has stride 0 there. Neighbouring axes are merged where the strides of both operands allow it, so almost every
 * case is one call of a two-dimensional kernel. Further axes are loops around it.
 */
import { type Pullback, record } from '../../autograd/record.ts';
import { Tensor } from '../../autograd/tensor.ts';
import { broadcastShapes, type Shape } from '../../core/shape.ts';
import type { BinaryKernel, GradientKernel, UnaryKernel } from '../../kernels/elementwise.ts';
import type { Address } from '../../kernels/kernel.ts';
import { stretchedStrides } from './strided.ts';

/** y, of the shape of x, computed by a kernel. */
export function applyUnary(kernel: UnaryKernel, x: Tensor): Tensor {
  return writeLike(x, (y) => kernel.run(y, x.address, x.size));
}

/** dx from dy and from `x`, the input or the output of the forward pass, whichever the kernel takes. */
export function applyGradient(kernel: GradientKernel, dy: Tensor, x: Tensor): Tensor {
  return writeLike(x, (dx) => kernel.run(dx, dy.address, x.address, x.size));
}

/**
 * Records an op whose derivative is constant on each piece, as relu's: dx = slopes dy. `times(dy)` multiplies by the
 * slopes, so it is its own gradient with respect to dy, and the derivative with respect to x is zero.
 *
 * @param saved - other tensors that `times` reads.
 */
export function recordPiecewise(
  op: string,
  y: Tensor,
  x: Tensor,
  times: (dy: Tensor) => Tensor,
  saved: readonly Tensor[] = [],
): Tensor {
  return record(op, y, [x], [piecewiseGradient(op, x, times, saved)], saved);
}

/** The pullback that recordPiecewise() records. */
export function piecewiseGradient(
  op: string,
  x: Tensor,
  times: (dy: Tensor) => Tensor,
  saved: readonly Tensor[] = [],
): Pullback {
  const backward = (dy: Tensor): Tensor => record(`${op} gradient`, times(dy), [dy, x], [backward, 'zero'], saved);
  return backward;
}

/** A new tensor of the shape of x. `write` must set all its elements. */
export function writeLike(x: Tensor, write: (out: Address) => void): Tensor {
  const out = new Tensor(x.shape);
  write(out.address);
  return out;
}

/** a and b, broadcast to a common shape and combined by a kernel. */
export function applyBinary(where: string, kernel: BinaryKernel, a: Tensor, b: Tensor): Tensor {
  const out = new Tensor(broadcastShapes(where, a.shape, b.shape));
  if (out.size === 0) return out;
  const axes = mergeAxes(out.shape, stretchedStrides(a.shape, out.shape), stretchedStrides(b.shape, out.shape));
  const columns = axes.pop() ?? { size: 1, a: 1, b: 1 };
  const rows = axes.pop() ?? { size: 1, a: 0, b: 0 };
  let o = out.address;
  const walk = (axis: number, i: Address, j: Address): void => {
    const outer = axes[axis];
    if (outer === undefined) {
      kernel.run(o, i, j, rows.size, columns.size, rows.a, columns.a === 0 ? 0 : 1, rows.b, columns.b === 0 ? 0 : 1);
      o += rows.size * columns.size;
    } else for (let n = 0; n < outer.size; n++) walk(axis + 1, i + n * outer.a, j + n * outer.b);
  };
  walk(0, a.address, b.address);
  return out;
}

/** One axis of the result: its size, and the strides of a and b along it. */
interface Axis {
  size: number;
  a: number;
  b: number;
}

function mergeAxes(shape: Shape, a: readonly number[], b: readonly number[]): Axis[] {
  const merged: Axis[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const last = merged[merged.length - 1];
    if (last !== undefined && last.a === a[axis]! * size && last.b === b[axis]! * size) {
      last.size *= size;
      last.a = a[axis]!;
      last.b = b[axis]!;
    } else merged.push({ size, a: a[axis]!, b: b[axis]! });
  });
  return merged;
}
