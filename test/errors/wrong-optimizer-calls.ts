/** Wrong calls of the optimizers, their schedules, and of defineOptimizer(). */
import { ArgumentError as Argument } from '../../src/core/errors.ts';
import type * as ganvas from '../../src/index.ts';
import type { schedules } from '../../src/index.ts';
import type { Calls, WrongCall } from './wrong-call.ts';

/** What the schema of an optimizer does not say. */
const oneClipping = (name: string): WrongCall[] => [
  [
    Argument,
    [{ clipNorm: 1, globalClipNorm: 1 }],
    new RegExp(`^${name}: at most one of .* got clipNorm and globalClipNorm`),
  ],
];

export const OPTIMIZER_CALLS: Calls<typeof ganvas> = {
  adam: oneClipping('adam'),
  adamW: oneClipping('adamW'),
  sgd: oneClipping('sgd'),
  rmsprop: oneClipping('rmsprop'),
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
