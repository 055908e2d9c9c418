/**
 * Adam in Keras's form, with the bias correction in the step size:
 *   rate_t = rate sqrt(1 - beta2^t) / (1 - beta1^t);  m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
 *   w = w - rate_t m / (sqrt(v) + epsilon)
 * AdamW first computes w = w - w (rate weightDecay). Sources: D. P. Kingma, J. Ba, "Adam: A Method for Stochastic
 * Optimization", ICLR 2015; I. Loshchilov, F. Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.
 */
import { number, readOptions } from '../core/options.ts';
import { adam as adamKernel } from '../kernels/library/adam.ts';
import { mul, sub } from '../ops/arithmetic.ts';
import { defineOptimizer, type VariableUpdate } from './define-optimizer.ts';
import { CLIPPING, learningRate, type Optimizer, type OptimizerConfig, type Slots } from './optimizer.ts';
import { powersOf } from './powers.ts';

/** The learning rate is 1e-3 by default. */
export interface AdamConfig extends OptimizerConfig {
  /** Decay of the first moment, in [0, 1). Default 0.9. */
  readonly beta1?: number | undefined;
  /** Decay of the second moment, in [0, 1). Default 0.999. */
  readonly beta2?: number | undefined;
  /** Added to the root, so that nothing is divided by 0. Default 1e-7. */
  readonly epsilon?: number | undefined;
}

const ADAM_OPTIONS = {
  learningRate: learningRate.or(1e-3),
  beta1: number({ from: 0, below: 1 }).or(0.9),
  beta2: number({ from: 0, below: 1 }).or(0.999),
  epsilon: number({ from: 0 }).or(1e-7),
  ...CLIPPING,
};

/** The first and second moment of a variable. */
export type AdamSlots = Slots<'m' | 'v'>;

/**
 * The Adam optimizer.
 *
 * apply() returns the variables that have diverged. A learning rate that is too large makes weights NaN or infinite. A
 * gradient beyond 1.8e19 has an infinite square and makes the moment v infinite.
 *
 * @throws ArgumentError for a wrong option, such as a beta1 of 1.
 * @example
 * const w = variable(tensor([1, -1]));
 * const optimizer = adam({ learningRate: 0.1 });
 * optimizer.apply([w], gradients(sum(square(w)), [w]));
 * w.data; // [0.9, -0.9]
 */
export function adam(config: AdamConfig = {}): Optimizer<'m' | 'v'> {
  const { beta1, beta2, epsilon, ...common } = readOptions('adam', config, ADAM_OPTIONS);
  const settings = { beta1, beta2, epsilon };
  return defineOptimizer({ name: 'adam', settings, slots: ['m', 'v'], update: adamUpdate(settings) }, common);
}

/** The options of adamW(): those of adam(), and the weight decay. */
export interface AdamWConfig extends AdamConfig {
  /** Each step subtracts this share of the weights, times the learning rate. Default 0.004. */
  readonly weightDecay?: number | undefined;
}

const ADAMW_OPTIONS = { ...ADAM_OPTIONS, weightDecay: number({ from: 0 }).or(0.004) };

/**
 * Adam with decoupled weight decay: it shrinks all weights towards 0 directly, without affecting the moments.
 *
 * @throws ArgumentError for a wrong option.
 * @example
 * const w = variable(tensor([1]));
 * adamW({ learningRate: 0.1, weightDecay: 0.5 }).apply([w], [tensor([0])]);
 * w.data; // [0.95]: no gradient, only the decay
 */
export function adamW(config: AdamWConfig = {}): Optimizer<'m' | 'v'> {
  const { beta1, beta2, epsilon, weightDecay, ...common } = readOptions('adamW', config, ADAMW_OPTIONS);
  const update = adamUpdate({ beta1, beta2, epsilon });
  return defineOptimizer(
    {
      name: 'adamW',
      settings: { beta1, beta2, epsilon, weightDecay },
      slots: ['m', 'v'],
      update(turn) {
        const { variable, learningRate } = turn;
        variable.assign(sub(variable, mul(variable, learningRate * weightDecay)));
        return update(turn);
      },
    },
    common,
  );
}

type Betas = Readonly<Record<'beta1' | 'beta2' | 'epsilon', number>>;

/** The Adam update, in one pass over the variable. */
function adamUpdate({ beta1, beta2, epsilon }: Betas): (turn: VariableUpdate<'m' | 'v'>) => boolean {
  const power1 = powersOf(beta1);
  const power2 = powersOf(beta2);
  return ({ variable, gradient, slots: { m, v }, learningRate, step }) => {
    const rate = (learningRate * Math.sqrt(1 - power2(step))) / (1 - power1(step));
    const nonFinite = adamKernel.run(
      variable.address,
      m.address,
      v.address,
      gradient.address,
      rate,
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      epsilon,
      variable.size,
    );
    for (const { storage } of [variable, m, v]) storage.changed();
    return nonFinite > 0;
  };
}
