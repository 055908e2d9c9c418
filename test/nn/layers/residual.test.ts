/** Residual blocks: the sum, the names of weights, saved weights, copies, errors. */
import { describe, expect, it } from 'vitest';
import {
  add,
  cloneModel,
  createRandom,
  encodeWeights,
  gradients,
  layers,
  loadWeights,
  type Model,
  ShapeError,
  sequential,
  square,
  sum,
} from '../../../src/index.ts';
import { thrownBy } from '../../support/thrown.ts';

const convolution = (filters: number, kernelSize: number) =>
  layers.conv2d({ filters, kernelSize, padding: 'same', useBias: false });

const model = (seed: number): Model =>
  sequential(
    [
      layers.residual(
        [
          layers.batchNormalization(),
          layers.leakyReLU(),
          layers.upsampling2d(),
          convolution(2, 3),
          layers.dropout({ rate: 0.5 }),
        ],
        { shortcut: [layers.upsampling2d(), convolution(2, 1)], inputShape: [3, 3, 1] },
      ),
      layers.residual([convolution(2, 3), layers.activation('relu'), convolution(2, 3)]),
    ],
    { random: createRandom(seed) },
  );

describe('residual', () => {
  const random = createRandom(5);

  it('adds the output of its layers to that of the shortcut, bit for bit, and passes the call options on', () => {
    const x = random.normal([2, 3, 3, 1]);
    const branch = [convolution(4, 3), layers.dropout({ rate: 0.5 })];
    const shortcut = [convolution(4, 1)];
    const built = layers.residual(branch, { shortcut }).build([3, 3, 1], createRandom(2));
    const weights = createRandom(2);
    const main = sequential(branch, { random: weights });
    const side = sequential(shortcut, { random: weights });
    const options = { training: true, random: createRandom(3) };
    const expected = add(main.call(x, { training: true, random: createRandom(3) }), side.call(x));
    expect(built.call(x, options).data).toEqual(expected.data);
  });

  it('without a shortcut adds the input itself', () => {
    const x = random.normal([4, 3]);
    const built = layers.residual([layers.dense({ units: 3 })]).build([3], createRandom(2));
    const dense = layers.dense({ units: 3 }).build([3], createRandom(2));
    expect(built.call(x, {}).data).toEqual(add(dense.call(x, {}), x).data);
  });

  it('has its weights in the model, each with a name of its own, and trains all of them', () => {
    const one = model(1);
    expect([...one.namedWeights.keys()]).toEqual([
      ...['0.0.gamma', '0.0.beta', '0.0.moving_mean', '0.0.moving_variance', '0.3.kernel', '0.shortcut.1.kernel'],
      ...['1.0.kernel', '1.2.kernel'],
    ]);
    expect(one.weights).toEqual([...one.namedWeights.values()]);
    expect(one.summary(() => undefined)).toMatch(/^residual \(Residual\) +\(None, 6, 6, 2\) +24$/m);
    const x = random.normal([2, 3, 3, 1]);
    const y = one.call(x, { training: true, random: createRandom(1) });
    const all = gradients(sum(square(y)), one.trainableWeights);
    expect(all).toHaveLength(6);
    for (const gradient of all) expect(gradient.data.some((value) => value !== 0)).toBe(true);
  });

  it('is saved, loaded and copied like other layers', () => {
    const [one, other] = [model(1), model(2)];
    const x = random.normal([2, 3, 3, 1]);
    expect(other.predict(x).data).not.toEqual(one.predict(x).data);
    loadWeights({ one: other }, encodeWeights({ one }));
    expect(other.predict(x).data).toEqual(one.predict(x).data);
    expect(cloneModel(one).predict(x).data).toEqual(one.predict(x).data);
  });

  it('has the settings of its layers, which a resumed training compares', () => {
    expect(model(1).layers[0]!.settings).toMatchObject({
      1: 'LeakyReLU',
      '1.negativeSlope': 0.3,
      '4.rate': 0.5,
      'shortcut.1': 'Conv2D',
      'shortcut.1.strides': '1 x 1',
    });
  });
});

describe('errors', () => {
  it('say which shapes cannot be added, and which layer of the block refuses its input', () => {
    const build = (layer: ReturnType<typeof convolution>) => () => layer.build([4, 4, 3], createRandom(1));
    expect(thrownBy(ShapeError, build(layers.residual([convolution(8, 3)]))).message).toBe(
      'layers.residual: the layers turn [4, 4, 3] into [4, 4, 8], the shortcut gives [4, 4, 3]; they must be equal to ' +
        'be added. Give layers that do the same to the shape, such as ' +
        'shortcut: [layers.conv2d({ filters, kernelSize: 1 })].',
    );
    const flat = layers.residual([layers.flatten(), layers.upsampling2d()]);
    expect(thrownBy(ShapeError, build(flat)).message).toContain('layers.upsampling2d: items must be images');
  });
});
