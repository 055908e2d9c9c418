/** clip: y = min(max(x, low), high); dx = dy where low <= x <= high, else 0. */
import { record } from '../autograd/record.ts';
import { checkTensor, type Tensor } from '../autograd/tensor.ts';
import { checkNumber } from '../core/check.ts';
import { kernels } from '../kernels/runtime.ts';
import { applyUnary } from './internal/elementwise.ts';

/** x limited to [low, high]; NaN stays NaN. */
export function clip(x: Tensor, low: number, high: number): Tensor {
  checkTensor('clip', 'x', x);
  checkNumber('clip', 'low', low);
  checkNumber('clip', 'high', high, { from: low });
  const y = applyUnary((out, input, count) => kernels().clip(out, input, low, high, count), x);
  return record(
    'clip',
    y,
    [x],
    [(dy) => applyUnary((dx) => kernels().clipBackward(dx, dy.address, x.address, low, high, x.size), x)],
  );
}
