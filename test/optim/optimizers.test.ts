/**
 * SGD, RMSprop, AdamW, schedules and clipping against Keras's formulas in PyTorch float64
 * (test/fixtures/optimizers.py).
 */
import { describe, expect, it } from 'vitest';
import { adamW, type Optimizer, rmsprop, schedules, sgd, variable, zeros } from '../../src/index.ts';
import { clipGradients } from '../../src/optim/clipping.ts';
import { expectClose, float32Tolerance } from '../nn/expect-close.ts';
import { fromFixture } from '../nn/layers/support.ts';
import { type OptimizerCase, readOptimizers } from '../support/fixtures.ts';

const FIXTURE = readOptimizers();

function make({ optimizer, config }: OptimizerCase): Optimizer {
  return { sgd, rmsprop, adamW }[optimizer](config);
}

describe('optimizers: weights and slots after each of six steps', () => {
  it.each(FIXTURE.optimizers.map((one) => [`${one.optimizer}, ${one.name}`, one] as const))('%s', (_, one) => {
    const weight = variable(fromFixture(one.initial), 'weight');
    const optimizer = make(one);
    one.steps.forEach(({ gradient, value, slots }, i) => {
      expect(optimizer.apply([weight], [fromFixture(gradient)])).toEqual([]);
      expectClose(`step ${i + 1}: weight`, weight.data, value.values, float32Tolerance(one.float32Error, value.values));
      const kept = optimizer.slots(weight);
      expect(Object.keys(kept).sort()).toEqual(Object.keys(slots).sort());
      for (const [name, { values }] of Object.entries(slots)) {
        // Each step rounds a slot at most four times, relative to terms no larger than the largest gradient, squared in
        // a velocity: 1.5e2.
        expectClose(`step ${i + 1}: ${name}`, kept[name]!.data, values, { atol: 1e-7, rtol: 24 * 2 ** -24 });
      }
    });
  });

  it.each(['sgd', 'rmsprop', 'adamW'] as const)("the defaults of %s are Keras's", (name) => {
    const one = FIXTURE.optimizers.find((other) => other.optimizer === name && other.name === 'defaults')!;
    expect(one.config).toEqual({});
    const expected = {
      sgd: { learningRate: 0.01, momentum: 0, nesterov: false },
      rmsprop: { learningRate: 1e-3, rho: 0.9, momentum: 0, epsilon: 1e-7, centered: false },
      adamW: { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0.004 },
    }[name];
    expect(make(one).config).toEqual({ name, ...expected });
  });

  it('centered RMSprop stays finite where rounding makes the variance of the gradients negative', () => {
    const weight = variable(zeros([4]));
    const optimizer = rmsprop({ centered: true, learningRate: 1e-4 });
    const gradient = fromFixture({ shape: [4], values: [1000.1, 333.3, 77.7, 12345.6] });
    for (let i = 0; i < 200; i++) expect(optimizer.apply([weight], [gradient])).toEqual([]);
  });
});

describe('schedules', () => {
  it.each(FIXTURE.schedules.map((one) => [`${one.schedule}, ${one.name}`, one] as const))('%s', (_, one) => {
    const schedule =
      one.schedule === 'exponentialDecay' ? schedules.exponentialDecay(one.config) : schedules.cosineDecay(one.config);
    for (const [step, rate] of one.rates) {
      expect(Math.abs(schedule(step) - rate), `step ${step}: ${schedule(step)}, expected ${rate}`).toBeLessThanOrEqual(
        1e-12 * Math.abs(rate) + 1e-19,
      );
    }
  });
});

describe('clipping', () => {
  it.each(FIXTURE.clipping.map((one) => [one.name, one] as const))('%s', (_, { config, gradients, clipped }) => {
    const got = clipGradients(gradients.map(fromFixture), config);
    // The scale and the product are rounded once each.
    got.forEach(({ data }, i) => {
      expectClose(`gradient ${i}`, data, clipped[i]!.values, { atol: 0, rtol: 2 ** -22 });
    });
  });
});
