/** Images other than MNIST's: each ready-made model makes or takes them, and the trainings' default models follow. */
import { describe, expect, it } from 'vitest';
import {
  compactDiscriminator,
  compactGenerator,
  conditionalDiscriminator,
  conditionalGenerator,
  convDiscriminator,
  convGenerator,
  createRandom,
  dataset,
  denseAutoencoder,
  denseDiscriminator,
  denseGenerator,
  digitClassifier,
  type Model,
  refinedDiscriminator,
  refinedGenerator,
  type Shape,
  ShapeError,
  sampleClasses,
  tensor,
  trainAutoencoder,
  trainClassifier,
  trainGan,
} from '../../src/index.ts';
import { rejection } from '../support/folder.ts';
import { thrownBy } from '../support/thrown.ts';

const small = { latentDim: 3, width: 0.05 };

describe.each<Shape>([
  [32, 32, 3],
  [8, 12, 1],
  [4, 4, 2],
])('images of %i x %i with %i channels', (...imageShape) => {
  const size = imageShape[0]! * imageShape[1]! * imageShape[2]!;

  it.each<[string, Model]>([
    ['compactGenerator', compactGenerator({ ...small, imageShape })],
    ['convGenerator', convGenerator({ ...small, imageShape })],
    ['denseGenerator', denseGenerator({ latentDim: 3, imageShape })],
    ['refinedGenerator', refinedGenerator({ latentDim: 3, imageShape })],
    ['conditionalGenerator', conditionalGenerator({ latentDim: 2, classes: 1, imageShape })],
    ['the decoder', denseAutoencoder({ latentDim: 3, imageShape }).decoder],
  ])('are made by %s', (_, model) => {
    expect(model.predict(createRandom(1).normal([2, 3])).shape).toEqual([2, ...imageShape]);
  });

  it.each<[string, Model, number]>([
    ['compactDiscriminator', compactDiscriminator({ width: 0.05, imageShape }), 1],
    ['convDiscriminator', convDiscriminator({ width: 0.05, imageShape }), 1],
    ['denseDiscriminator', denseDiscriminator({ imageShape }), 1],
    ['refinedDiscriminator', refinedDiscriminator({ imageShape }), 1],
    ['the encoder', denseAutoencoder({ latentDim: 3, imageShape }).encoder, 3],
  ])('are taken by %s', (_, model, outputs) => {
    expect(model.predict(createRandom(1).uniform([2, ...imageShape], -1, 1)).shape).toEqual([2, outputs]);
  });

  it('are taken, with their class, by conditionalDiscriminator', () => {
    expect(conditionalDiscriminator({ classes: 4, imageShape }).inputShape).toEqual([size + 4]);
  });

  it('train the default pair, also with labels, and the default autoencoder', async () => {
    const images = dataset(
      new Uint8Array(4 * size).map((_, i) => i % 251),
      [4, ...imageShape],
    );
    const settings = { images, epochs: 1, batchSize: 2, threads: 1 };
    const { generator } = await trainGan(settings);
    expect(generator.outputShape).toEqual(imageShape);
    const conditional = await trainGan({ ...settings, labels: [0, 1, 1, 0], classes: 2 });
    expect(sampleClasses(conditional.generator, [1]).shape).toEqual([1, ...imageShape]);
    const { decoder } = await trainAutoencoder(settings);
    expect(decoder.outputShape).toEqual(imageShape);
  });
});

it('the classifier takes other images and classes; the default one of a training follows the images', async () => {
  const { features, head } = digitClassifier({ imageShape: [10, 14, 3], classes: 4 });
  expect([features.inputShape, head.outputShape]).toEqual([[10, 14, 3], [4]]);
  const images = dataset(new Uint8Array(2 * 420), [2, 10, 14, 3]);
  const trained = await trainClassifier({ images, labels: [0, 1], epochs: 1, batchSize: 2, threads: 1 });
  expect(trained.features.inputShape).toEqual([10, 14, 3]);
  const error = await rejection(trainClassifier({ images: tensor([[1], [-1]]), labels: [0, 1], batchSize: 2 }));
  expect(String(error)).toMatch(
    /^ShapeError: trainClassifier: the default classifier takes .* got \[1\]. Pass a class/,
  );
});

it('the dense pair takes items of any rank, such as points', async () => {
  const images = tensor(createRandom(1).uniform([8, 2], -1, 1).data, [8, 2]);
  const { generator, discriminator } = await trainGan({ images, epochs: 1, batchSize: 4, threads: 1 });
  expect([generator.outputShape, discriminator.inputShape]).toEqual([[2], [2]]);
});

it.each<[string, () => unknown, RegExp]>([
  [
    'sides not divisible by 4',
    () => convGenerator({ imageShape: [30, 32, 3] }),
    /^convGenerator: .* by 4; got \[30, 32, 3\]/,
  ],
  [
    'the same for',
    () => convDiscriminator({ imageShape: [32, 31, 3] }),
    /^convDiscriminator: .* by 4; got \[32, 31, 3\]/,
  ],
  [
    'no channels',
    () => convGenerator({ imageShape: [32, 32] }),
    /imageShape must be \[height, width, channels\], each at/,
  ],
  [
    'a side of 0',
    () => denseGenerator({ imageShape: [32, 0, 1] }),
    /^denseGenerator: imageShape must have .* got \[32, 0/,
  ],
  [
    'a scalar',
    () => refinedDiscriminator({ imageShape: [] }),
    /^refinedDiscriminator: imageShape must have .* got \[\]/,
  ],
  [
    'too small',
    () => digitClassifier({ imageShape: [9, 28, 1] }),
    /^digitClassifier: .* at least 10; got \[9, 28, 1\]/,
  ],
])('%s is refused', (_, call, message) => {
  expect(thrownBy(ShapeError, call).message).toMatch(message);
});

it('a training refuses items without numbers', async () => {
  for (const shape of [[4], [4, 0, 2]]) {
    const images = tensor(new Float32Array(shape.length === 1 ? 4 : 0), shape);
    const error = await rejection(trainGan({ images, batchSize: 2 }));
    expect(String(error)).toMatch(/^ShapeError: trainGan: images must have items of at least one number/);
  }
});
