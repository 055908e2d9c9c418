/**
 * The pooling layers. Compares maxPooling2d() with PyTorch in float64 (test/fixtures/convolutions.py). Values are only
 * copied, so all bits must agree.
 */
import { describe, expect, it } from 'vitest';
import {
  createRandom,
  full,
  gradients,
  layers,
  maxPooling2d,
  ShapeError,
  sequential,
  sum,
  tensor,
  variable,
} from '../../../src/index.ts';
import { readConvolutions, unhashed } from '../../support/fixtures.ts';
import { thrownBy } from '../../support/thrown.ts';
import { differentiate, expectFixture } from './support.ts';

describe('against PyTorch', () => {
  for (const one of readConvolutions().maxPooling2d) {
    it(`${one.name}: output and gradient`, () => {
      const { poolSize, strides, padding, float32Error } = one;
      const x = unhashed(one.x);
      const layer = layers.maxPooling2d({ poolSize, strides, padding }).build(x.shape.slice(1), createRandom(1));
      expect(layer.outputShape).toEqual(one.y.shape.slice(1));
      const got = differentiate((input) => layer.call(input, {}), x, unhashed(one.upstream));
      expect([...got.y.data]).toEqual(one.y.values);
      expectFixture('dx', got.dx, one.gradients.x, float32Error.x);
    });
  }
});

describe('maxPooling2d', () => {
  it('halves sizes by default: windows of 2 x 2 without overlap, pixels left over at the edge ignored', () => {
    const built = layers.maxPooling2d().build([28, 5, 3], createRandom(1));
    expect(built.outputShape).toEqual([14, 2, 3]);
    expect(built.settings).toEqual({ poolSize: '2 x 2', strides: '2 x 2', padding: 'valid' });
    expect(built.weights).toEqual([]);
  });

  it('has strides equal to poolSize by default', () => {
    expect(layers.maxPooling2d({ poolSize: [3, 2] }).build([9, 8, 1], createRandom(1)).outputShape).toEqual([3, 4, 1]);
    const overlapping = layers.maxPooling2d({ poolSize: 3, strides: 1 });
    expect(overlapping.build([9, 8, 1], createRandom(1)).outputShape).toEqual([7, 6, 1]);
  });

  it('gives the gradient to the first of equal maxima, summed over the windows whose maximum it is', () => {
    const flat = variable(tensor([1, 1, 1, 1], [1, 2, 2, 1]));
    expect([...gradients(sum(maxPooling2d(flat)), [flat])[0]!.data]).toEqual([1, 0, 0, 0]);
    const peak = variable(tensor([0, 0, 0, 0, 9, 0, 0, 0, 0], [1, 3, 3, 1]));
    const [dx] = gradients(sum(maxPooling2d(peak, { poolSize: 2, strides: 1 })), [peak]);
    expect([...dx!.data]).toEqual([0, 0, 0, 0, 4, 0, 0, 0, 0]);
  });

  it('takes a NaN as the maximum and gives it the gradient', () => {
    const x = variable(tensor([3, NaN, 5, NaN], [1, 2, 2, 1]));
    const y = maxPooling2d(x);
    expect(y.data[0]).toBeNaN();
    expect([...gradients(sum(y), [x])[0]!.data]).toEqual([0, 1, 0, 0]);
  });

  it("has Keras's name in a summary", () => {
    const model = sequential([
      layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [8, 8, 1] }),
      layers.maxPooling2d(),
    ]);
    expect(model.summary(() => undefined)).toMatch(/^max_pooling2d \(MaxPooling2D\) +\(None, 3, 3, 2\) +0$/m);
  });
});

describe('averagePooling2d', () => {
  it('has the shapes, defaults and settings of maxPooling2d', () => {
    const built = layers.averagePooling2d().build([28, 5, 3], createRandom(1));
    expect(built.outputShape).toEqual([14, 2, 3]);
    expect(built.settings).toEqual({ poolSize: '2 x 2', strides: '2 x 2', padding: 'valid' });
  });

  it('does not count padding: the mean of equal pixels is their value at the edge too', () => {
    const layer = layers
      .averagePooling2d({ poolSize: 3, strides: 1, padding: 'same' })
      .build([4, 4, 1], createRandom(1));
    const y = layer.call(full([1, 4, 4, 1], 4.5), {});
    // Weights 1/4, 1/6 and 1/9 are rounded, so sums of up to 9 products may be 10 roundings away.
    for (const value of y.data) expect(Math.abs(value - 4.5)).toBeLessThanOrEqual(10 * 2 ** -24 * 4.5);
  });
});

describe('globalAveragePooling2d', () => {
  it('is the mean of each channel over the image', () => {
    const x = tensor([1, 10, 2, 20, 3, 30, 6, 60], [1, 2, 2, 2]);
    for (const keepDims of [false, true]) {
      const layer = layers.globalAveragePooling2d({ keepDims }).build([2, 2, 2], createRandom(1));
      expect(layer.outputShape).toEqual(keepDims ? [1, 1, 2] : [2]);
      const y = layer.call(x, {});
      expect(y.shape.slice(1)).toEqual(layer.outputShape);
      expect([...y.data]).toEqual([3, 30]);
    }
  });
});

describe('errors', () => {
  it('of shapes', () => {
    const build = (shape: readonly number[]) => () => layers.maxPooling2d().build(shape, createRandom(1));
    expect(thrownBy(ShapeError, build([784])).message).toContain(
      'items must be images, [height, width, channels]; got [784]',
    );
    expect(thrownBy(ShapeError, build([1, 4, 2])).message).toContain(
      'layers.maxPooling2d: a window of 2 x 2 does not fit into images of 1 x 4 without padding',
    );
  });
});
