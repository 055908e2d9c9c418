/**
 * Compares conv2d() and conv2dTranspose() with PyTorch in float64 (test/fixtures/convolutions.py), and their output
 * shapes with TensorFlow's rules. ../expect-close.ts explains the tolerance.
 */
import { describe, expect, it } from 'vitest';
import {
  ArgumentError,
  createRandom,
  type InitializerName,
  layers,
  ShapeError,
  sequential,
  tanh,
  zeros,
} from '../../../src/index.ts';
import { readConvolutions, unhashed } from '../../support/fixtures.ts';
import { thrownBy, wrong } from '../../support/thrown.ts';
import { builtWith, differentiate, expectFixture, weightOf } from './support.ts';

const FIXTURE = readConvolutions();
const KINDS = ['conv2d', 'conv2dTranspose'] as const;

describe.each(KINDS)('%s against PyTorch', (kind) => {
  for (const one of FIXTURE[kind]) {
    it(`${one.name}: output and gradients`, () => {
      const { kernelSize, strides, padding, float32Error } = one;
      const [x, kernel, upstream] = [unhashed(one.x), unhashed(one.kernel), unhashed(one.upstream)];
      const bias = one.bias && unhashed(one.bias);
      const filters = kernel.shape[kind === 'conv2d' ? 3 : 2]!;
      const make = layers[kind]({ filters, kernelSize, strides, padding, useBias: bias !== undefined });
      const layer = builtWith(make, x.shape.slice(1), { kernel, bias });
      expect(layer.outputShape).toEqual(one.y.shape.slice(1));
      const got = differentiate((input) => layer.call(input, {}), x, upstream, layer.trainableWeights);
      expectFixture('y', got.y, one.y, float32Error.y);
      expectFixture('dx', got.dx, one.gradients.x, float32Error.x);
      expectFixture('dkernel', got.gradients[0]!, one.gradients.kernel, float32Error.kernel);
      expect(got.gradients).toHaveLength(bias === undefined ? 1 : 2);
      if (bias !== undefined) expectFixture('dbias', got.gradients[1]!, one.gradients.bias!, float32Error.bias!);
    });
  }
});

// TensorFlow's rules. conv2d: 'same' ceil(size / stride), 'valid' ceil((size - kernel + 1) / stride).
// conv2dTranspose: 'same' size stride, 'valid' size stride + max(kernel - stride, 0), which is
// keras.layers.Conv2DTranspose without output_padding.
describe('output shapes', () => {
  it.each([
    [28, 5, 2, 'same', 14],
    [7, 5, 2, 'same', 4],
    [7, 4, 3, 'same', 3],
    [3, 5, 1, 'same', 3],
    [28, 5, 1, 'valid', 24],
    [28, 5, 2, 'valid', 12],
    [27, 5, 2, 'valid', 12],
    [5, 5, 3, 'valid', 1],
    [9, 2, 3, 'valid', 3],
  ] as const)('conv2d of %i by %i, strides %i, %s: %i', (size, kernelSize, strides, padding, expected) => {
    const layer = layers.conv2d({ filters: 3, kernelSize, strides, padding }).build([size, size, 2], createRandom(1));
    expect(layer.outputShape).toEqual([expected, expected, 3]);
    expect(layer.call(zeros([2, size, size, 2]), {}).shape).toEqual([2, expected, expected, 3]);
  });

  it.each([
    [7, 5, 1, 'same', 7],
    [7, 5, 2, 'same', 14],
    [7, 2, 3, 'same', 21],
    [7, 5, 1, 'valid', 11],
    [7, 5, 2, 'valid', 17],
    [7, 2, 3, 'valid', 21],
    [1, 4, 4, 'valid', 4],
  ] as const)('conv2dTranspose of %i by %i, strides %i, %s: %i', (size, kernelSize, strides, padding, expected) => {
    const make = layers.conv2dTranspose({ filters: 3, kernelSize, strides, padding });
    const layer = make.build([size, size, 2], createRandom(1));
    expect(layer.outputShape).toEqual([expected, expected, 3]);
    expect(layer.call(zeros([2, size, size, 2]), {}).shape).toEqual([2, expected, expected, 3]);
  });

  it('height and width may differ', () => {
    const options = { filters: 2, kernelSize: [3, 2], strides: [2, 1] } as const;
    expect(layers.conv2d(options).build([9, 6, 1], createRandom(1)).outputShape).toEqual([4, 5, 2]);
    expect(layers.conv2dTranspose(options).build([4, 5, 1], createRandom(1)).outputShape).toEqual([9, 6, 2]);
  });
});

