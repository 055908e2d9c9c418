/**
 * The networks of a training: each has weights and an optimizer of its own, and with labels both are built for the
 * classes.
 */
import { describe, expect, it, vi } from 'vitest';
import { readNetworks, type Surroundings, warnOfRange } from '../../src/gan/networks.ts';
import {
  ArgumentError,
  createRandom,
  layers,
  type Model,
  sequential,
  tensor,
  tensorDataset,
  trainGan,
} from '../../src/index.ts';
import { thrownBy } from '../support/thrown.ts';

const networks = (options: Parameters<typeof readNetworks>[1], around: Partial<Surroundings> = {}) =>
  readNetworks('test', options, { latentDim: 1, imageShape: [1], classes: undefined, ...around }, createRandom(1));

/** Takes one number and makes one. */
const unit = (): Model => sequential([layers.dense({ units: 1, inputShape: [1] })]);

describe('with labels', () => {
  it('models without an inputShape are built for noise or pixels, and classes behind', () => {
    const generator = sequential([layers.dense({ units: 4 }), layers.reshape({ targetShape: [2, 2, 1] })]);
    const discriminator = sequential([layers.dense({ units: 1 })]);
    networks({ generator, discriminator }, { latentDim: 6, imageShape: [2, 2, 1], classes: 3 });
    expect([generator.inputShape, discriminator.inputShape]).toEqual([[9], [7]]);
  });
});

describe('a discriminator that ends in a sigmoid', () => {
  const remedy = /^test: the discriminator ends in a sigmoid .* Leave the sigmoid out/;
  const dense = layers.dense({ units: 1, inputShape: [1] });
  it.each([
    ['as the activation of its last layer', [layers.dense({ units: 1, activation: 'sigmoid', inputShape: [1] })]],
    ['as its last layer', [dense, layers.activation('sigmoid')]],
    ['with a layer behind that changes no value', [dense, layers.activation('sigmoid'), layers.flatten()]],
  ])('%s: refused, since the losses take logits', (_, list) => {
    const given = { generator: unit(), discriminator: sequential(list) };
    expect(thrownBy(ArgumentError, () => networks(given)).message).toMatch(remedy);
  });

  it('inside, it is a layer like any other', () => {
    const hidden = layers.dense({ units: 3, activation: 'sigmoid', inputShape: [1] });
    networks({ generator: unit(), discriminator: sequential([hidden, layers.dense({ units: 1 })]) });
  });
});

describe('images without a negative value', () => {
  const tanh = (): Model => sequential([layers.dense({ units: 1, activation: 'tanh', inputShape: [1] })]);
  const warnings = (values: readonly number[], generator: Model): readonly unknown[] => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    try {
      warnOfRange('test', tensorDataset(tensor(values, [values.length, 1])), generator);
      return warn.mock.calls.flat();
    } finally {
      warn.mockRestore();
    }
  };

  it('beside a generator that ends in tanh: one warning with the remedy', () => {
    const [warning, ...more] = warnings([0, 0.5, 1], tanh());
    expect(warning).toMatch(/^test: no value of the images is below 0, but the generator ends in tanh .*sub\(mul\(/);
    expect(more).toEqual([]);
    const normalized = [layers.activation('tanh', { inputShape: [1] }), layers.batchNormalization()];
    expect(warnings([0, 1], sequential(normalized))).toHaveLength(1);
  });

  it('none if one value is below 0, or the generator does not end in tanh', () => {
    expect(warnings([0, -0.01, 1], tanh())).toEqual([]);
    expect(warnings([0, 1], unit())).toEqual([]);
  });

  it('warns once a training', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    try {
      const given = { generator: tanh(), discriminator: unit(), latentDim: 1 };
      await trainGan({ images: tensor([0, 1, 1, 0], [4, 1]), ...given, epochs: 3, batchSize: 2, sampleCount: 0 });
      expect(warn).toHaveBeenCalledTimes(1);
    } finally {
      warn.mockRestore();
    }
  });
});
