/** clip: y = min(max(x, low), high); dx = dy where low <= x <= high, else 0. */
import { checkTensor, type Tensor } from '../autograd/tensor.ts';
import { checkNumber } from '../core/check.ts';
import * as kernels from '../kernels/library/piecewise.ts';
import { recordPiecewise, writeLike } from './internal/elementwise.ts';

/**
 * Limits x to [low, high], low <= high. NaN stays NaN.
 *
 * @param x - of any shape; the result has it too.
 * @throws ArgumentError if x is no tensor, a limit no finite number, or high below low.
 * @example
 * clip(tensor([-2, 0.5, 2]), -1, 1); // [-1, 0.5, 1]
 */
export function clip(x: Tensor, low: number, high: number): Tensor {
  checkTensor('clip', 'x', x);
  checkNumber('clip', 'low', low);
  checkNumber('clip', 'high', high, { from: low });
  const y = writeLike(x, (out) => kernels.clip.run(out, x.address, low, high, x.size));
  return recordPiecewise('clip', y, x, (dy) =>
    writeLike(x, (dx) => kernels.clipBackward.run(dx, dy.address, x.address, low, high, x.size)),
  );
}
