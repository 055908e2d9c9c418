/** The refined pair: the dense pair without two of its batch normalisations, and nothing else. */
import { expect, it } from 'vitest';
import {
  createRandom,
  denseDiscriminator,
  denseGenerator,
  type Model,
  refinedDiscriminator,
  refinedGenerator,
  zeros,
} from '../../src/index.ts';
import { bitsOf } from '../nn/bits.ts';

/** Each layer, its settings and its weights' names and shapes. */
function layersOf({ layers }: Model): unknown[] {
  return layers.map(({ kind, settings, outputShape, weights }) => ({
    kind,
    settings,
    outputShape,
    weights: weights.map(({ name, shape }) => [name, shape]),
  }));
}

function parameters({ trainableWeights }: Model): number {
  return trainableWeights.reduce((sum, { size }) => sum + size, 0);
}

function kernelBits({ namedWeights }: Model): string {
  return bitsOf(...[...namedWeights].filter(([name]) => name.endsWith('kernel')).map(([, weight]) => weight));
}

const random = (): { random: ReturnType<typeof createRandom> } => ({ random: createRandom(3) });

it('refinedGenerator is denseGenerator without its last batch normalisation', () => {
  const dense = layersOf(denseGenerator({ latentDim: 9 }));
  expect(dense[7]).toMatchObject({ kind: 'BatchNormalization' });
  expect(layersOf(refinedGenerator({ latentDim: 9 }))).toEqual(dense.filter((_, place) => place !== 7));
  // 100 * 256 + 256 * 512 + 512 * 784 in kernels, 2 * (256 + 512) in batch normalisations.
  expect(parameters(refinedGenerator())).toBe(559_616);
});

it('refinedDiscriminator is denseDiscriminator without its first batch normalisation', () => {
  const dense = layersOf(denseDiscriminator());
  expect(dense[2]).toMatchObject({ kind: 'BatchNormalization' });
  expect(layersOf(refinedDiscriminator())).toEqual(dense.filter((_, place) => place !== 2));
  // 784 * 512 + 512 * 256 + 256 in kernels, 2 * 256 in the batch normalisation, 1 bias.
  expect(parameters(refinedDiscriminator())).toBe(533_249);
});

it('the same random numbers draw the same kernels', () => {
  expect(kernelBits(refinedGenerator(random()))).toBe(kernelBits(denseGenerator(random())));
  expect(kernelBits(refinedDiscriminator(random()))).toBe(kernelBits(denseDiscriminator(random())));
  expect(kernelBits(refinedGenerator())).toBe(kernelBits(refinedGenerator()));
});

it('images stay within [-1, 1], and are judged by one logit each', () => {
  const images = refinedGenerator().call(createRandom(1).normal([32, 100], 0, 3), { training: true });
  expect(images.shape).toEqual([32, 28, 28, 1]);
  expect(images.data.every((value) => Math.abs(value) <= 1)).toBe(true);
  expect(refinedDiscriminator().predict(zeros([3, 28, 28, 1])).shape).toEqual([3, 1]);
});
