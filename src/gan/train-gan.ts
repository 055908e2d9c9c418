/** trainGan: epochs of GAN steps over shuffled images, with samples from the same noise after each epoch. */
import type { Random } from '../autograd/random.ts';
import { scope } from '../autograd/scope.ts';
import type { Tensor } from '../autograd/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Model } from '../nn/sequential.ts';
import { createBreather } from './event-loop.ts';
import { readTrainGanOptions, type TrainGanOptions } from './options.ts';
import { type GanNetworks, ganStep } from './step.ts';

export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Means over the epoch's steps. */
  readonly generatorLoss: number;
  readonly discriminatorLoss: number;
  readonly seconds: number;
}

export interface TrainGanResult {
  readonly generator: Model;
  readonly discriminator: Model;
  /** One record for each finished epoch. */
  readonly history: readonly EpochRecord[];
  /** False if the signal stopped the training before its last epoch was done. */
  readonly completed: boolean;
}

/**
 * Trains a generator against a discriminator.
 *
 * Each epoch goes once through the images in an order drawn anew; the last, smaller batch is kept. Noise is [batchSize, latentDim] in every step.
 * Rejects with an ArgumentError or ShapeError before the first step if an option does not fit, and with a DivergenceError in the step
 * in which a loss or a weight turns NaN or infinite.
 *
 * @example
 * const { images } = await loadMnist();
 * const { generator } = await trainGan({ images, epochs: 20, onEpoch: ({ epoch, samples }) => console.log(epoch, samples.shape) });
 */
export async function trainGan(options: TrainGanOptions): Promise<TrainGanResult> {
  const { images, networks, random, latentDim, epochs, batchSize, sampleCount, ...rest } = readTrainGanOptions(options);
  const { onStep, onEpoch, signal } = rest;
  const { generator, discriminator } = networks;
  const breathe = createBreather();
  const sampleNoise = random.normal([sampleCount, latentDim]);
  const stepsPerEpoch = Math.ceil(images.count / batchSize);
  const history: EpochRecord[] = [];

  for (let epoch = 1; epoch <= epochs; epoch++) {
    const begin = performance.now();
    const order = random.permutation(images.count);
    let generatorSum = 0;
    let discriminatorSum = 0;
    for (let step = 1; step <= stepsPerEpoch; step++) {
      if (signal?.aborted === true) return { generator, discriminator, history, completed: false };
      const batch = order.subarray((step - 1) * batchSize, step * batchSize);
      const losses = stepOn(networks, images, batch, random, [batchSize, latentDim]);
      generatorSum += losses.generatorLoss;
      discriminatorSum += losses.discriminatorLoss;
      await onStep?.({ epoch, step, stepsPerEpoch, ...losses });
      await breathe();
    }
    const record: EpochRecord = {
      epoch,
      generatorLoss: generatorSum / stepsPerEpoch,
      discriminatorLoss: discriminatorSum / stepsPerEpoch,
      seconds: (performance.now() - begin) / 1000,
    };
    history.push(record);
    await onEpoch?.({ ...record, samples: generator.predict(sampleNoise) });
  }
  return { generator, discriminator, history, completed: true };
}

function stepOn(
  networks: GanNetworks,
  images: Dataset,
  batch: Int32Array,
  random: Random,
  noiseShape: readonly number[],
): { generatorLoss: number; discriminatorLoss: number } {
  return scope(() => {
    const real: Tensor = images.gather(batch);
    return ganStep(networks, real, random.normal(noiseShape), random);
  }, 'trainGan step');
}
