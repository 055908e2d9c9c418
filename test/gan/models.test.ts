/**
 * The dense pair: its layers (shown by test/nn/summary.test.ts), its weights at the start, and what it makes of inputs.
 */
import { describe, expect, it } from 'vitest';
import { createRandom, denseDiscriminator, denseGenerator, type Model, ShapeError, zeros } from '../../src/index.ts';
import { bitsOf } from '../nn/bits.ts';
import { thrownBy } from '../support/thrown.ts';

/** The bits of all kernels; the other weights begin as zeros and ones. */
function kernels(model: Model): string {
  return bitsOf(...[...model.namedWeights].filter(([name]) => name.endsWith('kernel')).map(([, weight]) => weight));
}

describe('denseGenerator', () => {
  it('maps noise to images that may leave [-1, 1], batch normalisation being last', () => {
    const generator = denseGenerator();
    const noise = createRandom(1).normal([64, 100]);
    expect(generator.predict(noise).shape).toEqual([64, 28, 28, 1]);
    const { data } = generator.call(noise, { training: true });
    expect(data.some((value) => Math.abs(value) > 1)).toBe(true);
    // Each pixel has mean 0 over the batch, as beta is 0 at the start: 64 values of about 1, rounded.
    for (const pixel of [0, 400, 783]) {
      let sum = 0;
      for (let row = 0; row < 64; row++) sum += data[row * 784 + pixel]!;
      expect(Math.abs(sum / 64)).toBeLessThan(1e-5);
    }
  });

  it('takes noise of another length', () => {
    const generator = denseGenerator({ latentDim: 7 });
    expect(generator.inputShape).toEqual([7]);
    expect(generator.namedWeights.get('0.kernel')!.shape).toEqual([7, 256]);
    expect(thrownBy(ShapeError, () => generator.predict(zeros([2, 100]))).message).toContain(
      'generator.predict: x must have shape [n, 7]; got [2, 100]',
    );
  });
});

describe('denseDiscriminator', () => {
  it('maps images to one logit each', () => {
    expect(denseDiscriminator().predict(zeros([3, 28, 28, 1])).shape).toEqual([3, 1]);
  });

  it('has a bias in its last layer only', () => {
    const names = [...denseDiscriminator().namedWeights.keys()];
    expect(names.filter((name) => name.endsWith('bias'))).toEqual(['7.bias']);
    expect([...denseGenerator().namedWeights.keys()].filter((name) => name.endsWith('bias'))).toEqual([]);
  });
});

describe.each([
  ['denseGenerator', denseGenerator],
  ['denseDiscriminator', denseDiscriminator],
])('%s', (_, make) => {
  it('begins with the same weights each time, or with those of its random generator', () => {
    expect(kernels(make())).toEqual(kernels(make()));
    expect(kernels(make({ random: createRandom(1) }))).toEqual(kernels(make({ random: createRandom(1) })));
    expect(kernels(make({ random: createRandom(1) }))).not.toEqual(kernels(make({ random: createRandom(2) })));
    expect(kernels(make({ random: createRandom(1) }))).not.toEqual(kernels(make()));
  });

  it('begins with Glorot-uniform kernels', () => {
    for (const [name, { shape, data }] of make().namedWeights) {
      if (!name.endsWith('kernel')) continue;
      const limit = Math.sqrt(6 / (shape[0]! + shape[1]!));
      const largest = data.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
      expect(largest, name).toBeLessThanOrEqual(Math.fround(limit));
      // The smallest kernel has 256 values, of which the largest is below 0.96 of the limit once in 10^4 draws.
      expect(largest, name).toBeGreaterThan(0.96 * limit);
    }
  });
});
