/** The convolutional classifier of digits: its layers, and that it can learn. */
import { describe, expect, it } from 'vitest';
import { accuracy, createRandom, digitClassifier, trainClassifier } from '../../src/index.ts';
import { bitsOf } from '../nn/bits.ts';
import { readLabelledDigits } from '../support/digits.ts';

describe('digitClassifier', () => {
  it('has 128 features and 10 logits', () => {
    const { features, head } = digitClassifier();
    expect([features.inputShape, features.outputShape]).toEqual([[28, 28, 1], [128]]);
    expect([head.inputShape, head.outputShape]).toEqual([[128], [10]]);
    const shapes = [...features.weights, ...head.weights].map(({ shape }) => shape);
    expect(shapes).toEqual([[3, 3, 1, 32], [32], [3, 3, 32, 64], [64], [1600, 128], [128], [128, 10], [10]]);
    const parameters = shapes.reduce((total, shape) => total + shape.reduce((product, size) => product * size, 1), 0);
    expect(parameters).toBe(225_034);
  });

  it('draws its weights from the generator given', () => {
    const bits = (seed: number): string => {
      const { features, head } = digitClassifier({ random: createRandom(seed) });
      return bitsOf(...features.weights, ...head.weights);
    };
    expect(bits(1)).toBe(bits(1));
    expect(bits(1)).not.toBe(bits(2));
  });

  it('learns digits from 2,000 of them', { timeout: 120_000 }, async () => {
    const { images, labels } = await readLabelledDigits(0, 2000);
    const unseen = await readLabelledDigits(9000, 500);
    const { features, head } = await trainClassifier({ images, labels, epochs: 3, batchSize: 64 });
    // 94.2 % measured.
    expect(accuracy({ features, head }, unseen.images, unseen.labels)).toBeGreaterThan(0.9);
  });
});
