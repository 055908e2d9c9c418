/** trainGan: epochs of GAN steps over shuffled images, with samples from the same noise after each epoch. */
import type { Random } from '../autograd/random.ts';
import { scope } from '../autograd/scope.ts';
import type { Tensor } from '../autograd/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import { useThreads } from '../kernels/runtime.ts';
import type { Model } from '../nn/sequential.ts';
import { type Checkpoints, createCheckpoints } from './checkpoints.ts';
import { createBreather } from './event-loop.ts';
import { readTrainGanOptions, type TrainGanOptions, type TrainGanSetup } from './options.ts';
import { type GanLosses, type GanNetworks, ganStep } from './step.ts';
import type { EpochRecord, TrainingState } from './training-state.ts';

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
 * in which a loss or a weight turns NaN or infinite; that state is never saved.
 *
 * With `checkpoint` its state is saved as it goes, and `resume` goes on from there with the same bits as if it had never stopped. Then it
 * rejects with an ArgumentError that lists the settings that differ from the saved ones, with a FormatError if all checkpoints are damaged.
 *
 * @example
 * const { images } = await loadMnist();
 * const { generator } = await trainGan({ images, epochs: 20, onEpoch: ({ epoch, samples }) => console.log(epoch, samples.shape) });
 *
 * @example
 * import { checkpointDirectory } from 'ganvas/node';
 * await trainGan({ images, checkpoint: checkpointDirectory('run/checkpoints'), resume: true });
 */
export async function trainGan(options: TrainGanOptions): Promise<TrainGanResult> {
  const setup = readTrainGanOptions(options);
  useThreads(setup.threads);
  const { generator, discriminator } = setup.networks;
  const stepsPerEpoch = Math.ceil(setup.images.count / setup.batchSize);
  const checkpoints = createCheckpoints(setup, stepsPerEpoch);
  const state = await checkpoints.begin();
  try {
    const completed = await run(setup, state, stepsPerEpoch, checkpoints);
    return { generator, discriminator, history: state.history, completed };
  } finally {
    state.sampleNoise.dispose();
  }
}

/** False if the signal stopped it. */
async function run(
  { images, networks, latentDim, epochs, batchSize, onStep, onEpoch, signal }: TrainGanSetup,
  state: TrainingState,
  stepsPerEpoch: number,
  checkpoints: Checkpoints,
): Promise<boolean> {
  const breathe = createBreather();
  while (state.epoch <= epochs) {
    const begin = performance.now() - 1000 * state.sums.seconds;
    const order = state.order(images.count);
    while (state.step < stepsPerEpoch) {
      if (signal?.aborted === true) {
        await checkpoints.save(state);
        return false;
      }
      const batch = order.subarray(state.step * batchSize, (state.step + 1) * batchSize);
      const losses = stepOn(networks, images, batch, state.random, [batchSize, latentDim]);
      state.finishStep(losses, (performance.now() - begin) / 1000);
      await onStep?.({ epoch: state.epoch, step: state.step, stepsPerEpoch, ...losses });
      await checkpoints.afterStep(state);
      await breathe();
    }
    const record = state.finishEpoch();
    const { generator } = networks;
    await onEpoch?.({ ...record, samples: generator.predict(state.sampleNoise), generator });
    await checkpoints.save(state);
  }
  return true;
}

function stepOn(
  networks: GanNetworks,
  images: Dataset,
  batch: Int32Array,
  random: Random,
  noiseShape: readonly number[],
): GanLosses {
  return scope(() => {
    const real: Tensor = images.gather(batch);
    return ganStep(networks, real, random.normal(noiseShape), random);
  }, 'trainGan step');
}
