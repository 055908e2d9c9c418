/**
 * An optimizer by the recipe of examples/guides/contributing.md: a = a + g^2; w = w - rate g / sqrt(a + epsilon).
 * Duchi et al., JMLR 2011.
 */
import { number, readOptions } from '../../src/core/options.ts';
import { add, div, mul, sub } from '../../src/ops/arithmetic.ts';
import { sqrt, square } from '../../src/ops/unary.ts';
import { defineOptimizer } from '../../src/optim/define-optimizer.ts';
import { CLIPPING, learningRate, type Optimizer, type OptimizerConfig } from '../../src/optim/optimizer.ts';

/** The learning rate is 0.001 by default. */
export interface AdagradConfig extends OptimizerConfig {
  /** Added to the sum of squares. Default 1e-7. */
  readonly epsilon?: number | undefined;
}

const OPTIONS = { learningRate: learningRate.or(0.001), epsilon: number({ from: 0 }).or(1e-7), ...CLIPPING };

export function adagrad(config: AdagradConfig = {}): Optimizer<'accumulator'> {
  const { epsilon, ...common } = readOptions('adagrad', config, OPTIONS);
  return defineOptimizer(
    {
      name: 'adagrad',
      settings: { epsilon },
      slots: ['accumulator'],
      update({ variable, gradient, slots: { accumulator }, learningRate: rate }) {
        accumulator.assign(add(accumulator, square(gradient)));
        variable.assign(sub(variable, div(mul(rate, gradient), sqrt(add(accumulator, epsilon)))));
      },
    },
    common,
  );
}
