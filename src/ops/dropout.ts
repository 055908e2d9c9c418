/**
 * Dropout: y = u >= rate ? x / (1 - rate) : 0, with u uniform in [0, 1). The expected value of y is x.
 * dx is the same function of dy, with the same u.
 * Source: N. Srivastava et al., "Dropout", JMLR 15, 2014.
 */
import { checkRandom, type Random } from '../autograd/random.ts';
import { checkTensor, type Tensor } from '../autograd/tensor.ts';
import { checkNumber } from '../core/check.ts';
import * as kernels from '../kernels/library/piecewise.ts';
import { recordPiecewise, writeLike } from './internal/elementwise.ts';

/**
 * Sets each element of x to 0 with probability `rate`, 0 <= rate < 1, and scales the others by 1 / (1 - rate).
 *
 * @param x - of any shape; the result has it too.
 * @param random - one number is drawn for each element.
 * @throws ArgumentError if x is no tensor, rate is not from 0 to below 1, or random is no generator.
 * @example
 * const y = dropout(ones([1000]), 0.25, createRandom(1));
 * max(y); // 1.333333...
 * sum(equal(y, 0)).item() / 1000; // 0.2...
 */
export function dropout(x: Tensor, rate: number, random: Random): Tensor {
  checkTensor('dropout', 'x', x);
  checkNumber('dropout', 'rate', rate, { from: 0, below: 1 });
  checkRandom('dropout', 'random', random);
  const u = random.uniform(x.shape);
  const masked = (t: Tensor): Tensor =>
    writeLike(t, (out) => kernels.dropout.run(out, t.address, u.address, rate, 1 / (1 - rate), t.size));
  return recordPiecewise('dropout', masked(x), x, masked, [u]);
}
