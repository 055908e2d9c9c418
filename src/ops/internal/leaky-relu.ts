/** The gradient of leakyRelu, and of the LeakyReLU in batch normalisation: dx = dy where x > 0, else slope dy. */
import type { Pullback } from '../../autograd/record.ts';
import type { Tensor } from '../../autograd/tensor.ts';
import { leakyReluBackward } from '../../kernels/library/piecewise.ts';
import { piecewiseGradient, writeLike } from './elementwise.ts';

export function leakyReluGradient(x: Tensor, slope: number): Pullback {
  return piecewiseGradient('leakyRelu', x, (dy) =>
    writeLike(x, (dx) => leakyReluBackward.run(dx, dy.address, x.address, slope, x.size)),
  );
}
