/** trainAutoencoder on real digits; what it shares with trainClassifier is in test/training/one-player.test.ts. */
import { describe, expect, it } from 'vitest';
import {
  createRandom,
  type Dataset,
  dataset,
  denseAutoencoder,
  layers,
  mean,
  meanSquaredError,
  ShapeError,
  sequential,
  square,
  sub,
  type Tensor,
  trainAutoencoder,
} from '../../src/index.ts';
import { bitsOf } from '../nn/bits.ts';
import { readLabelledDigits } from '../support/digits.ts';
import { expectRejection } from '../support/thrown.ts';

const gatherAll = (images: Dataset): Tensor => images.gather(Array.from({ length: images.count }, (_, i) => i));
const average = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((total, value) => total + value, 0) / values.length;

describe('trainAutoencoder', () => {
  it('learns to give digits back, also those that it has not seen', { timeout: 60_000 }, async () => {
    const { images } = await readLabelledDigits(0, 2000);
    const unseen = gatherAll((await readLabelledDigits(9000, 500)).images);
    // Before, an answer of noise; the mean digit, whatever comes, costs the variance of the pixels.
    const baseline = mean(square(sub(unseen, mean(unseen, 0)))).item();
    expect(baseline).toBeGreaterThan(0.25);

    const { encoder, decoder, history } = await trainAutoencoder({ images, epochs: 12, batchSize: 100 });
    const latent = encoder.predict(unseen);
    const error = meanSquaredError(unseen, decoder.predict(latent)).item();
    // A quarter of the baseline after 240 steps, measured; a third is failure.
    expect(error).toBeLessThan(baseline / 3);
    expect(history[11]!.loss).toBeLessThan(history[0]!.loss / 5);

    // The latent numbers of unseen digits have the spread of standard normal noise, within a factor of 2: the moving
    // statistics lag behind.
    const centre = mean(latent, 0);
    const variances = mean(square(sub(latent, centre)), 0);
    expect(average(variances.data)).toBeGreaterThan(0.5);
    expect(average(variances.data)).toBeLessThan(2);
    expect(Math.abs(average(centre.data))).toBeLessThan(0.5);

    // What is decoded from noise has about as much ink as digits have, and differs from sample to sample.
    const samples = decoder.predict(createRandom(7).normal([200, 32]));
    expect(samples.shape).toEqual([200, 28, 28, 1]);
    expect(Math.abs(average(samples.data) - average(unseen.data))).toBeLessThan(0.2);
    expect(mean(square(sub(samples, mean(samples, 0)))).item()).toBeGreaterThan(baseline / 4);
  });

  it('trains denseAutoencoder() with weights drawn by the seed unless it is given one', async () => {
    const images = dataset(new Uint8Array(4 * 784).fill(7), [4, 28, 28, 1]);
    const run = async (seed: number): Promise<string> => {
      const { encoder, decoder } = await trainAutoencoder({ images, epochs: 0, batchSize: 4, seed });
      return bitsOf(...encoder.weights, ...decoder.weights);
    };
    const { encoder, decoder } = denseAutoencoder({ random: createRandom(3) });
    expect(await run(3)).toBe(bitsOf(...encoder.weights, ...decoder.weights));
    expect(await run(4)).not.toBe(await run(3));
  });

  it('builds models that have no inputShape, and names what does not fit', async () => {
    const images = dataset(new Uint8Array(4 * 16), [4, 4, 4, 1]);
    const decoderOf = (units: number) => [layers.dense({ units }), layers.reshape({ targetShape: [4, 4, 1] })];
    const encoder = sequential([layers.flatten(), layers.dense({ units: 2 })]);
    const { completed } = await trainAutoencoder({
      images,
      autoencoder: { encoder, decoder: sequential(decoderOf(16)) },
      epochs: 1,
      batchSize: 4,
    });
    expect([completed, encoder.inputShape, encoder.outputShape]).toEqual([true, [4, 4, 1], [2]]);
    const decoder = sequential([layers.dense({ units: 9, inputShape: [2] })]);
    await expectRejection(
      trainAutoencoder({ images, autoencoder: { encoder, decoder }, batchSize: 4 }),
      ShapeError,
      'trainAutoencoder: the decoder makes items of shape [9], but the images are [4, 4, 1]',
    );
  });
});
