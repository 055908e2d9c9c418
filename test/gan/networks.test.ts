/** The networks of a training: each has weights and an optimizer of its own, and with labels both are built for the classes. */
import { describe, expect, it } from 'vitest';
import { readNetworks, type Surroundings } from '../../src/gan/networks.ts';
import { ArgumentError, adam, createRandom, layers, type Model, ShapeError, sequential } from '../../src/index.ts';
import { thrownBy } from '../support/thrown.ts';

const networks = (options: Parameters<typeof readNetworks>[1], around: Partial<Surroundings> = {}) =>
  readNetworks('test', options, { latentDim: 1, imageShape: [1], classes: undefined, ...around }, createRandom(1));

/** Takes one number and makes one. */
const unit = (): Model => sequential([layers.dense({ units: 1, inputShape: [1] })]);

describe('one thing given twice', () => {
  it('an optimizer: refused, since its count of steps and its moments are those of one network', () => {
    const optimizer = adam();
    const given = { generator: unit(), discriminator: unit() };
    const { message } = thrownBy(ArgumentError, () =>
      networks({ ...given, generatorOptimizer: optimizer, discriminatorOptimizer: optimizer }),
    );
    expect(message).toBe(
      "test: generatorOptimizer and discriminatorOptimizer are one and the same optimizer, which would count two steps for each of the training's. Each network needs an optimizer of its own: call adam({ learningRate }) twice.",
    );
    const settings = adam();
    const two = networks({ ...given, generatorOptimizer: settings, discriminatorOptimizer: adam() });
    expect(two.generatorOptimizer).toBe(settings);
  });

  it('a model: refused', () => {
    const model = unit();
    const { message } = thrownBy(ArgumentError, () => networks({ generator: model, discriminator: model }));
    expect(message).toBe(
      'test: generator and discriminator are one and the same model; they learn against each other, each with weights of its own. Make two.',
    );
  });
});

describe('with labels', () => {
  it('models without an inputShape are built for noise or pixels, and classes behind', () => {
    const generator = sequential([layers.dense({ units: 4 }), layers.reshape({ targetShape: [2, 2, 1] })]);
    const discriminator = sequential([layers.dense({ units: 1 })]);
    networks({ generator, discriminator }, { latentDim: 6, imageShape: [2, 2, 1], classes: 3 });
    expect([generator.inputShape, discriminator.inputShape]).toEqual([[9], [7]]);
  });

  it('models of an unconditional training do not fit, and the message says why', () => {
    const { message } = thrownBy(ShapeError, () =>
      networks({ generator: unit(), discriminator: unit() }, { classes: 2 }),
    );
    expect(message).toBe(
      'test: the generator takes items of shape [1], but latentDim is 1 and there are labels of 2 classes.',
    );
  });
});
