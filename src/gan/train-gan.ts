/** trainGan: epochs of GAN steps over shuffled images, with samples from the same noise after each epoch. */
import { scope } from '../autograd/scope.ts';
import { type Tensor, type Variable, variable } from '../autograd/tensor.ts';
import { checkChoice } from '../core/check.ts';
import type { Model } from '../nn/sequential.ts';
import { oneHot } from '../ops/gather.ts';
import { hashLabels } from '../training/configuration.ts';
import type { Pass } from '../training/step.ts';
import { type Batch, type TrainingResult, train } from '../training/train.ts';
import { drawLabels, joinClasses, labelsInTurn } from './classes.ts';
import { readTrainGanOptions, type TrainGanOptions, type TrainGanSetup } from './options.ts';
import { GAN_UPDATES, type GanLosses, type GanUpdate, ganForward, ganPlayers, updateAverage } from './step.ts';

const WHERE = 'trainGan';

/** What trainGan() returns: the trained networks, and the history. */
export interface TrainGanResult extends TrainingResult<GanLosses> {
  readonly generator: Model;
  readonly discriminator: Model;
  /** With `emaMomentum`: the generator with averaged weights. Otherwise undefined. */
  readonly averageGenerator: Model | undefined;
}

/**
 * Trains a generator against a discriminator.
 *
 * Each epoch uses every image once, in a new random order. The last batch may be smaller. The noise of every step is
 * [batchSize, latentDim].
 *
 * With `checkpoint` the state is saved during the training. With `resume` the training continues from there, with the
 * same bits as if it had never stopped.
 *
 * @returns a promise of the networks and the history. It rejects with the errors below.
 * @throws ArgumentError or ShapeError before the first step if an option is wrong, and an ArgumentError that lists the
 *   differences if a resumed training has other settings than the saved one.
 * @throws DivergenceError in the step in which a loss or a weight becomes NaN or infinite, or at the end of the epoch
 *   in which a callback has written such a number. That state is never saved.
 * @throws FormatError if `resume` finds only damaged checkpoints.
 * @example
 * const { images } = await loadMnist();
 * const { generator, history } = await trainGan({
 *   images,
 *   epochs: 20,
 *   onEpoch: ({ epoch, samples }) => console.log(epoch, samples.shape),
 * });
 * generator.predict(createRandom(1).normal([16, 100])).shape; // [16, 28, 28, 1]
 * @example
 * // Class-conditional:
 * const { images, labels } = await loadMnist();
 * const { averageGenerator } = await trainGan({ images, labels, loss: 'hinge', emaMomentum: 0.999 });
 * sampleClasses(averageGenerator!, [4, 2]).shape; // [2, 28, 28, 1]
 * @example
 * // Your own losses: a relativistic GAN.
 * const { images } = await loadMnist();
 * const objective: Objective = {
 *   generatorLoss: (fake, real) => binaryCrossentropy(1, sub(fake, mean(real)), { fromLogits: true }),
 *   discriminatorLoss: (real, fake) => binaryCrossentropy(1, sub(real, mean(fake)), { fromLogits: true }),
 * };
 * await trainGan({ images, objective });
 * @example
 * // The loss and penalties of R3GAN, and augmentation for few images.
 * const { images } = await loadMnist({ limit: 1000 });
 * await trainGan({
 *   images,
 *   discriminator: convDiscriminator({ width: 0.25, dropoutRate: 0 }),
 *   loss: 'relativistic',
 *   gradientPenalty: { kind: 'r1r2', weight: 1 },
 *   augmentation: ['translation', 'cutout'],
 *   batchSize: 64,
 * });
 * @example
 * // Ends after Ctrl-C or a crash where it stopped, once it is started again:
 * const { images } = await loadMnist();
 * await trainGan({ images, checkpoint: checkpointDirectory('checkpoints'), resume: true });
 */
