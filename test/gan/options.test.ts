/** The options of trainGan: defaults, images and models. What it refuses is in test/errors/wrong-training-calls.ts. */
import { describe, expect, it } from 'vitest';
import { readTrainGanOptions } from '../../src/gan/options.ts';
import { createRandom, dataset, denseDiscriminator, denseGenerator, layers, sequential } from '../../src/index.ts';
import { bitsOf } from '../nn/bits.ts';

const IMAGES = dataset(new Uint8Array(300 * 784), [300, 28, 28, 1]);

describe('defaults', () => {
  it('are those of the documentation', () => {
    const setup = readTrainGanOptions({ images: IMAGES });
    const { latentDim, epochs, batchSize, seed, sampleCount, checkpoint, checkpointEvery, resume, networks } = setup;
    expect({ latentDim, epochs, batchSize, seed, sampleCount, checkpoint, checkpointEvery, resume }).toEqual({
      latentDim: 100,
      epochs: 100,
      batchSize: 256,
      seed: 42,
      sampleCount: 16,
      checkpoint: undefined,
      checkpointEvery: undefined,
      resume: false,
    });
    const rate = { name: 'adam', learningRate: 1e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
    expect(networks.generatorOptimizer.config).toEqual(rate);
    expect(networks.discriminatorOptimizer.config).toEqual(rate);
    expect(networks.generatorOptimizer).not.toBe(networks.discriminatorOptimizer);
  });

  it('models are the dense pair, drawn by the seed one after the other', () => {
    const { networks } = readTrainGanOptions({ images: IMAGES, seed: 7, latentDim: 5 });
    const random = createRandom(7);
    const expected = [denseGenerator({ latentDim: 5, random }), denseDiscriminator({ random })];
    const got = [networks.generator, networks.discriminator];
    expect(got.map(({ weights }) => bitsOf(...weights))).toEqual(expected.map(({ weights }) => bitsOf(...weights)));
  });

  it('undefined counts as absent', () => {
    const setup = readTrainGanOptions({ images: IMAGES, epochs: undefined, generator: undefined, signal: undefined });
    expect(setup.epochs).toBe(100);
  });
});

describe('images', () => {
  it('may be a tensor, whose values are used as they are', () => {
    const values = createRandom(1).uniform([4, 28, 28, 1], -1, 1);
    const { images } = readTrainGanOptions({ images: values, batchSize: 4 });
    expect([images.count, images.itemShape]).toEqual([4, [28, 28, 1]]);
    expect([...images.gather([2, 0]).data]).toEqual([...values.data.slice(1568, 2352), ...values.data.slice(0, 784)]);
  });
});

it('models without an inputShape are built for the noise and the images', () => {
  const generator = sequential([layers.dense({ units: 784 }), layers.reshape({ targetShape: [28, 28, 1] })]);
  const discriminator = sequential([layers.flatten(), layers.dense({ units: 1 })]);
  readTrainGanOptions({ images: IMAGES, generator, discriminator, latentDim: 9 });
  expect([generator.inputShape, discriminator.inputShape]).toEqual([[9], [28, 28, 1]]);
});
