/** trainGan: epochs of GAN steps over shuffled images, with samples from the same noise after each epoch. */
import type { Random } from '../autograd/random.ts';
import { scope } from '../autograd/scope.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { useThreads } from '../kernels/runtime.ts';
import type { Model } from '../nn/sequential.ts';
import { runLoop, stepsPerEpochOf } from '../training/loop.ts';
import { createCheckpoints } from './checkpoints.ts';
import { drawLabels, joinClasses, labelsInTurn, oneHot } from './classes.ts';
import { readTrainGanOptions, type TrainGanOptions, type TrainGanSetup } from './options.ts';
import { type GanLosses, ganStep } from './step.ts';
import type { EpochRecord } from './training-state.ts';

export interface TrainGanResult {
  readonly generator: Model;
  readonly discriminator: Model;
  /** With `emaMomentum` the generator of averaged weights, else undefined. */
  readonly averageGenerator: Model | undefined;
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
 * const { images, labels } = await loadMnist();
 * const { averageGenerator } = await trainGan({ images, labels, loss: 'hinge', emaMomentum: 0.999 }); // class-conditional
 *
 * @example
 * import { checkpointDirectory } from 'ganvas/node';
 * await trainGan({ images, checkpoint: checkpointDirectory('run/checkpoints'), resume: true });
 */
export async function trainGan(options: TrainGanOptions): Promise<TrainGanResult> {
  const setup = readTrainGanOptions(options);
  useThreads(setup.threads);
  const { images, networks, epochs, batchSize, onStep, onEpoch, signal } = setup;
  const { generator, discriminator, average } = networks;
  const checkpoints = createCheckpoints(setup, stepsPerEpochOf({ count: images.count, batchSize }));
  const state = await checkpoints.begin();
  try {
    const completed = await runLoop({
      progress: state,
      count: images.count,
      batchSize,
      epochs,
      signal,
      onStep,
      step: (places) => stepOn(setup, places, state.random),
      afterStep: () => checkpoints.afterStep(state),
      onStopped: () => checkpoints.save(state),
      async afterEpoch(record) {
        const samples = drawSamples(setup, state.sampleNoise);
        await onEpoch?.({ ...record, samples, generator, averageGenerator: average?.model });
        await checkpoints.save(state);
      },
    });
    const averageGenerator = average?.model;
    return { generator, discriminator, averageGenerator, history: state.history, completed };
  } finally {
    state.sampleNoise.dispose();
  }
}

/** One step on the images at these places; with labels each network is told the classes of what it makes or judges. */
function stepOn(
  { images, labels, classes, networks, objective, batchSize, latentDim }: TrainGanSetup,
  places: Int32Array,
  random: Random,
): GanLosses {
  return scope(() => {
    const real = images.gather(places);
    const noise = random.normal([batchSize, latentDim]);
    if (labels === undefined) return ganStep(networks, real, noise, random, { objective });
    const realClasses = oneHot(
      Uint8Array.from(places, (place) => labels[place]!),
      classes,
    );
    const fakeClasses = oneHot(drawLabels(labels, random, batchSize), classes);
    const options = { objective, fakeClasses };
    return ganStep(networks, joinClasses(real, realClasses), joinClasses(noise, fakeClasses), random, options);
  }, 'trainGan step');
}

/** [sampleCount, ...image] from the averaged generator, if there is one. */
function drawSamples({ networks, labels, classes }: TrainGanSetup, noise: Tensor): Tensor {
  const model = networks.average?.model ?? networks.generator;
  if (labels === undefined) return model.predict(noise);
  return scope(() => {
    const classRows = oneHot(labelsInTurn(noise.shape[0]!, classes), classes);
    return model.predict(joinClasses(noise, classRows));
  }, 'trainGan samples');
}