export async function trainGan(options: TrainGanOptions): Promise<TrainGanResult> {
  const setup = readTrainGanOptions(options);
  const { networks, random, onEpoch, beforeStep, latentDim, sampleCount } = setup;
  const { generator, discriminator, average } = networks;
  const averageGenerator = average?.model;
  const sampleNoise = variable(random.normal([sampleCount, latentDim]), 'sample_noise');
  const turn = { generator, discriminator, averageGenerator, sampleNoise };
  let updates: GanUpdate | undefined;
  try {
    const result = await train<GanLosses>(setup, {
      where: WHERE,
      players: ganPlayers(networks),
      zeroMeasures: { generatorLoss: 0, discriminatorLoss: 0, ...(setup.gradientPenalty && { gradientPenalty: 0 }) },
      settings: settingsOf(setup),
      tensors: new Map([...averagesOf(averageGenerator), ['sample_noise', sampleNoise]]),
      beforeStep:
        beforeStep &&
        (async (step, save) => {
          updates = checkUpdates(await beforeStep({ ...step, ...turn, save }));
        }),
      forward: (batch) => forward(setup, batch, updates),
      afterUpdate: ({ stepsDone }) => updateAverage(networks, { ...setup, stepsDone, updates }),
      afterEpoch(record) {
        const samples = drawSamples(setup, sampleNoise);
        // Whether the callback keeps the samples or only reads them, they must not occupy tensor memory in later
        // epochs.
        samples.storage.moveOut();
        return onEpoch?.({ ...record, samples, generator, averageGenerator });
      },
    });
    return { generator, discriminator, averageGenerator, ...result };
  } finally {
    sampleNoise.dispose();
  }
}

/**
 * The settings that decide the bits, besides images, optimizers and networks. What is off by default is left out when
 * it is off, so that older checkpoints can be resumed.
 */
function settingsOf(setup: TrainGanSetup): Record<string, string | number> {
  const { latentDim, sampleCount, loss, labelSmoothing, networks, labels, classes } = setup;
  const { discriminatorSteps, gradientPenalty, augmentation } = setup;
  return {
    ...{ latentDim, sampleCount, loss, labelSmoothing },
    ...(networks.average && { emaMomentum: networks.average.momentum }),
    ...(labels && { 'labels.classes': classes, 'labels.hash': hashLabels(labels) }),
    ...(discriminatorSteps > 1 && { discriminatorSteps }),
    ...(gradientPenalty && withPrefix('gradientPenalty.', gradientPenalty)),
    ...(augmentation && { augmentation: augmentation.map(({ kind, amount }) => `${kind} ${amount}`).join(', ') }),
  };
}

function withPrefix(
  prefix: string,
  settings: Readonly<Record<string, string | number>>,
): Record<string, string | number> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [prefix + name, value]));
}

function averagesOf(averageGenerator: Model | undefined): [string, Variable][] {
  return [...(averageGenerator?.namedWeights ?? [])].map(([name, weight]) => [`generator_average.${name}`, weight]);
}

function checkUpdates(result: unknown): GanUpdate | undefined {
  return result === undefined ? undefined : checkChoice(WHERE, 'the result of beforeStep()', result, GAN_UPDATES);
}

/** The forward pass. With labels, each network also gets the classes of its images. */
function forward(
  setup: TrainGanSetup,
  { images, places, stepsDone, random }: Batch,
  updates: GanUpdate | undefined,
): Pass<GanLosses> {
  const { labels, classes, networks, batchSize, latentDim } = setup;
  const noise = random.normal([batchSize, latentDim]);
  if (labels === undefined) return ganForward(networks, images, noise, random, { ...setup, stepsDone, updates });
  const realLabels = Uint8Array.from(places, (place) => labels[place]!);
  const realClasses = oneHot(realLabels, classes);
  const fakeClasses = oneHot(drawLabels(labels, random, batchSize), classes);
  const options = { ...setup, stepsDone, updates, realClasses, fakeClasses };
  return ganForward(networks, images, joinClasses(noise, fakeClasses), random, options);
}

/** Samples [sampleCount, ...image], from the averaged generator if there is one. */
function drawSamples({ networks, labels, classes }: TrainGanSetup, noise: Tensor): Tensor {
  const model = networks.average?.model ?? networks.generator;
  if (labels === undefined) return model.predict(noise);
  return scope(() => {
    const classRows = oneHot(labelsInTurn(noise.shape[0]!, classes), classes);
    return model.predict(joinClasses(noise, classRows));
  }, 'trainGan samples');
}
