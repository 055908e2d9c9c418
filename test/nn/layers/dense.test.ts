/** Compares dense() with PyTorch in float64 (test/fixtures/layers.py). ../expect-close.ts explains the tolerance. */
import { describe, expect, it } from 'vitest';
import { createRandom, type Initializer, layers, matmul, ShapeError, tanh, tensor, zeros } from '../../../src/index.ts';
import { readLayers } from '../../support/fixtures.ts';
import { thrownBy } from '../../support/thrown.ts';
import { builtWith, differentiate, expectFixture, weightOf } from './support.ts';

describe('against PyTorch', () => {
  for (const one of readLayers().dense) {
    it(`${one.name}: output and gradients`, () => {
      const { x, kernel, bias, upstream, y, float32Error } = one;
      const [units, fanIn] = [kernel.shape[1]!, kernel.shape[0]!];
      const layer = builtWith(layers.dense({ units, useBias: bias !== undefined }), [fanIn], { kernel, bias });
      const got = differentiate((input) => layer.call(input, {}), x, upstream, layer.trainableWeights);
      expectFixture('y', got.y, y, float32Error.y);
      expectFixture('dx', got.dx, one.gradients.x, float32Error.x);
      expectFixture('dkernel', got.gradients[0]!, one.gradients.kernel, float32Error.kernel);
      expect(got.gradients).toHaveLength(bias === undefined ? 1 : 2);
      if (bias !== undefined) expectFixture('dbias', got.gradients[1]!, one.gradients.bias!, float32Error.bias!);
    });
  }
});

describe('dense', () => {
  it('has a kernel [fan-in, units] and, by default, a bias of zeros', () => {
    const built = layers.dense({ units: 3 }).build([4], createRandom(1));
    expect(built.weights.map(({ name, shape }) => [name, shape])).toEqual([
      ['kernel', [4, 3]],
      ['bias', [3]],
    ]);
    expect(built.trainableWeights).toEqual(built.weights);
    expect([...weightOf(built, 'bias').data]).toEqual([0, 0, 0]);
    expect(layers.dense({ units: 3, useBias: false }).build([4], createRandom(1)).weights).toHaveLength(1);
  });

  it('maps the last axis of items of a higher rank', () => {
    const built = layers.dense({ units: 2 }).build([3, 4], createRandom(5));
    weightOf(built, 'bias').assign([10, 20]);
    const x = createRandom(6).normal([5, 3, 4]);
    const y = built.call(x, {});
    expect(built.outputShape).toEqual([3, 2]);
    expect(y.shape).toEqual([5, 3, 2]);
    const rows = matmul(tensor(x.data.slice(), [15, 4]), weightOf(built, 'kernel')).data;
    expect([...y.data]).toEqual(Array.from(rows, (value, i) => Math.fround(value + (i % 2 === 0 ? 10 : 20))));
  });

  it('accepts an empty batch', () => {
    const built = layers.dense({ units: 2 }).build([4], createRandom(1));
    expect(built.call(zeros([0, 4]), {}).shape).toEqual([0, 2]);
  });

  it('applies its activation to x W + b', () => {
    const linear = layers.dense({ units: 3 }).build([4], createRandom(9));
    const built = layers.dense({ units: 3, activation: 'tanh' }).build([4], createRandom(9));
    const x = createRandom(2).normal([2, 4]);
    expect([...built.call(x, {}).data]).toEqual([...tanh(linear.call(x, {})).data]);
  });

  it('accepts an initializer by name or as a function', () => {
    const ones = layers.dense({ units: 2, kernelInitializer: 'ones' }).build([2], createRandom(1));
    expect([...weightOf(ones, 'kernel').data]).toEqual([1, 1, 1, 1]);
    const shapes: (readonly number[])[] = [];
    const kernelInitializer: Initializer = (shape) => {
      shapes.push(shape);
      return tensor([[1], [2], [3]]);
    };
    const own = layers.dense({ units: 1, kernelInitializer }).build([3], createRandom(1));
    expect(shapes).toEqual([[3, 1]]);
    expect([...weightOf(own, 'kernel').data]).toEqual([1, 2, 3]);
  });

  it('has separate weights each time it is built', () => {
    const layer = layers.dense({ units: 2 });
    const random = createRandom(3);
    const [first, second] = [layer.build([2], random), layer.build([2], random)];
    expect(first.weights[0]).not.toBe(second.weights[0]);
    expect([...first.weights[0]!.data]).not.toEqual([...second.weights[0]!.data]);
  });
});

describe('errors', () => {
  it('refuses scalars as items', () => {
    const error = thrownBy(ShapeError, () => layers.dense({ units: 2 }).build([], createRandom(1)));
    expect(error.message).toContain('layers.dense: items must have at least one axis; got scalars');
  });
});
