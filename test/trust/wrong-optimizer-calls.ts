/** Wrong calls of the optimizers, their schedules, and of defineOptimizer(). */
import { ArgumentError as Argument } from '../../src/core/errors.ts';
import type * as ganvas from '../../src/index.ts';
import type { schedules } from '../../src/index.ts';
import type { Calls, WrongCall } from './wrong-call.ts';

/** What every optimizer refuses. */
const everyOptimizer = (name: string): WrongCall[] => {
  const says = (text: string): RegExp => new RegExp(`^${name}: ${text}`);
  return [
    [Argument, [null], says('options must be a plain object; got null')],
    [Argument, [1e-3], says('options must be a plain object; got 0.001')],
    [Argument, [{ lerningRate: 1 }], says('unknown option "lerningRate". Did you mean learningRate\\?')],
    [Argument, [{ lr: 1 }], says('unknown option "lr". Known options: learningRate, ')],
    [Argument, [{ learningRate: NaN }], says('learningRate must be a finite number of at least 0; got NaN')],
    [Argument, [{ learningRate: Infinity }], says('learningRate must be .* got Infinity')],
    [Argument, [{ learningRate: -1e-3 }], says('learningRate must be .* got -0.001')],
    [Argument, [{ clipNorm: 0 }], says('clipNorm must be .* got 0')],
    [Argument, [{ clipValue: '1' }], says('clipValue must be .* got "1"')],
    [Argument, [{ globalClipNorm: -1 }], says('globalClipNorm must be .* got -1')],
    [Argument, [{ clipNorm: 1, globalClipNorm: 1 }], says('at most one of .* got clipNorm and globalClipNorm')],
  ];
};

const betas = (name: string): WrongCall[] => {
  const says = (text: string): RegExp => new RegExp(`^${name}: ${text}`);
  return [
    [Argument, [{ beta1: 1 }], says('beta1 must be a finite number from 0 to below 1; got 1')],
    [Argument, [{ beta1: NaN }], says('beta1 must be a finite number from 0 to below 1; got NaN')],
    [Argument, [{ beta2: 1.5 }], says('beta2 must be a finite number from 0 to below 1; got 1.5')],
    [Argument, [{ beta2: -Infinity }], says('beta2 must be .* got -Infinity')],
    [Argument, [{ epsilon: -1 }], says('epsilon must be a finite number of at least 0; got -1')],
    [Argument, [{ epsilon: '1e-7' }], says('epsilon must be .* got "1e-7"')],
  ];
};

export const OPTIMIZER_CALLS: Calls<typeof ganvas> = {
  adam: [...everyOptimizer('adam'), ...betas('adam')],
  adamW: [
    ...everyOptimizer('adamW'),
    ...betas('adamW'),
    [Argument, [{ weightDecay: -1 }], /^adamW: weightDecay must be a finite number of at least 0; got -1/],
  ],
  sgd: [
    ...everyOptimizer('sgd'),
    [Argument, [{ momentum: 1.1 }], /^sgd: momentum must be a finite number from 0 to 1; got 1.1/],
    [Argument, [{ nesterov: 1 }], /^sgd: nesterov must be true or false; got 1/],
  ],
  rmsprop: [
    ...everyOptimizer('rmsprop'),
    [Argument, [{ rho: 1 }], /^rmsprop: rho must be a finite number from 0 to below 1; got 1/],
    [Argument, [{ rho: '0.9' }], /^rmsprop: rho must be a finite number from 0 to below 1; got "0.9"/],
    [Argument, [{ momentum: -0.1 }], /^rmsprop: momentum must be a finite number from 0 to 1; got -0.1/],
    [Argument, [{ epsilon: NaN }], /^rmsprop: epsilon must be a finite number of at least 0; got NaN/],
    [Argument, [{ centered: 'yes' }], /^rmsprop: centered must be true or false; got "yes"/],
  ],
  defineOptimizer: [
    [Argument, [undefined], /^defineOptimizer: options must be a plain object; got null/],
    [Argument, [{ name: 3, update: () => true }], /^defineOptimizer: name must be a string; got 3/],
    [Argument, [{ name: 'x' }], /^defineOptimizer: update must be a function; got undefined/],
    [
      Argument,
      [{ name: 'x', slots: 'm', update: () => true }],
      /^defineOptimizer: slots must be a list of names; got "m"/,
    ],
    [
      Argument,
      [{ name: 'x', slots: [1], update: () => true }],
      /^defineOptimizer: slots must be a list of names; got \[1\]/,
    ],
    [
      Argument,
      [{ name: 'x', slot: [], update: () => true }],
      /^defineOptimizer: unknown option "slot". Did you mean slots\?/,
    ],
    [Argument, [{ name: 'x', update: () => true }, { rate: 1 }], /^x: unknown option "rate"/],
    [Argument, [{ name: 'x', update: () => true }, 5], /^x: options must be a plain object; got 5/],
  ],
};

export const SCHEDULE_CALLS: Calls<typeof schedules> = {
  exponentialDecay: [
    [Argument, [null], /^schedules.exponentialDecay: options must be a plain object; got null/],
    [Argument, [{}], /^schedules.exponentialDecay: initialLearningRate must be .* got undefined/],
    [
      Argument,
      [{ initialLearningRate: 1, decaySteps: 0, decayRate: 0.9 }],
      /^schedules.exponentialDecay: decaySteps must be a whole number of at least 1; got 0/,
    ],
    [
      Argument,
      [{ initialLearningRate: 1, decaySteps: 1, decayRate: 0 }],
      /^schedules.exponentialDecay: decayRate must be .* got 0/,
    ],
    [
      Argument,
      [{ initialLearningRate: 1, decaySteps: 1, decayRate: 1, staircase: 1 }],
      /^schedules.exponentialDecay: staircase must be true or false; got 1/,
    ],
    [
      Argument,
      [{ decayStep: 1 }],
      /^schedules.exponentialDecay: unknown option "decayStep". Did you mean decaySteps\?/,
    ],
  ],
  cosineDecay: [
    [Argument, [null], /^schedules.cosineDecay: options must be a plain object; got null/],
    [
      Argument,
      [{ initialLearningRate: -1, decaySteps: 1 }],
      /^schedules.cosineDecay: initialLearningRate must be .* got -1/,
    ],
    [Argument, [{ initialLearningRate: 1, decaySteps: 1.5 }], /^schedules.cosineDecay: decaySteps must be .* got 1.5/],
    [
      Argument,
      [{ initialLearningRate: 1, decaySteps: 1, alpha: 2 }],
      /^schedules.cosineDecay: alpha must be a finite number from 0 to 1; got 2/,
    ],
    [
      Argument,
      [{ initialLearningRate: 1, decaySteps: 1, warmupTarget: '1' }],
      /^schedules.cosineDecay: warmupTarget must be .* got "1"/,
    ],
    [
      Argument,
      [{ initialLearningRate: 1, decaySteps: 1, warmupTarget: 1, warmupSteps: -1 }],
      /^schedules.cosineDecay: warmupSteps must be .* got -1/,
    ],
  ],
};
