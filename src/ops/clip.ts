/** clip: y = min(max(x, low), high); dx = dy where low <= x <= high, else 0. */
import { checkTensor, type Tensor } from '../autograd/tensor.ts';
import { checkNumber } from '../core/check.ts';
import * as kernels from '../kernels/library/piecewise.ts';
import { recordPiecewise, writeLike } from './internal/elementwise.ts';

/** Limits x to [low, high], low <= high. NaN stays NaN. */
export function clip(x: Tensor, low: number, high: number): Tensor {
  checkTensor('clip', 'x', x);
  checkNumber('clip', 'low', low);
  checkNumber('clip', 'high', high, { from: low });
  const y = writeLike(x, (out) => kernels.clip.run(out, x.address, low, high, x.size));
  return recordPiecewise('clip', y, x, (dy) =>
    writeLike(x, (dx) => kernels.clipBackward.run(dx, dy.address, x.address, low, high, x.size)),
  );
}
