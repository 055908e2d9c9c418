/**
 * The layers without weights. Compares activations with PyTorch in float64 (test/fixtures/layers.py) and dropout with
 * its definition.
 */
import { describe, expect, it } from 'vitest';
import {
  ArgumentError,
  createRandom,
  gradients,
  layers,
  ones,
  ShapeError,
  sum,
  type Tensor,
  tensor,
  variable,
} from '../../../src/index.ts';
import type { BuiltLayer, Layer } from '../../../src/nn/layer.ts';
import { readLayers } from '../../support/fixtures.ts';
import { thrownBy } from '../../support/thrown.ts';
import { differentiate, expectFixture } from './support.ts';

const build = (layer: Layer, shape: readonly number[]): BuiltLayer => layer.build(shape, createRandom(1));

describe('activations against PyTorch: output and gradient', () => {
  for (const { name, negativeSlope, x, upstream, y, gradients: expected, float32Error } of readLayers().activations) {
    const makers: [string, Layer][] = [[`activation('${name}')`, layers.activation(name)]];
    if (negativeSlope !== undefined) {
      makers.push(['leakyReLU()', layers.leakyReLU()], ['leakyReLU with a slope', layers.leakyReLU({ negativeSlope })]);
    }
    for (const [title, layer] of makers) {
      it(title, () => {
        const built = build(layer, []);
        const got = differentiate((input) => built.call(input, {}), x, upstream);
        expectFixture('y', got.y, y, float32Error.y);
        expectFixture('dx', got.dx, expected.x, float32Error.x);
      });
    }
  }

  it("activation('linear') changes nothing", () => {
    const x = tensor([1, -2]);
    expect(build(layers.activation('linear'), []).call(x, {})).toBe(x);
  });

  it('leakyReLU uses the slope in its config', () => {
    expect([...build(layers.leakyReLU({ negativeSlope: 0.5 }), []).call(tensor([2, -2]), {}).data]).toEqual([2, -1]);
  });
});

describe('flatten and reshape', () => {
  it('keep the batch and the order of the values', () => {
    const x = tensor(
      Float32Array.from({ length: 12 }, (_, i) => i),
      [2, 3, 2, 1],
    );
    const flat = build(layers.flatten(), [3, 2, 1]);
    const y = flat.call(x, {});
    expect([flat.outputShape, y.shape]).toEqual([[6], [2, 6]]);
    const back = build(layers.reshape({ targetShape: [2, 3] }), [6]);
    const z = back.call(y, {});
    expect([back.outputShape, z.shape]).toEqual([
      [2, 3],
      [2, 2, 3],
    ]);
    expect([...z.data]).toEqual([...x.data]);
  });

  it('accept an empty batch, and scalars as items', () => {
    expect(build(layers.flatten(), [3, 2]).call(tensor(new Float32Array(0), [0, 3, 2]), {}).shape).toEqual([0, 6]);
    expect(build(layers.flatten(), []).call(tensor([1, 2]), {}).shape).toEqual([2, 1]);
    expect(build(layers.reshape({ targetShape: [] }), [1]).call(tensor([[1], [2]]), {}).shape).toEqual([2]);
  });

  it('reshape names both shapes if their sizes differ', () => {
    const error = thrownBy(ShapeError, () => build(layers.reshape({ targetShape: [28, 28, 1] }), [783]));
    expect(error.message).toContain('layers.reshape: items of shape [783] do not fill targetShape [28, 28, 1]');
  });
});

describe('dropout', () => {
  const SIZE = 100_000;
  const train = (rate: number, x: Tensor, seed: number): Tensor =>
    build(layers.dropout({ rate }), [x.shape[1]!]).call(x, { training: true, random: createRandom(seed) });

  it.each([0.1, 0.25, 0.5, 0.9])('drops a share of %d and scales the others by 1 / (1 - rate)', (rate) => {
    const y = train(rate, ones([100, SIZE / 100]), 11);
    const kept = y.data.filter((value) => value !== 0);
    // Five standard deviations of a binomial share. The seed is fixed, so the test passes always or never.
    const tolerance = 5 * Math.sqrt((rate * (1 - rate)) / SIZE);
    expect(Math.abs(1 - kept.length / SIZE - rate)).toBeLessThan(tolerance);
    expect(new Set(kept)).toEqual(new Set([Math.fround(1 / (1 - rate))]));
  });

  it('depends on the random generator alone and draws new numbers at each call', () => {
    const x = ones([4, 50]);
    expect([...train(0.5, x, 3).data]).toEqual([...train(0.5, x, 3).data]);
    expect([...train(0.5, x, 3).data]).not.toEqual([...train(0.5, x, 4).data]);
    const layer = build(layers.dropout({ rate: 0.5 }), [50]);
    const random = createRandom(3);
    const [first, second] = [0, 1].map(() => [...layer.call(x, { training: true, random }).data]);
    expect(first).not.toEqual(second);
  });

  it('drops and scales gradients like values', () => {
    const x = variable(ones([4, 50]));
    const y = train(0.5, x, 3);
    const [dx] = gradients(sum(y), [x]);
    expect([...dx!.data]).toEqual([...y.data]);
  });

  it('changes nothing in inference or with rate 0, and needs no random generator then', () => {
    const x = ones([2, 3]);
    expect(build(layers.dropout({ rate: 0.5 }), [3]).call(x, {})).toBe(x);
    expect(build(layers.dropout({ rate: 0 }), [3]).call(x, { training: true })).toBe(x);
  });

  it('asks for a random generator in training', () => {
    const layer = build(layers.dropout({ rate: 0.5 }), [3]);
    const error = thrownBy(ArgumentError, () => layer.call(ones([2, 3]), { training: true }));
    expect(error.message).toContain(
      'layers.dropout: a training call needs a random generator: call(x, { training: true, random: createRandom(1) })',
    );
  });
});
