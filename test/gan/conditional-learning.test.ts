/**
 * A short class-conditional training learns to draw the class that it is asked for; with the labels mixed up it cannot.
 */
import { describe, expect, it } from 'vitest';
import {
  adam,
  createRandom,
  layers,
  type Model,
  sampleClasses,
  sequential,
  tensor,
  trainGan,
} from '../../src/index.ts';

const SIDE = 4;
const SIZE = SIDE * SIDE;
const COUNT = 240;
const SEED = 11;

/** Class 0 is bright on its left half, 1 on its right, 2 above. */
const isBright = (label: number, pixel: number): boolean => {
  const [row, column] = [Math.floor(pixel / SIDE), pixel % SIDE];
  return label === 0 ? column < 2 : label === 1 ? column >= 2 : row < 2;
};

/** Bright pixels lie from 0.4 to 1, dark ones from -1 to -0.4. */
function pictures(labels: readonly number[]): Float32Array {
  const level = createRandom(SEED).uniform([COUNT * SIZE], 0.4, 1).data;
  return level.map((value, i) => (isBright(labels[Math.floor(i / SIZE)]!, i % SIZE) ? value : -value));
}

/** The class whose picture it resembles most. */
function classOf(image: Float32Array): number {
  const scores = [0, 1, 2].map((label) =>
    image.reduce((sum, value, pixel) => sum + (isBright(label, pixel) ? value : -value), 0),
  );
  return scores.indexOf(Math.max(...scores));
}

function pair(): { readonly generator: Model; readonly discriminator: Model } {
  const random = createRandom(SEED);
  const generator = sequential(
    [
      layers.dense({ units: 32, useBias: false, inputShape: [8 + 3] }),
      layers.batchNormalization(),
      layers.leakyReLU(),
      layers.dense({ units: SIZE, activation: 'tanh' }),
      layers.reshape({ targetShape: [SIDE, SIDE, 1] }),
    ],
    { random },
  );
  const discriminator = sequential(
    [layers.dense({ units: 32, inputShape: [SIZE + 3] }), layers.leakyReLU(), layers.dense({ units: 1 })],
    { random },
  );
  return { generator, discriminator };
}

/** How many of 300 images are of the class asked for. */
async function rightOf300(labelsGiven: (labels: readonly number[]) => readonly number[]): Promise<number> {
  const labels = Array.from({ length: COUNT }, (_, i) => i % 3);
  const { generator } = await trainGan({
    images: tensor(pictures(labels), [COUNT, SIDE, SIDE, 1]),
    labels: labelsGiven(labels),
    classes: 3,
    ...pair(),
    generatorOptimizer: adam({ learningRate: 2e-3 }),
    discriminatorOptimizer: adam({ learningRate: 2e-3 }),
    latentDim: 8,
    batchSize: 48,
    epochs: 60,
    seed: SEED,
  });
  const wanted = Array.from({ length: 300 }, (_, i) => i % 3);
  const { data } = sampleClasses(generator, wanted, { classes: 3, random: createRandom(SEED + 1) });
  return wanted.filter((label, i) => classOf(data.subarray(i * SIZE, (i + 1) * SIZE)) === label).length;
}

describe(`300 steps of a small pair, seed ${SEED}`, () => {
  it('draws what it is asked for', async () => {
    expect(await rightOf300((labels) => labels)).toBeGreaterThan(285);
  });

  it('draws no more than chance of it if the labels say nothing of the images', async () => {
    const order = createRandom(SEED).permutation(COUNT);
    // Chance is 100 of 300.
    expect(await rightOf300((labels) => labels.map((_, i) => labels[order[i]!]!))).toBeLessThan(170);
  });
});
