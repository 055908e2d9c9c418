/**
 * prod: y = product of x;  dx = dy times the product of the other elements, also where some are 0.
 * The first half of an axis is multiplied by the second, and so on, all recorded: the gradients are those of mul().
 */
import { record } from '../autograd/record.ts';
import { ones, type Tensor } from '../autograd/tensor.ts';
import { mul } from './arithmetic.ts';
import { type ReduceOptions, readReduction } from './internal/reduction.ts';
import { reshape } from './reshape.ts';
import { slice } from './shape-ops.ts';

/**
 * The product over axes: `prod(x)`, `prod(x, axis, keepDims)` or `prod(x, { axis, keepDims })`. An empty product is 1.
 *
 * @param axis - one or several; negative ones count from the end. Default: all.
 * @param keepDims - the axes stay, with size 1. Default false.
 * @throws ArgumentError if x is no tensor or has no such axis.
 * @example
 * prod(tensor([[1, 2], [3, 4]]), 1); // [2, 12]
 */
export function prod(x: Tensor, axis?: ReduceOptions['axis'] | ReduceOptions, keepDims?: boolean): Tensor {
  const { axes, count, shape } = readReduction('prod', x, axis, keepDims);
  if (count === 0) return record('prod', ones(shape), [x], ['zero']);
  if (axes.length === x.rank) return reshape(productAlong(reshape(x, [x.size]), 0), shape);
  const product = axes.reduce(productAlong, x);
  return reshape(product, shape);
}

/** The product along one axis, which keeps size 1. */
function productAlong(x: Tensor, axis: number): Tensor {
  const part = (from: Tensor, begin: number, length: number): Tensor =>
    slice(
      from,
      from.shape.map((_, one) => (one === axis ? begin : 0)),
      from.shape.map((size, one) => (one === axis ? length : size)),
    );
  let left = x;
  let odd: Tensor | undefined;
  for (let length = x.shape[axis]!; length > 1; length = left.shape[axis]!) {
    const half = length >> 1;
    if (length % 2 === 1) {
      const last = part(left, length - 1, 1);
      odd = odd === undefined ? last : mul(odd, last);
    }
    left = mul(part(left, 0, half), part(left, half, half));
  }
  return odd === undefined ? left : mul(left, odd);
}
