/**
 * Compares batchNormalization() with PyTorch in float64 (test/fixtures/layers.py): two training calls and one inference
 * call, alone and followed by a LeakyReLU. ../expect-close.ts explains the tolerance.
 */
import { describe, expect, it } from 'vitest';
import {
  createRandom,
  gradients,
  layers,
  mul,
  ShapeError,
  sum,
  type Tensor,
  variable,
  zeros,
} from '../../../src/index.ts';
import type { BuiltLayer } from '../../../src/nn/layer.ts';
import type { BatchNormalizationConfig } from '../../../src/nn/layers/index.ts';
import { type NormalizationCall, type NormalizationCase, readLayers } from '../../support/fixtures.ts';
import { countKernels } from '../../support/spy.ts';
import { thrownBy } from '../../support/thrown.ts';
import { expectClose } from '../expect-close.ts';
import { builtWith, differentiate, expectFixture, fromFixture, weightOf } from './support.ts';

const CASES = readLayers().batchNormalization;

type Caller = (layer: BuiltLayer, slope: number | null) => (x: Tensor, training: boolean) => Tensor;

/** The call that sequential() makes: normalisation and LeakyReLU in one pass. */
const fused: Caller = (layer, slope) => (x, training) =>
  slope === null ? layer.call(x, { training }) : layer.callWithLeakyRelu!(x, { training }, slope);

const separate: Caller = (layer, slope) => (x, training) => {
  const y = layer.call(x, { training });
  const after = slope === null ? [] : [layers.leakyReLU({ negativeSlope: slope }).build([], createRandom(1))];
  return after.reduce((z, leaky) => leaky.call(z, {}), y);
};

function build(one: NormalizationCase): BuiltLayer {
  const { momentum, epsilon, gamma, beta } = one;
  const itemShape = one.training[0].x.shape.slice(1);
  return builtWith(layers.batchNormalization({ momentum, epsilon }), itemShape, { gamma, beta });
}

function checkCall(
  label: string,
  one: NormalizationCase,
  call: NormalizationCall,
  layer: BuiltLayer,
  run: (x: Tensor) => Tensor,
): void {
  const { float32Error } = one;
  const got = differentiate(run, call.x, call.upstream, layer.trainableWeights);
  expectFixture(`${label} y`, got.y, call.y, float32Error.y);
  expectFixture(`${label} dx`, got.dx, call.gradients.x, float32Error.x);
  expectFixture(`${label} dgamma`, got.gradients[0]!, call.gradients.gamma, float32Error.gamma);
  expectFixture(`${label} dbeta`, got.gradients[1]!, call.gradients.beta, float32Error.beta);
}

/** 16 ulp: sums of at most 12 values, then a product, two additions and a division. */
const STATISTICS = { atol: 1e-6, rtol: 2 ** -20 };

for (const [path, caller] of [['fused', fused] as const, ['separate', separate] as const]) {
  describe(`against PyTorch, LeakyReLU ${path}`, () => {
    for (const one of CASES) {
      // Without a LeakyReLU both paths are equal.
      if (path === 'separate' && one.negativeSlope === null) continue;
      it(one.name, () => {
        const layer = build(one);
        const run = caller(layer, one.negativeSlope);
        one.training.forEach((call, i) => {
          checkCall(`training call ${i + 1}`, one, call, layer, (x) => run(x, true));
          expectClose('moving mean', weightOf(layer, 'moving_mean').data, call.movingMean.values, STATISTICS);
          expectClose(
            'moving variance',
            weightOf(layer, 'moving_variance').data,
            call.movingVariance.values,
            STATISTICS,
          );
        });
        const { inference } = one;
        weightOf(layer, 'moving_mean').assign(inference.movingMean.values);
        weightOf(layer, 'moving_variance').assign(inference.movingVariance.values);
        checkCall('inference', one, inference, layer, (x) => run(x, false));
        expectClose('moving mean after', weightOf(layer, 'moving_mean').data, inference.movingMean.values, {
          atol: 0,
          rtol: 2 ** -24,
        });
      });
    }
  });
}

describe('the fused path', () => {
  it.each([true, false])('gives the bits of the separate path, gradients included (training %s)', (training) => {
    for (const one of CASES) {
      const results = [fused, separate].map((caller) => {
        const layer = build(one);
        const run = caller(layer, one.negativeSlope ?? 0.3);
        const [first] = one.training;
        const {
          y,
          dx,
          gradients: rest,
        } = differentiate((x) => run(x, training), first.x, first.upstream, layer.trainableWeights);
        return [y, dx, ...rest, ...layer.weights].map((tensor) => [...tensor.data]);
      });
      expect(results[0], one.name).toEqual(results[1]);
    }
  });

  it('does not call the leakyRelu kernel', () => {
    const [one] = CASES;
    const layer = build(one!);
    const x = fromFixture(one!.training[0].x);
    const { counts } = countKernels(() => layer.callWithLeakyRelu!(x, { training: true }, 0.3));
    expect(counts).toEqual({ moments: 1, movingAverage: 2, inverseStddev: 1, batchNormalize: 1 });
  });
});

