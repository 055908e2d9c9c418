/** An operation by the recipe of examples/guides/contributing.md. */
import { record } from '../../src/autograd/record.ts';
import { checkTensor, type Tensor } from '../../src/autograd/tensor.ts';
import { add, div, mul } from '../../src/ops/arithmetic.ts';
import { applyGradient, applyUnary } from '../../src/ops/internal/elementwise.ts';
import { sign } from '../../src/ops/rounding.ts';
import { abs, square } from '../../src/ops/unary.ts';
import * as kernels from './softsign-kernel.ts';

/** y = x / (1 + |x|); dx = dy / (1 + |x|)^2 */
export function softsign(x: Tensor): Tensor {
  checkTensor('softsign', 'x', x);
  return record('softsign', applyUnary(kernels.softsign, x), [x], [(dy) => softsignGradient(dy, x)]);
}

/** dx = dy / (1 + |x|)^2; dy: g / (1 + |x|)^2, x: -2 sign(x) g dy / (1 + |x|)^3 */
function softsignGradient(dy: Tensor, x: Tensor): Tensor {
  const dx = applyGradient(kernels.softsignBackward, dy, x);
  const byX = (g: Tensor): Tensor => {
    const base = add(1, abs(x));
    return div(mul(mul(g, dy), mul(-2, sign(x))), mul(base, square(base)));
  };
  return record('softsign gradient', dx, [dy, x], [(g) => softsignGradient(g, x), byX]);
}
