/** An operation by the README's recipe. */
import { record } from '../../src/autograd/record.ts';
import { checkTensor, type Tensor } from '../../src/autograd/tensor.ts';
import { applyGradient, applyUnary } from '../../src/ops/internal/elementwise.ts';
import * as kernels from './softsign-kernel.ts';

/** y = x / (1 + |x|); dx = dy / (1 + |x|)^2 */
export function softsign(x: Tensor): Tensor {
  checkTensor('softsign', 'x', x);
  const y = applyUnary(kernels.softsign, x);
  return record('softsign', y, [x], [(dy) => applyGradient(kernels.softsignBackward, dy, x)]);
}