describe('batchNormalization', () => {
  it('starts with gamma 1, beta 0, moving mean 0 and variance 1; only gamma and beta are trainable', () => {
    const built = layers.batchNormalization().build([2, 3], createRandom(1));
    expect(built.weights.map(({ name, shape, data }) => [name, shape, [...data]])).toEqual([
      ['gamma', [3], [1, 1, 1]],
      ['beta', [3], [0, 0, 0]],
      ['moving_mean', [3], [0, 0, 0]],
      ['moving_variance', [3], [1, 1, 1]],
    ]);
    expect(built.trainableWeights.map(({ name }) => name)).toEqual(['gamma', 'beta']);
    expect(built.outputShape).toEqual([2, 3]);
  });

  it('defaults to momentum 0.99 and epsilon 0.001', () => {
    const call = (layer: BuiltLayer): number[] => {
      const y = layer.call(createRandom(2).normal([4, 3]), { training: true });
      return [...y.data, ...layer.weights.flatMap(({ data }) => [...data])];
    };
    const standard = layers.batchNormalization().build([3], createRandom(1));
    const explicit = layers.batchNormalization({ momentum: 0.99, epsilon: 1e-3 }).build([3], createRandom(1));
    expect(call(standard)).toEqual(call(explicit));
  });

  it('does not change its moving statistics in inference, which is the default', () => {
    const built = layers.batchNormalization().build([3], createRandom(1));
    built.call(createRandom(2).normal([4, 3]), {});
    expect([...weightOf(built, 'moving_mean').data]).toEqual([0, 0, 0]);
    expect([...weightOf(built, 'moving_variance').data]).toEqual([1, 1, 1]);
  });

  it('momentum 0 replaces the moving statistics by those of the batch, momentum 1 keeps them', () => {
    const x = createRandom(2).normal([4, 1], 3);
    const mean = x.data.reduce((total, value) => total + value, 0) / 4;
    const last = layers.batchNormalization({ momentum: 0 }).build([1], createRandom(1));
    const first = layers.batchNormalization({ momentum: 1 }).build([1], createRandom(1));
    for (const layer of [last, first]) layer.call(x, { training: true });
    expect(weightOf(last, 'moving_mean').item()).toBeCloseTo(mean, 5);
    expect(weightOf(first, 'moving_mean').item()).toBe(0);
  });

  it('gives two gradient calls of one pass with different dy their own sums', () => {
    const built = layers.batchNormalization().build([3], createRandom(1));
    const x = variable(createRandom(4).normal([5, 3]));
    const y = built.call(x, { training: true });
    const [once, twice] = [sum(mul(y, y)), sum(mul(mul(y, y), 2))];
    const [first] = gradients(once, built.trainableWeights);
    const [second] = gradients(twice, built.trainableWeights);
    expect([...second!.data]).toEqual(Array.from(first!.data, (value) => 2 * value));
  });
});

describe('without gamma or beta', () => {
  const x = createRandom(6).normal([8, 3], 2, 5);
  const names = (config: BatchNormalizationConfig): string[] =>
    layers
      .batchNormalization(config)
      .build([3], createRandom(1))
      .weights.map(({ name }) => name);

  it('has no weights for them', () => {
    expect(names({})).toEqual(['gamma', 'beta', 'moving_mean', 'moving_variance']);
    expect(names({ center: false })).toEqual(['gamma', 'moving_mean', 'moving_variance']);
    expect(names({ scale: false })).toEqual(['beta', 'moving_mean', 'moving_variance']);
    expect(names({ center: false, scale: false })).toEqual(['moving_mean', 'moving_variance']);
  });

  it('gives the results and gradients of gamma 1 and beta 0, in training and inference', () => {
    const bare = layers.batchNormalization({ center: false, scale: false }).build([3], createRandom(1));
    const full = layers.batchNormalization().build([3], createRandom(1));
    expect(bare.trainableWeights).toEqual([]);
    for (const training of [true, false]) {
      const input = variable(x);
      const [a, b] = [bare.call(input, { training }), full.call(input, { training })];
      expect([...a.data]).toEqual([...b.data]);
      const [da] = gradients(sum(mul(a, a)), [input]);
      const [db] = gradients(sum(mul(b, b)), [input]);
      expect([...da!.data]).toEqual([...db!.data]);
    }
  });

  it('is recorded in the settings; with both they name neither', () => {
    const settings = (config: BatchNormalizationConfig) =>
      layers.batchNormalization(config).build([3], createRandom(1)).settings;
    expect(settings({})).toEqual({ momentum: 0.99, epsilon: 1e-3 });
    expect(settings({ center: true, scale: false })).toEqual({ momentum: 0.99, epsilon: 1e-3, scale: 'off' });
    expect(settings({ center: false })).toEqual({ momentum: 0.99, epsilon: 1e-3, center: 'off' });
  });
});

describe('errors', () => {
  it('refuses scalars as items', () => {
    const error = thrownBy(ShapeError, () => layers.batchNormalization().build([], createRandom(1)));
    expect(error.message).toContain('layers.batchNormalization: items must have a last axis of features; got scalars');
  });

  it('names both shapes if it is called with another number of features than it was built for', () => {
    const built = layers.batchNormalization().build([3], createRandom(1));
    const error = thrownBy(ShapeError, () => built.call(zeros([2, 4]), {}));
    expect(error.message).toContain('gamma must have shape [4], one value per feature; got [3]');
  });
});
