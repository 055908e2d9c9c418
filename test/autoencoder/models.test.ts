/** The dense autoencoder: its sizes, where its images lie, and that its latent numbers have mean 0 and variance 1. */
import { describe, expect, it } from 'vitest';
import { createRandom, denseAutoencoder, type Model } from '../../src/index.ts';
import { bitsOf } from '../nn/bits.ts';

const parameters = ({ trainableWeights }: Model): number =>
  trainableWeights.reduce((total, { size }) => total + size, 0);

describe('denseAutoencoder', () => {
  it('has the sizes of the dense GAN, both ways', () => {
    const { encoder, decoder } = denseAutoencoder();
    expect([encoder.inputShape, encoder.outputShape]).toEqual([[28, 28, 1], [32]]);
    expect([decoder.inputShape, decoder.outputShape]).toEqual([[32], [28, 28, 1]]);
    const kernels = (model: Model) =>
      [...model.namedWeights].filter(([name]) => name.endsWith('kernel')).map(([, { shape }]) => shape);
    expect(kernels(encoder)).toEqual([
      [784, 512],
      [512, 256],
      [256, 32],
    ]);
    expect(kernels(decoder)).toEqual([
      [32, 256],
      [256, 512],
      [512, 784],
    ]);
    // Kernels, two numbers for each unit of the normalised layers between, a bias for each pixel.
    const sizes = 784 * 512 + 512 * 256 + 256 * 32;
    expect(parameters(encoder)).toBe(sizes + 2 * (512 + 256));
    expect(parameters(decoder)).toBe(sizes + 2 * (512 + 256) + 784);
    expect(parameters(encoder) + parameters(decoder)).toBe(1_085_200);
  });

  it('makes latent numbers of mean 0 and variance 1 in training, whatever the images', () => {
    const { encoder } = denseAutoencoder({ latentDim: 5 });
    const latent = encoder.call(createRandom(3).uniform([200, 28, 28, 1], -1, 1), { training: true });
    expect(latent.shape).toEqual([200, 5]);
    for (let i = 0; i < 5; i++) {
      const column = Array.from({ length: 200 }, (_, row) => latent.data[row * 5 + i]!);
      const mean = column.reduce((total, value) => total + value, 0) / 200;
      const variance = column.reduce((total, value) => total + (value - mean) ** 2, 0) / 200;
      expect(Math.abs(mean)).toBeLessThan(1e-5);
      // var / (var + 1e-3) of what is normalised, whose variance the weights' scale keeps above 0.01.
      expect(variance).toBeGreaterThan(0.9);
      expect(variance).toBeLessThan(1.0001);
    }
  });

  it('decodes whatever it is given into images in [-1, 1]', () => {
    const { decoder } = denseAutoencoder({ latentDim: 5 });
    const { shape, data } = decoder.predict(createRandom(4).normal([20, 5], 0, 100));
    expect(shape).toEqual([20, 28, 28, 1]);
    expect(data.every((value) => Math.abs(value) <= 1)).toBe(true);
  });

  it('draws its weights from the generator given, the encoder first', () => {
    const bits = ({ encoder, decoder }: ReturnType<typeof denseAutoencoder>): string =>
      bitsOf(...encoder.weights, ...decoder.weights);
    const first = bits(denseAutoencoder({ random: createRandom(1) }));
    expect(bits(denseAutoencoder({ random: createRandom(1) }))).toBe(first);
    expect(bits(denseAutoencoder({ random: createRandom(2) }))).not.toBe(first);
    expect(bits(denseAutoencoder())).toBe(bits(denseAutoencoder()));
  });
});
