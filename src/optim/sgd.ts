/**
 * Stochastic gradient descent in Keras's form:
 *   plain     w = w - rate g
 *   momentum  velocity = momentum velocity - rate g;  w = w + velocity
 *   nesterov  the same velocity;  w = w + (momentum velocity - rate g)
 * Sources: B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964; I. Sutskever et al.,
 * "On the importance of initialization and momentum in deep learning", ICML 2013.
 */
import { boolean, number, readOptions } from '../core/options.ts';
import { add, mul, sub } from '../ops/arithmetic.ts';
import { defineOptimizer } from './define-optimizer.ts';
import { CLIPPING, learningRate, type Optimizer, type OptimizerConfig } from './optimizer.ts';

/** The learning rate is 0.01 by default. */
export interface SgdConfig extends OptimizerConfig {
  /** The share of the last velocity that is kept, in [0, 1]. Default 0: plain descent, without a velocity. */
  readonly momentum?: number | undefined;
  /** Nesterov momentum: looks ahead by one step of the velocity. Default false. */
  readonly nesterov?: boolean | undefined;
}

const OPTIONS = {
  learningRate: learningRate.or(0.01),
  momentum: number({ from: 0, to: 1 }).or(0),
  nesterov: boolean().or(false),
  ...CLIPPING,
};

/**
 * Stochastic gradient descent, optionally with momentum. With momentum it has one slot, `velocity`.
 *
 * @throws ArgumentError for a wrong option.
 * @example
 * const w = variable(tensor([1]));
 * const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
 * optimizer.apply([w], [tensor([1])]);
 * optimizer.apply([w], [tensor([1])]);
 * w.data; // [0.71]: steps of 0.1 and 0.19
 */
export function sgd(config: SgdConfig = {}): Optimizer {
  const { momentum, nesterov, ...common } = readOptions('sgd', config, OPTIONS);
  return defineOptimizer<string>(
    {
      name: 'sgd',
      settings: { momentum, nesterov },
      slots: momentum > 0 ? ['velocity'] : [],
      update({ variable, gradient, slots: { velocity }, learningRate: rate }) {
        const descent = mul(rate, gradient);
        if (velocity === undefined) {
          variable.assign(sub(variable, descent));
          return;
        }
        velocity.assign(sub(mul(momentum, velocity), descent));
        variable.assign(add(variable, nesterov ? sub(mul(momentum, velocity), descent) : velocity));
      },
    },
    common,
  );
}
