/**
 * Learning-rate schedules: functions from the number of steps done so far, from 0, to the learning rate of the next
 * one. Any function of that number alone will do as `learningRate`; these are Keras's.
 */
import { cosPi, power } from '../core/float64.ts';
import { boolean, integer, number, readOptions } from '../core/options.ts';
import { type Schedule, withConfig } from './schedule.ts';

export interface ExponentialDecayConfig {
  readonly initialLearningRate: number;
  /** After this many steps the rate is multiplied by decayRate. */
  readonly decaySteps: number;
  /** Above 0. */
  readonly decayRate: number;
  /** Decays all at once after every decaySteps steps, instead of a little at each. Default false. */
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
 * @example
 * adam({ learningRate: schedules.exponentialDecay({ initialLearningRate: 1e-3, decaySteps: 1000, decayRate: 0.96 }) });
 */
export function exponentialDecay(config: ExponentialDecayConfig): Schedule {
  const settings = readOptions('schedules.exponentialDecay', config, EXPONENTIAL_DECAY);
  const { initialLearningRate, decaySteps, decayRate, staircase } = settings;
  return withConfig({ name: 'exponentialDecay', ...settings }, (step) => {
    const exponent = step / decaySteps;
    return initialLearningRate * power(decayRate, staircase ? Math.floor(exponent) : exponent);
  });
}

export interface CosineDecayConfig {
  /** The rate at the start: of the decay, or with a `warmupTarget` of the warm-up. */
  readonly initialLearningRate: number;
  /** Length of the decay, without the warm-up. */
  readonly decaySteps: number;
  /** The rate at the end, as a share of the highest. From 0 to 1. Default 0. */
  readonly alpha?: number | undefined;
  /** The rate rises to this in a straight line first, within warmupSteps. Default: no warm-up. */
  readonly warmupTarget?: number | undefined;
  /** Default 0. */
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
 * From the highest rate to alpha times it along half a wave of the cosine, and alpha times it from then on:
 *   rate = highest ((1 - alpha) (1 + cos(pi t)) / 2 + alpha),  t = (step - warmupSteps) / decaySteps
 * Source: I. Loshchilov, F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017.
 *
 * @example
 * schedules.cosineDecay({ initialLearningRate: 0, warmupTarget: 1e-3, warmupSteps: 500, decaySteps: 10_000 });
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
