/** The compact pair: its layers, its options, and that it learns real digits within seconds. */
import { describe, expect, it } from 'vitest';
import {
  adam,
  compactDiscriminator,
  compactGenerator,
  createRandom,
  type Model,
  mean,
  square,
  sub,
  trainGan,
} from '../../src/index.ts';
import { countParameters } from '../../src/nn/summary.ts';
import { bitsOf } from '../nn/bits.ts';
import { readLabelledDigits } from '../support/digits.ts';

const outputsOf = ({ layers }: Model): string[] =>
  layers.filter(({ weights }) => weights.length > 0).map(({ kind, outputShape }) => `${kind} ${outputShape.join('x')}`);

describe('the compact pair', () => {
  it('has the layers of its description, and so many parameters', () => {
    const [generator, discriminator] = [compactGenerator(), compactDiscriminator()];
    expect(outputsOf(generator)).toEqual([
      ...['Dense 3136', 'BatchNormalization 3136', 'Conv2DTranspose 14x14x32', 'BatchNormalization 14x14x32'],
      'Conv2DTranspose 28x28x1',
    ]);
    expect(outputsOf(discriminator)).toEqual(['Conv2D 14x14x16', 'Conv2D 7x7x32', 'Conv2D 4x4x64', 'Dense 1']);
    // 100 x 3136 + 2 x 3136, 16 x 64 x 32 + 2 x 32, 16 x 32 + 1
    expect(countParameters(generator.trainableWeights)).toBe(319_872 + 32_832 + 513);
    // 16 x 16 + 16, 16 x 16 x 32 + 32, 16 x 32 x 64 + 64, 1024 + 1
    expect(countParameters(discriminator.trainableWeights)).toBe(272 + 8224 + 32_832 + 1025);
  });

  it('gets as many channels as the width says, at least 1', () => {
    expect(outputsOf(compactGenerator({ width: 0.5 }))[2]).toBe('Conv2DTranspose 14x14x16');
    expect(outputsOf(compactDiscriminator({ width: 1e-9 }))[2]).toBe('Conv2D 4x4x1');
  });

  it('begins with the same weights each time, or with those of its random generator', () => {
    for (const make of [compactGenerator, compactDiscriminator]) {
      expect(bitsOf(...make().weights)).toBe(bitsOf(...make().weights));
      expect(bitsOf(...make({ random: createRandom(1) }).weights)).not.toBe(bitsOf(...make().weights));
    }
  });

  it('learns with its recipe: after 60 steps the mean picture is nearer to that of the digits than before', async () => {
    const { images } = await readLabelledDigits(0, 640);
    const average = mean(images.gather(Array.from({ length: 640 }, (_, i) => i)), 0);
    const generator = compactGenerator({ width: 0.5 });
    const noise = createRandom(1).normal([64, 100]);
    const errorOf = (model: Model): number => mean(square(sub(mean(model.predict(noise), 0), average))).item();
    const before = errorOf(generator);
    const config = { learningRate: 2e-3, beta1: 0, beta2: 0.99 };
    const { averageGenerator } = await trainGan({
      ...{ images, generator, discriminator: compactDiscriminator({ width: 0.5 }), epochs: 6, batchSize: 64 },
      ...{ generatorOptimizer: adam(config), discriminatorOptimizer: adam(config), emaMomentum: 0.999 },
      gradientPenalty: { kind: 'r1', weight: 3, every: 2 },
    });
    // Untrained pictures are grey, and digits dark: 0.66 before, 0.32 after.
    expect(errorOf(averageGenerator!)).toBeLessThan(0.7 * before);
  });
});
