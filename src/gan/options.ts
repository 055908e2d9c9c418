/** The options of trainGan: their defaults, and every complaint that can be made before the first step. */
import { createRandom, type Random } from '../autograd/random.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { checkBoolean, checkInteger, checkOptions, invalid } from '../core/check.ts';
import { ArgumentError } from '../core/errors.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Model } from '../nn/sequential.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import type { CheckpointStore } from '../training/checkpoint-store.ts';
import { checkCallbacks, checkSignal, checkThreads, readImages } from '../training/checks.ts';
import { checkClasses, readLabels } from './classes.ts';
import { DEFAULT_LOSS, type GanLoss, type Objective, readObjective } from './losses.ts';
import { readNetworks, warnOfRange } from './networks.ts';
import type { GanLosses, GanNetworks } from './step.ts';

export interface StepEvent extends GanLosses {
  /** From 1. */
  readonly epoch: number;
  /** Within the epoch, from 1. */
  readonly step: number;
  readonly stepsPerEpoch: number;
}

export interface EpochEvent extends GanLosses {
  readonly epoch: number;
  /** [sampleCount, ...image], from the same noise every epoch, in inference mode; with `labels` of the classes 0, 1, ... in turn. */
  readonly samples: Tensor;
  /** As trained so far: to save its weights, or to draw more. */
  readonly generator: Model;
  /** With `emaMomentum` the generator of averaged weights, which the samples come from. */
  readonly averageGenerator: Model | undefined;
  readonly seconds: number;
}

/** A checkpoint that could not be used, and why: damaged, or not readable. */
export interface SkippedCheckpoint {
  readonly name: string;
  readonly error: unknown;
}

export interface ResumeEvent {
  /** The epoch to go on in, from 1. */
  readonly epoch: number;
  /** How many of its steps are done already. */
  readonly step: number;
  /** The store's name for the checkpoint; undefined if there was none, and the training starts from the beginning. */
  readonly checkpoint: string | undefined;
  /** Newer checkpoints than that. */
  readonly skipped: readonly SkippedCheckpoint[];
}

export interface TrainGanOptions {
  /**
   * A Dataset, or a Tensor [n, 28, 28, 1] with values in [-1, 1]. A Dataset of your own is believed: its values are looked at only if a
   * step goes wrong.
   */
  readonly images: Dataset | Tensor;
  /**
   * The classes of the images, one number from 0 to classes - 1 for each: what loadMnist() returns as labels. With them the training is
   * class-conditional: the generator learns to draw the class that it is asked for. It takes noise and class, latentDim + classes numbers,
   * the discriminator pixels and class, as withClasses() joins them.
   */
  readonly labels?: ArrayLike<number> | undefined;
  /** With `labels`: how many classes there are, at most 256. Default 10. */
  readonly classes?: number | undefined;
  /** Default: denseGenerator(), or with `labels` conditionalGenerator(), with weights drawn by the seed. */
  readonly generator?: Model | undefined;
  /** Default: denseDiscriminator(), or with `labels` conditionalDiscriminator(), with weights drawn by the seed. */
  readonly discriminator?: Model | undefined;
  /** Length of the noise vectors. Default 100. */
  readonly latentDim?: number | undefined;
  /** Default 100. */
  readonly epochs?: number | undefined;
  /**
   * Default 256. For networks with batch normalisation it should be well above 1: of a batch of one it makes a constant, through which
   * nothing flows back.
   */
  readonly batchSize?: number | undefined;
  /** Decides weights, noise and order: same seed, same bits. Default 42. */
  readonly seed?: number | undefined;
  /** How many samples onEpoch gets. Default 16. */
  readonly sampleCount?: number | undefined;
  /**
   * Threads to compute with, the calling one included; the bits do not depend on it. Default: what configure() was told, else one a
   * core. Where threads cannot run there is one, silently. The workers stay, asleep, until configure({ threads: 1 }) ends them.
   */
  readonly threads?: number | undefined;
  /** Default adam({ learningRate: 1e-4 }), as is the discriminator's. Each network needs one of its own. */
  readonly generatorOptimizer?: Optimizer | undefined;
  readonly discriminatorOptimizer?: Optimizer | undefined;
  /**
   * What the networks minimise. Default 'nonSaturating', binary cross-entropy; 'minimax' is its first form, with which a generator learns
   * slowly as long as its images are refused; 'leastSquares' and 'hinge' judge by distance. The formulas stand in src/gan/losses.ts.
   */
  readonly loss?: GanLoss | undefined;
  /** One-sided label smoothing: real images get the label 1 - labelSmoothing, from 0 to below 1. Not with 'hinge'. Default 0. */
  readonly labelSmoothing?: number | undefined;
  /**
   * Keeps an exponential moving average of the generator's weights and moving statistics; after step t
   * average = m average + (1 - m) weight, m = min(emaMomentum, (1 + t) / (10 + t)). The samples of onEpoch and the result's `averageGenerator`
   * come from it. From 0 to below 1, such as 0.999. Default: none. The training itself does not change by it.
   */
  readonly emaMomentum?: number | undefined;
  /**
   * Where the state is saved at the end of each epoch (after onEpoch) and when the signal stops the training: memoryCheckpoints(),
   * checkpointDirectory() of ganvas/node, or your own. A failed save rejects the training; earlier checkpoints stay.
   */
  readonly checkpoint?: CheckpointStore | undefined;
  /** Saves after every so many steps too. Default: only at the ends of epochs. */
  readonly checkpointEvery?: number | undefined;
  /**
   * Goes on from the newest checkpoint in `checkpoint` that can be read, with the same bits as if the training had never stopped.
   * Images and settings must be the saved ones; only `epochs` may differ. Default false: a new training, which replaces what is there.
   */
  readonly resume?: boolean | undefined;
  /** With `resume`: called once, before the first step, and told where that is. A returned promise is awaited. */
  readonly onResume?: ((event: ResumeEvent) => unknown) | undefined;
  /** Called after every step; a returned promise is awaited. */
  readonly onStep?: ((event: StepEvent) => unknown) | undefined;
  /** Called after every epoch; a returned promise is awaited. */
  readonly onEpoch?: ((event: EpochEvent) => unknown) | undefined;
  /** Stops the training after the step in progress, and saves its state if there is a `checkpoint`. */
  readonly signal?: AbortSignal | undefined;
}

