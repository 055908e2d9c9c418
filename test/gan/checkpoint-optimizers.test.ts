/**
 * Every optimizer, with schedule and clipping: a training that was stopped at any step and resumed ends in the bits of
 * one that was not.
 */
import { describe, expect, it } from 'vitest';
import {
  ArgumentError,
  adam,
  adamW,
  add,
  defineOptimizer,
  mul,
  type Optimizer,
  type OptimizerConfig,
  rmsprop,
  schedules,
  sgd,
  sub,
} from '../../src/index.ts';
import { rejection } from '../support/folder.ts';
import { EPOCHS, recordingStore, runTiny, STEPS_PER_EPOCH, stateHash, stopAfter } from './tiny.ts';

const warmup = schedules.cosineDecay({ initialLearningRate: 0, warmupTarget: 1e-2, warmupSteps: 3, decaySteps: 11 });
const decay = schedules.exponentialDecay({ initialLearningRate: 1e-2, decaySteps: 4, decayRate: 0.8 });
const zigzag = (step: number): number => (step % 3 === 0 ? 1e-2 : 1e-3);

const heavyBall = (config: OptimizerConfig): Optimizer<'velocity'> =>
  defineOptimizer(
    {
      name: 'heavyBall',
      slots: ['velocity'],
      update({ variable, gradient, slots: { velocity }, learningRate }) {
        velocity.assign(sub(mul(0.9, velocity), mul(learningRate, gradient)));
        variable.assign(add(variable, velocity));
      },
    },
    config,
  );

const MAKERS: readonly (readonly [string, () => Optimizer])[] = [
  ['adam, cosine decay with warm-up, clipNorm', () => adam({ learningRate: warmup, clipNorm: 0.1 })],
  ['adamW, exponential decay, globalClipNorm', () => adamW({ learningRate: decay, globalClipNorm: 0.1 })],
  ['sgd, a function of the step, clipValue', () => sgd({ learningRate: zigzag, clipValue: 0.01 })],
  ['sgd with momentum', () => sgd({ learningRate: warmup, momentum: 0.9, clipNorm: 0.1 })],
  ['sgd with Nesterov momentum', () => sgd({ learningRate: decay, momentum: 0.9, nesterov: true })],
  ['rmsprop', () => rmsprop({ learningRate: warmup, globalClipNorm: 0.1 })],
  ['rmsprop, centered, momentum', () => rmsprop({ learningRate: decay, momentum: 0.5, centered: true, epsilon: 1e-3 })],
  ['an optimizer of the user', () => heavyBall({ learningRate: zigzag, clipNorm: 0.1 })],
];

describe.each(MAKERS)('%s', (_, make) => {
  const optimizers = () => ({ generatorOptimizer: make(), discriminatorOptimizer: make() });

  it('ends in the same bits, stopped after every step', async () => {
    const { saved, ...store } = recordingStore();
    const whole = await runTiny({ checkpoint: store, ...optimizers() });
    const parts = recordingStore();
    const steps: string[] = [];
    for (let turn = 0; turn < EPOCHS * STEPS_PER_EPOCH; turn++) {
      const part = await runTiny({ checkpoint: parts, resume: true, ...stopAfter(1), ...optimizers() });
      steps.push(...part.steps);
    }
    await runTiny({ checkpoint: parts, resume: true, ...optimizers() });
    expect(steps).toEqual(whole.steps);
    expect(stateHash(parts.saved.at(-1)!)).toBe(stateHash(saved.at(-1)!));
  });

  it('is refused with another schedule or clipping', async () => {
    const store = recordingStore();
    await runTiny({ checkpoint: store, ...stopAfter(3), ...optimizers() });
    const other = { ...optimizers(), generatorOptimizer: adam({ learningRate: 0.1, clipNorm: 3 }) };
    const error = await rejection(runTiny({ checkpoint: store, resume: true, ...other }));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(String(error)).toMatch(/generatorOptimizer.learningRate: saved .*, given 0.1/);
  });
});
