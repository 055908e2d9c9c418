/** Broadcasting and its adjoint, recorded: each is the gradient of the other. */
import { record } from '../../autograd/record.ts';
import type { Tensor } from '../../autograd/tensor.ts';
import { type Shape, sameShape } from '../../core/shape.ts';
import { stretch } from './strided.ts';
import { sumOver } from './sums.ts';

/** A copy of x, repeated to a larger shape. */
export function repeatTo(x: Tensor, shape: Shape): Tensor {
  return record('broadcastTo', stretch(x, shape), [x], [(dy) => sumTo(dy, x.shape)]);
}

/** The sum of x over the axes along which a tensor of this shape was repeated. x itself if there are none. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.rank - shape.length;
  const repeated = x.shape.map((_, axis) => axis).filter((axis) => axis < lead || shape[axis - lead] !== x.shape[axis]);
  return record('sumTo', sumOver(x, repeated, shape), [x], [(dy) => repeatTo(dy, x.shape)]);
}