export interface TrainGanSetup {
  readonly images: Dataset;
  readonly labels: Uint8Array | undefined;
  readonly classes: number;
  readonly networks: GanNetworks;
  readonly loss: GanLoss;
  readonly labelSmoothing: number;
  readonly objective: Objective;
  readonly seed: number;
  readonly random: Random;
  readonly latentDim: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly sampleCount: number;
  readonly threads: number | undefined;
  readonly checkpoint: CheckpointStore | undefined;
  readonly checkpointEvery: number | undefined;
  readonly resume: boolean;
  readonly onResume: TrainGanOptions['onResume'];
  readonly onStep: TrainGanOptions['onStep'];
  readonly onEpoch: TrainGanOptions['onEpoch'];
  readonly signal: AbortSignal | undefined;
}

const OPTION_NAMES: readonly (keyof TrainGanOptions)[] = [
  'images',
  'labels',
  'classes',
  'generator',
  'discriminator',
  'latentDim',
  'epochs',
  'batchSize',
  'seed',
  'sampleCount',
  'threads',
  'generatorOptimizer',
  'discriminatorOptimizer',
  'loss',
  'labelSmoothing',
  'emaMomentum',
  'checkpoint',
  'checkpointEvery',
  'resume',
  'onResume',
  'onStep',
  'onEpoch',
  'signal',
];
const WHERE = 'trainGan';

export function readTrainGanOptions(options: TrainGanOptions): TrainGanSetup {
  checkOptions(WHERE, options ?? null, OPTION_NAMES);
  const { latentDim = 100, epochs = 100, batchSize = 256, seed = 42, sampleCount = 16, threads, signal } = options;
  checkInteger(WHERE, 'latentDim', latentDim, 1);
  checkInteger(WHERE, 'epochs', epochs, 0);
  checkInteger(WHERE, 'batchSize', batchSize, 1);
  checkInteger(WHERE, 'sampleCount', sampleCount, 0);
  checkThreads(WHERE, threads);
  checkCallbacks(WHERE, options, ['onResume', 'onStep', 'onEpoch']);
  checkSignal(WHERE, signal);
  const saving = readCheckpointOptions(options);
  const images = readImages(WHERE, options.images, batchSize);
  const { labels, classes } = readClassOptions(options, images.count);
  const { loss = DEFAULT_LOSS, labelSmoothing = 0 } = options;
  const objective = readObjective(WHERE, loss, labelSmoothing);
  const random = createRandom(checkInteger(WHERE, 'seed', seed, 0));
  const surroundings = { latentDim, imageShape: images.itemShape, classes: labels && classes };
  const networks = readNetworks(WHERE, options, surroundings, random);
  warnOfRange(WHERE, images, networks.generator);
  const { onResume, onStep, onEpoch } = options;
  const numbers = { seed, latentDim, epochs, batchSize, sampleCount, threads };
  const judging = { loss, labelSmoothing, objective };
  return {
    ...numbers,
    ...judging,
    ...saving,
    images,
    labels,
    classes,
    networks,
    random,
    onResume,
    onStep,
    onEpoch,
    signal,
  };
}

function readClassOptions(options: TrainGanOptions, count: number): Pick<TrainGanSetup, 'labels' | 'classes'> {
  const classes = checkClasses(WHERE, options.classes);
  if (options.labels === undefined) {
    if (options.classes !== undefined) {
      throw new ArgumentError(`${WHERE}: classes needs labels, one for each image. Give labels, or leave classes out.`);
    }
    return { labels: undefined, classes };
  }
  return { labels: readLabels(WHERE, options.labels, classes, count), classes };
}

function readCheckpointOptions(
  options: TrainGanOptions,
): Pick<TrainGanSetup, 'checkpoint' | 'checkpointEvery' | 'resume'> {
  const { checkpoint, checkpointEvery } = options;
  const remedy = 'Use memoryCheckpoints(), or checkpointDirectory(path) of ganvas/node.';
  const isStore = typeof checkpoint?.save === 'function' && typeof checkpoint.list === 'function';
  if (checkpoint !== undefined && !isStore) invalid(WHERE, 'checkpoint', 'a CheckpointStore', checkpoint, remedy);
  if (checkpointEvery !== undefined) checkInteger(WHERE, 'checkpointEvery', checkpointEvery, 1);
  const resume = checkBoolean(WHERE, 'resume', options.resume ?? false);
  if (checkpoint === undefined && (resume || checkpointEvery !== undefined)) {
    throw new ArgumentError(`${WHERE}: ${resume ? 'resume' : 'checkpointEvery'} needs a checkpoint store. ${remedy}`);
  }
  return { checkpoint, checkpointEvery, resume };
}
