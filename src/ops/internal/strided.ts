/** Copies between strided regions, unrecorded. transpose, slice, concat and broadcastTo are made of them. */
import { Tensor } from '../../autograd/tensor.ts';
import { type Shape, sameShape, stridesOf } from '../../core/shape.ts';
import type { Address } from '../../kernels/kernel.ts';
import { copy } from '../../kernels/library/movement.ts';

/** Where a region begins and how far apart its elements lie along each axis, in floats. */
interface Region {
  readonly address: Address;
  readonly strides: readonly number[];
}

/** out[i, j, ...] = x[i, j, ...] over `shape`. The output's last axis must be dense (stride 1). */
export function copyRegion(out: Region, x: Region, shape: Shape): void {
  if (shape.includes(0)) return;
  const lead = Math.max(shape.length - 2, 0);
  const columns = shape[shape.length - 1] ?? 1;
  const rows = shape[shape.length - 2] ?? 1;
  const outRowStep = out.strides[shape.length - 2] ?? 0;
  const xRowStep = x.strides[shape.length - 2] ?? 0;
  const xColumnStep = x.strides[shape.length - 1] ?? 1;
  const walk = (axis: number, o: Address, i: Address): void => {
    if (axis === lead) copy.run(o, i, rows, columns, outRowStep, xRowStep, xColumnStep);
    else for (let n = 0; n < shape[axis]!; n++) walk(axis + 1, o + n * out.strides[axis]!, i + n * x.strides[axis]!);
  };
  walk(0, out.address, x.address);
}

/** A dense tensor from a strided region. */
export function gatherRegion(x: Region, shape: Shape): Tensor {
  const y = new Tensor(shape);
  copyRegion({ address: y.address, strides: stridesOf(shape) }, x, shape);
  return y;
}

/** The strides that read a tensor of `shape` as if it had the larger shape `target`: 0 along broadcast axes. */
export function stretchedStrides(shape: Shape, target: Shape): number[] {
  const strides = stridesOf(shape);
  const lead = target.length - shape.length;
  return target.map((size, axis) => (axis < lead || shape[axis - lead] !== size ? 0 : strides[axis - lead]!));
}

/** A dense copy of x, broadcast to a larger shape. */
export function stretch(x: Tensor, target: Shape): Tensor {
  return gatherRegion({ address: x.address, strides: stretchedStrides(x.shape, target) }, target);
}

/** x itself if it has this shape, else a copy that is broadcast to it. */
export function stretched(x: Tensor, target: Shape): Tensor {
  return sameShape(x.shape, target) ? x : stretch(x, target);
}
