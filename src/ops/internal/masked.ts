/** y = condition ? x : 0, where the condition is broadcast to the shape of x; dx = condition ? dy : 0 */
import { record } from '../../autograd/record.ts';
import type { Tensor } from '../../autograd/tensor.ts';
import * as kernels from '../../kernels/library/binary.ts';
import { applyBinary } from './elementwise.ts';

export function masked(x: Tensor, condition: Tensor): Tensor {
  const y = applyBinary('where', kernels.masked, x, condition);
  return record('where', y, [x], [(dy) => masked(dy, condition)], [condition]);
}
