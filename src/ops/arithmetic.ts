/**
 * add, sub, mul and div with NumPy's broadcasting. Either operand may be a plain number. The gradient of a broadcast
 * operand is summed over the axes along which it was repeated.
 */
import { record } from '../autograd/record.ts';
import { type Tensor, toTensor } from '../autograd/tensor.ts';
import * as kernels from '../kernels/library/binary.ts';
import { neg } from '../kernels/library/unary.ts';
import { applyBinary, applyUnary } from './internal/elementwise.ts';
import { sumTo } from './internal/sums.ts';

/** y = a + b; da = dy, db = dy */
export function add(a: Tensor | number, b: Tensor | number): Tensor {
  const x = toTensor('add', 'a', a);
  const z = toTensor('add', 'b', b);
  const y = applyBinary('add', kernels.add, x, z);
  return record('add', y, [x, z], [(dy) => sumTo(dy, x.shape), (dy) => sumTo(dy, z.shape)]);
}

/** y = a - b; da = dy, db = -dy */
export function sub(a: Tensor | number, b: Tensor | number): Tensor {
  const x = toTensor('sub', 'a', a);
  const z = toTensor('sub', 'b', b);
  const y = applyBinary('sub', kernels.sub, x, z);
  return record('sub', y, [x, z], [(dy) => sumTo(dy, x.shape), (dy) => applyUnary(neg, sumTo(dy, z.shape))]);
}

/** y = a b; da = dy b, db = dy a */
export function mul(a: Tensor | number, b: Tensor | number): Tensor {
  const x = toTensor('mul', 'a', a);
  const z = toTensor('mul', 'b', b);
  const times = (p: Tensor, q: Tensor): Tensor => applyBinary('mul', kernels.mul, p, q);
  return record(
    'mul',
    times(x, z),
    [x, z],
    [(dy) => sumTo(times(dy, z), x.shape), (dy) => sumTo(times(dy, x), z.shape)],
  );
}

/** y = a / b; da = dy / b, db = -(dy / b) y */
export function div(a: Tensor | number, b: Tensor | number): Tensor {
  const x = toTensor('div', 'a', a);
  const z = toTensor('div', 'b', b);
  const over = (p: Tensor, q: Tensor): Tensor => applyBinary('div', kernels.div, p, q);
  const y = over(x, z);
  const db = (dy: Tensor): Tensor => applyUnary(neg, applyBinary('div', kernels.mul, over(dy, z), y));
  return record('div', y, [x, z], [(dy) => sumTo(over(dy, z), x.shape), (dy) => sumTo(db(dy), z.shape)]);
}
