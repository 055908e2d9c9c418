/** Initial weights: limits and moments of their distributions; equal seeds give equal weights. */
import { describe, expect, it } from 'vitest';
import { ArgumentError, createRandom, type InitializerName, layers, ShapeError, tensor } from '../../src/index.ts';
import { initializer } from '../../src/nn/initializers.ts';
import { thrownBy, wrong } from '../support/thrown.ts';
import { bitsOf } from './bits.ts';

const SHAPE = [200, 300];
const SIZE = 60_000;

function values(name: InitializerName, shape: readonly number[] = SHAPE, seed = 5): Float32Array {
  return initializer().check('test', 'initializer', name)(shape, createRandom(seed)).data.slice();
}

function moments(x: Float32Array): { mean: number; variance: number } {
  const mean = x.reduce((sum, one) => sum + one, 0) / x.length;
  return { mean, variance: x.reduce((sum, one) => sum + (one - mean) ** 2, 0) / x.length };
}

// Keras's default limit of randomUniform, and the limits of X. Glorot, Y. Bengio (AISTATS 2010) and K. He et al. (ICCV
// 2015), as in Keras.
const UNIFORM = [
  ['glorotUniform', Math.sqrt(6 / 500)],
  ['heUniform', Math.sqrt(6 / 200)],
  ['randomUniform', 0.05],
] as const;

describe.each(UNIFORM)('%s', (name, limit) => {
  it(`fills [-limit, limit], limit ${limit.toFixed(5)}`, () => {
    const x = values(name);
    const largest = x.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
    expect(largest).toBeLessThanOrEqual(Math.fround(limit));
    // The largest of 60,000 uniform values is below 0.9998 of the limit once in 10^5 seeds.
    expect(largest).toBeGreaterThan(limit * 0.9998);
  });

  it('has mean 0 and variance limit^2 / 3', () => {
    const { mean, variance } = moments(values(name));
    // Five standard errors: sigma / sqrt(n), and variance sqrt(4 / 5 / n).
    const expected = limit ** 2 / 3;
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(expected / SIZE));
    expect(Math.abs(variance - expected)).toBeLessThan(5 * expected * Math.sqrt(0.8 / SIZE));
  });
});

describe('initializers', () => {
  it('counts the receptive field of a convolution: fans of [3, 5, 4, 8] are 60 and 120', () => {
    const largest = values('glorotUniform', [3, 5, 4, 8]).reduce((most, one) => Math.max(most, Math.abs(one)), 0);
    const limit = Math.sqrt(6 / 180);
    expect(largest).toBeLessThanOrEqual(Math.fround(limit));
    expect(largest).toBeGreaterThan(limit * 0.97);
  });

  it('randomNormal has mean 0 and standard deviation 0.05', () => {
    const { mean, variance } = moments(values('randomNormal'));
    expect(Math.abs(mean)).toBeLessThan((5 * 0.05) / Math.sqrt(SIZE));
    expect(Math.abs(variance / 0.0025 - 1)).toBeLessThan(5 * Math.sqrt(2 / SIZE));
  });

  it('zeros and ones fill with 0 and 1', () => {
    expect([...values('zeros', [2, 2]), ...values('ones', [2, 2])]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });

  it.each(['glorotUniform', 'heUniform', 'randomNormal', 'randomUniform'] as const)(
    '%s: equal seeds give equal bits, different seeds different ones',
    (name) => {
      const bits = (seed: number): string => bitsOf({ data: values(name, SHAPE, seed) });
      expect(bits(5)).toBe(bits(5));
      expect(bits(5)).not.toBe(bits(6));
    },
  );

  it('accept shapes with fewer than two axes', () => {
    expect(values('glorotUniform', [])).toHaveLength(1);
    expect(values('heUniform', [4])).toHaveLength(4);
    expect(values('glorotUniform', [0, 0])).toHaveLength(0);
  });

  it('written by a user must return a tensor of the shape', () => {
    const layer = layers.dense({ units: 2, kernelInitializer: () => tensor([1, 2, 3]) });
    expect(thrownBy(ShapeError, () => layer.build([4], createRandom(1))).message).toContain(
      'layers.dense: kernelInitializer made a tensor of shape [3]; expected [4, 2]',
    );
    const nothing = layers.dense({ units: 2, kernelInitializer: wrong(() => 7) });
    expect(thrownBy(ArgumentError, () => nothing.build([4], createRandom(1))).message).toContain(
      'layers.dense: the result of kernelInitializer must be a Tensor; got 7',
    );
  });
});
