/**
 * Keras's learning-rate schedules. A schedule is a function of the number of steps done so far, from 0, and returns the
 * learning rate of the next step. Any such function can be the `learningRate` of an optimizer.
 */
import { cosPi, power } from '../core/float64.ts';
import { boolean, integer, number, readOptions } from '../core/options.ts';
import { type Schedule, withConfig } from './schedule.ts';

/** The options of schedules.exponentialDecay(). */
export interface ExponentialDecayConfig {
  /** The learning rate of the first step. At least 0. */
  readonly initialLearningRate: number;
  /** The number of steps in which the rate is multiplied by decayRate. At least 1. */
  readonly decaySteps: number;
  /** The factor of the decay, above 0. */
  readonly decayRate: number;
  /** Changes the rate only every decaySteps steps, instead of at each step. Default false. */
  readonly staircase?: boolean | undefined;
}

const EXPONENTIAL_DECAY = {
  initialLearningRate: number({ from: 0 }),
  decaySteps: integer(1),
  decayRate: number({ above: 0 }),
  staircase: boolean().or(false),
};

/**
 * rate = initialLearningRate decayRate^(step / decaySteps)
 *
 * @returns a function of the number of steps done.
 * @throws ArgumentError for a missing or wrong option.
 * @example
 * const learningRate = schedules.exponentialDecay({ initialLearningRate: 1e-3, decaySteps: 1000, decayRate: 0.5 });
 * learningRate(0); // 0.001
 * learningRate(2000); // 0.00025
 * adam({ learningRate });
 */
export function exponentialDecay(config: ExponentialDecayConfig): Schedule {
  const settings = readOptions('schedules.exponentialDecay', config, EXPONENTIAL_DECAY);
  const { initialLearningRate, decaySteps, decayRate, staircase } = settings;
  return withConfig({ name: 'exponentialDecay', ...settings }, (step) => {
    const exponent = step / decaySteps;
    return initialLearningRate * power(decayRate, staircase ? Math.floor(exponent) : exponent);
  });
}

/** The options of schedules.cosineDecay(). */
export interface CosineDecayConfig {
  /** The learning rate at the start of the decay; with a `warmupTarget`, at the start of the warm-up. */
  readonly initialLearningRate: number;
  /** The number of steps of the decay, without the warm-up. */
  readonly decaySteps: number;
  /** The final rate as a share of the highest, in [0, 1]. Default 0. */
  readonly alpha?: number | undefined;
  /** The rate first rises linearly to this, within warmupSteps. Default: no warm-up. */
  readonly warmupTarget?: number | undefined;
  /** The number of steps of the warm-up. Default 0. */
  readonly warmupSteps?: number | undefined;
}

const COSINE_DECAY = {
  initialLearningRate: number({ from: 0 }),
  decaySteps: integer(1),
  alpha: number({ from: 0, to: 1 }).or(0),
  warmupTarget: number({ from: 0 }).optional(),
  warmupSteps: integer(0).or(0),
};

/**
 * The rate falls from the highest rate to alpha times that along half a period of the cosine, and then stays there:
 *   rate = highest ((1 - alpha) (1 + cos(pi t)) / 2 + alpha),  t = (step - warmupSteps) / decaySteps
 * Source: I. Loshchilov, F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017.
 *
 * @returns a function of the number of steps done.
 * @throws ArgumentError for a missing or wrong option.
 * @example
 * const warmup = { initialLearningRate: 0, warmupTarget: 1e-3, warmupSteps: 500 };
 * const learningRate = schedules.cosineDecay({ ...warmup, decaySteps: 10_000 });
 * learningRate(250); // 0.0005
 * learningRate(500); // 0.001
 * learningRate(10_500); // 0
 */
export function cosineDecay(config: CosineDecayConfig): Schedule {
  const options = readOptions('schedules.cosineDecay', config, COSINE_DECAY);
  const { initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps } = options;
  const highest = warmupTarget ?? initialLearningRate;
  const warmup = warmupTarget === undefined ? 0 : warmupSteps;
  const settings = { initialLearningRate, decaySteps, alpha, warmupTarget: highest, warmupSteps: warmup };
  return withConfig({ name: 'cosineDecay', ...settings }, (step) => {
    if (step < warmup) return initialLearningRate + (highest - initialLearningRate) * (step / warmup);
    const t = Math.min((step - warmup) / decaySteps, 1);
    return highest * ((1 - alpha) * 0.5 * (1 + cosPi(t)) + alpha);
  });
}