describe.each(KINDS)('%s', (kind) => {
  const shape = kind === 'conv2d' ? [3, 2, 4, 5] : [3, 2, 5, 4];

  it(`has a kernel [${shape}] for 4 channels and 5 filters and, by default, a bias of zeros`, () => {
    const built = layers[kind]({ filters: 5, kernelSize: [3, 2] }).build([6, 6, 4], createRandom(1));
    expect(built.weights.map((weight) => [weight.name, weight.shape])).toEqual([
      ['kernel', shape],
      ['bias', [5]],
    ]);
    expect(built.trainableWeights).toEqual(built.weights);
    expect([...weightOf(built, 'bias').data]).toEqual([0, 0, 0, 0, 0]);
    const bare = layers[kind]({ filters: 5, kernelSize: 3, useBias: false }).build([6, 6, 4], createRandom(1));
    expect(bare.weights).toHaveLength(1);
  });

  // Keras computes fan-in and fan-out from the last two axes times the kernel's pixels, also for the transposed kernel,
  // where they are swapped: 3 2 4 = 24 and 30, transposed 30 and 24. The largest of 120 uniform values is below 0.9 of
  // the limit once in 300,000 draws.
  it.each([
    ['glorotUniform', Math.sqrt(6 / 54)],
    ['heUniform', Math.sqrt(6 / (kind === 'conv2d' ? 24 : 30))],
  ] as const)('begins with the limits of Keras, %s', (kernelInitializer: InitializerName, limit) => {
    const make = layers[kind]({ filters: 5, kernelSize: [3, 2], kernelInitializer });
    const { data } = weightOf(make.build([6, 6, 4], createRandom(3)), 'kernel');
    const largest = data.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
    expect(largest).toBeLessThanOrEqual(Math.fround(limit));
    expect(largest).toBeGreaterThan(0.9 * limit);
  });

  it('has strides 1, padding valid, no activation and Glorot-uniform weights by default', () => {
    const build = (more: object) =>
      layers[kind]({ filters: 2, kernelSize: 2, ...more }).build([3, 3, 1], createRandom(4));
    const explicit = {
      strides: 1,
      padding: 'valid',
      activation: 'linear',
      useBias: true,
      kernelInitializer: 'glorotUniform',
    };
    const x = createRandom(2).normal([2, 3, 3, 1]);
    const [plain, same] = [build({}), build(explicit)];
    expect([...plain.call(x, {}).data]).toEqual([...same.call(x, {}).data]);
    expect(plain.settings).toEqual(same.settings);
  });

  it('applies its activation to x * W + b', () => {
    const build = (activation: 'linear' | 'tanh') =>
      layers[kind]({ filters: 3, kernelSize: 2, activation }).build([3, 3, 2], createRandom(9));
    const [linear, built] = [build('linear'), build('tanh')];
    for (const layer of [linear, built]) weightOf(layer, 'bias').assign([0.5, -1, 2]);
    const x = createRandom(2).normal([2, 3, 3, 2]);
    expect([...built.call(x, {}).data]).toEqual([...tanh(linear.call(x, {})).data]);
  });

  it('has settings for checkpoints: strides, padding and activation', () => {
    const make = layers[kind]({ filters: 3, kernelSize: 2, strides: [2, 1], padding: 'same', activation: 'relu' });
    expect(make.build([3, 3, 2], createRandom(1)).settings).toEqual({
      strides: '2 x 1',
      padding: 'same',
      activation: 'relu',
    });
  });

  it('accepts an empty batch', () => {
    const built = layers[kind]({ filters: 2, kernelSize: 3 }).build([4, 4, 1], createRandom(1));
    expect(built.call(zeros([0, 4, 4, 1]), {}).shape).toEqual([0, ...built.outputShape]);
  });

  it.each([
    [{ filters: 2, kernelSize: 0 }, 'kernelSize must be a whole number from 1 to 32768; got 0'],
    [{ filters: 2, kernelSize: [3] }, 'kernelSize must be a whole number of at least 1, or [height, width]; got [3]'],
    [{ filters: 2, kernelSize: [3, 1.5] }, 'kernelSize[1] must be a whole number from 1 to 32768; got 1.5'],
  ])('%j: %s', (config, message) => {
    const error = thrownBy(ArgumentError, () => layers[kind](wrong(config)));
    expect(error.message).toContain(`layers.${kind}: `);
    expect(error.message).toContain(message);
  });

  it('refuses items that are not images', () => {
    const error = thrownBy(ShapeError, () =>
      layers[kind]({ filters: 2, kernelSize: 3 }).build([28, 28], createRandom(1)),
    );
    expect(error.message).toBe(`layers.${kind}: items must be images, [height, width, channels]; got [28, 28]`);
  });

  it("has Keras's name in a summary", () => {
    const model = sequential([layers[kind]({ filters: 2, kernelSize: 3, inputShape: [5, 5, 1] })]);
    const name = kind === 'conv2d' ? 'conv2d (Conv2D)' : 'conv2d_transpose (Conv2DTranspose)';
    expect(model.summary(() => undefined)).toContain(name);
  });
});

it('building a model refuses a kernel that does not fit', () => {
  const tooLarge = layers.conv2d({ filters: 1, kernelSize: [2, 4], inputShape: [3, 3, 1] });
  expect(thrownBy(ShapeError, () => sequential([tooLarge])).message).toBe(
    'layers.conv2d: a window of 2 x 4 does not fit into images of 3 x 3 without ' +
      "padding. Use a smaller window, or padding: 'same'.",
  );
});
