/**
 * RMSprop in Keras's form:
 *   velocity = rho velocity + (1 - rho) g^2
 *   increment = rate g / sqrt(velocity + epsilon)
 *   w = w - increment
 * With `centered`, the variance of the gradients replaces their mean square:
 *   averageGradient = rho averageGradient + (1 - rho) g
 *   increment = rate g / sqrt(max(velocity - averageGradient^2, 0) + epsilon)
 * Keras has no maximum there. Rounding can make the difference negative, and then the weight NaN.
 * With momentum, whose slot is p:
 *   p = momentum p + increment;  w = w - p
 * Source: T. Tieleman, G. Hinton, Lecture 6.5 of "Neural Networks for Machine Learning", 2012.
 */
import type { Tensor } from '../autograd/tensor.ts';
import { boolean, number, readOptions } from '../core/options.ts';
import { add, div, mul, sub } from '../ops/arithmetic.ts';
import { relu, sqrt, square } from '../ops/unary.ts';
import { defineOptimizer } from './define-optimizer.ts';
import { CLIPPING, learningRate, type Optimizer, type OptimizerConfig } from './optimizer.ts';

/** The learning rate is 1e-3 by default. */
export interface RmspropConfig extends OptimizerConfig {
  /** Decay of the averages, in [0, 1). Default 0.9. */
  readonly rho?: number | undefined;
  /** The share of the last increment that is kept, in [0, 1]. Default 0. */
  readonly momentum?: number | undefined;
  /** Added under the root, so that nothing is divided by 0. Default 1e-7. */
  readonly epsilon?: number | undefined;
  /** Divides by the variance of the gradients instead of their mean square. Default false. */
  readonly centered?: boolean | undefined;
}

const OPTIONS = {
  learningRate: learningRate.or(1e-3),
  rho: number({ from: 0, below: 1 }).or(0.9),
  momentum: number({ from: 0, to: 1 }).or(0),
  epsilon: number({ from: 0 }).or(1e-7),
  centered: boolean().or(false),
  ...CLIPPING,
};

/**
 * The RMSprop optimizer: each gradient is divided by the root of a moving average of its squares. Its slots are
 * `velocity`, `momentum` if momentum is above 0, and `averageGradient` if it is centered.
 *
 * @throws ArgumentError for a wrong option.
 * @example
 * const w = variable(tensor([1]));
 * rmsprop({ learningRate: 0.01 }).apply([w], [tensor([5])]);
 * w.data; // [0.968377...]
 */
export function rmsprop(config: RmspropConfig = {}): Optimizer {
  const { rho, momentum, epsilon, centered, ...common } = readOptions('rmsprop', config, OPTIONS);
  const slots = ['velocity', ...(momentum > 0 ? ['momentum'] : []), ...(centered ? ['averageGradient'] : [])];
  return defineOptimizer<string>(
    {
      name: 'rmsprop',
      settings: { rho, momentum, epsilon, centered },
      slots,
      update({ variable, gradient, slots, learningRate: rate }) {
        const { velocity, momentum: kept, averageGradient: average } = slots;
        velocity!.assign(add(mul(rho, velocity!), mul(1 - rho, square(gradient))));
        let spread: Tensor = velocity!;
        if (average !== undefined) {
          average.assign(add(mul(rho, average), mul(1 - rho, gradient)));
          spread = relu(sub(velocity!, square(average)));
        }
        const increment = div(mul(rate, gradient), sqrt(add(spread, epsilon)));
        kept?.assign(add(mul(momentum, kept), increment));
        variable.assign(sub(variable, kept ?? increment));
      },
    },
    common,
  );
}
