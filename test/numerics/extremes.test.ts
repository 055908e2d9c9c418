/** Layers, losses and optimizers at their extremes: what their docstrings say they do there. */
import { describe, expect, it } from 'vitest';
import { binaryCrossentropy, createRandom, gradients, layers, sum, tensor, variable } from '../../src/index.ts';

describe('batch normalisation', () => {
  const norm = () => layers.batchNormalization().build([3], createRandom(1));

  it('of a constant column gives beta, whatever the constant, and a finite gradient', () => {
    const layer = norm();
    const [gamma, beta] = layer.weights;
    gamma!.assign([2, 3, 4]);
    beta!.assign([0.5, -0.5, 0.25]);
    for (const constant of [0, 1, -1e4, 2 ** 100, 1e-30]) {
      // Eight rows, so that the mean is exact: the deviations are 0, their variance too.
      const x = variable(tensor(Array(24).fill(constant), [8, 3]));
      const y = layer.call(x, { training: true });
      expect([...y.data]).toEqual(Array(8).fill([0.5, -0.5, 0.25]).flat());
      const [dx, dgamma, dbeta] = gradients(sum(y), [x, gamma!, beta!]);
      expect([...dx!.data].every((value) => Math.abs(value) === 0)).toBe(true);
      expect([...dgamma!.data].map(Math.abs)).toEqual([0, 0, 0]);
      expect([...dbeta!.data]).toEqual([8, 8, 8]);
    }
  });

  it('of a single row gives beta, and nothing flows back to that row', () => {
    const layer = norm();
    const x = variable(tensor([[5, -7, 1e6]]));
    const y = layer.call(x, { training: true });
    expect([...y.data]).toEqual([0, 0, 0]);
    const [dx] = gradients(sum(y), [x]);
    expect([...dx!.data].map(Math.abs)).toEqual([0, 0, 0]);
    const [, , mean, variance] = layer.weights;
    // moving = 0.99 moving + 0.01 batch, from 0 and 1, in float32.
    const fround = Math.fround;
    expect([...mean!.data]).toEqual([5, -7, 1e6].map((value) => fround(fround(1 - 0.99) * value)));
    expect([...variance!.data]).toEqual(Array(3).fill(fround(0.99)));
  });
});

describe('logits of 1e4 and -1e4', () => {
  it.each([
    [1, 1e4, 0, 0],
    [0, 1e4, 1e4, 1],
    [1, -1e4, 1e4, -1],
    [0, -1e4, 0, 0],
    [0.5, 1e4, 5e3, 0.5],
  ])('label %d, logit %d: the loss is exactly %d, its gradient %d', (label, logit, loss, slope) => {
    const z = variable(tensor([logit]));
    const got = binaryCrossentropy(label, z, { fromLogits: true });
    expect(got.item()).toBe(loss);
    expect(gradients(got, [z])[0]!.item() + 0).toBe(slope);
  });

  it.each([
    [1, 1, 0],
    [0, 0, 0],
    // -log of Keras's margin of 1e-7, which 1 - 1e-7 in float32 makes 2^-23.
    [1, 0, -Math.log(1e-7)],
    [0, 1, 23 * Math.LN2],
  ])('as probabilities: label %d, probability %d gives a loss near %d, finite', (label, probability, loss) => {
    const got = binaryCrossentropy(label, tensor([probability])).item();
    // The margin itself, -log(1 - 1e-7), and two ulp of 16.
    expect(Math.abs(got - loss)).toBeLessThan(4e-6);
  });
});
