/** sampleClasses() and the conditional pair. */
import { describe, expect, it } from 'vitest';
import { joinClasses } from '../../src/gan/classes.ts';
import {
  ArgumentError,
  conditionalDiscriminator,
  conditionalGenerator,
  createRandom,
  layers,
  oneHot,
  sampleClasses,
  sequential,
  trainGan,
  zeros,
} from '../../src/index.ts';
import { heap } from '../../src/kernels/runtime.ts';
import { bitsOf } from '../nn/bits.ts';

describe('the conditional pair', () => {
  it('takes the classes behind its other input', () => {
    const generator = conditionalGenerator();
    const discriminator = conditionalDiscriminator();
    expect([generator.inputShape, generator.outputShape]).toEqual([[110], [28, 28, 1]]);
    expect([discriminator.inputShape, discriminator.outputShape]).toEqual([[794], [1]]);
    expect(conditionalGenerator({ latentDim: 3, classes: 4 }).inputShape).toEqual([7]);
    expect(conditionalDiscriminator({ classes: 26 }).inputShape).toEqual([810]);
  });

  it('draws within [-1, 1], the same weights each time or those of its random numbers', () => {
    const images = conditionalGenerator().predict(createRandom(2).normal([8, 110], 0, 3));
    expect(images.data.every((value) => Math.abs(value) <= 1)).toBe(true);
    for (const make of [conditionalGenerator, conditionalDiscriminator]) {
      const bits = (seed?: number): string =>
        bitsOf(...make(seed === undefined ? {} : { random: createRandom(seed) }).weights);
      expect(bits()).toBe(bits());
      expect(bits(1)).toBe(bits(1));
      expect(bits(1)).not.toBe(bits(2));
    }
  });
});

describe('sampleClasses', () => {
  const generator = sequential([
    layers.dense({ units: 4, inputShape: [2 + 3], activation: 'tanh' }),
    layers.reshape({ targetShape: [2, 2, 1] }),
  ]);

  it('draws one image of each class asked for, from noise of its random numbers', () => {
    const images = sampleClasses(generator, [2, 0, 2], { classes: 3, random: createRandom(4) });
    const noise = createRandom(4).normal([3, 2]);
    const rows = joinClasses(noise, oneHot(Uint8Array.of(2, 0, 2), 3));
    expect(images.shape).toEqual([3, 2, 2, 1]);
    expect(bitsOf(images)).toBe(bitsOf(generator.predict(rows)));
    expect(bitsOf(sampleClasses(generator, Uint8Array.of(2, 0, 2), { classes: 3, noise }))).toBe(bitsOf(images));
  });

  it('without noise or random draws the same each time', () => {
    const draw = (): string => bitsOf(sampleClasses(generator, [1, 1], { classes: 3 }));
    expect(draw()).toBe(draw());
  });

  it('knows the number of classes of a generator that was made or trained as a conditional one', async () => {
    expect(sampleClasses(conditionalGenerator({ latentDim: 3, classes: 4 }), [3, 0]).shape).toEqual([2, 28, 28, 1]);
    const own = sequential([
      layers.dense({ units: 4, inputShape: [2 + 3], activation: 'tanh' }),
      layers.reshape({ targetShape: [2, 2, 1] }),
    ]);
    expect(() => sampleClasses(own, [2])).toThrow(ArgumentError);
    const { averageGenerator } = await trainGan({
      images: zeros([4, 2, 2, 1]),
      ...{ labels: [0, 1, 2, 0], classes: 3 },
      generator: own,
      discriminator: sequential([layers.dense({ units: 1, inputShape: [4 + 3] })]),
      ...{ latentDim: 2, epochs: 1, batchSize: 4, emaMomentum: 0.5, threads: 1 },
    });
    for (const trained of [own, averageGenerator!]) expect(sampleClasses(trained, [2]).shape).toEqual([1, 2, 2, 1]);
  });

  it('may be asked for none', () => {
    expect(sampleClasses(generator, [], { classes: 3 }).shape).toEqual([0, 2, 2, 1]);
  });

  it('leaves nothing behind but the images', () => {
    const before = heap().usage().blocks;
    const images = sampleClasses(generator, [0, 1, 2], { classes: 3 });
    expect(heap().usage().blocks).toBe(before + 1);
    images.dispose();
  });
});
