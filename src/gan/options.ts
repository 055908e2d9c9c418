/** The options of trainGan: their defaults, and every complaint that can be made before the first step. */
import { createRandom, type Random } from '../autograd/random.ts';
import { checkTensor, Tensor, zeros } from '../autograd/tensor.ts';
import { checkBoolean, checkFunction, checkInteger, checkOptions, describe, invalid } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { checkShape, formatShape, type Shape, sameShape } from '../core/shape.ts';
import { type Dataset, sourceOf, tensorDataset } from '../data/dataset.ts';
import type { CheckpointStore } from '../io/checkpoint-store.ts';
import { MAX_THREADS } from '../kernels/runtime.ts';
import type { Model } from '../nn/sequential.ts';
import { adam, type Optimizer } from '../optim/adam.ts';
import { denseDiscriminator, denseGenerator } from './models.ts';
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
  /** [sampleCount, ...image], from the same noise every epoch, in inference mode. */
  readonly samples: Tensor;
  /** As trained so far: to save its weights, or to draw more. */
  readonly generator: Model;
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
  /** Default: denseGenerator() with weights drawn by the seed. */
  readonly generator?: Model | undefined;
  /** Default: denseDiscriminator() with weights drawn by the seed. */
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
  /** Default adam({ learningRate: 1e-4 }), as is the discriminator's. */
  readonly generatorOptimizer?: Optimizer | undefined;
  readonly discriminatorOptimizer?: Optimizer | undefined;
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
  readonly networks: GanNetworks;
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
  'checkpoint',
  'checkpointEvery',
  'resume',
  'onResume',
  'onStep',
  'onEpoch',
  'signal',
];
const WHERE = 'trainGan';
const LEARNING_RATE = 1e-4;

export function readTrainGanOptions(options: TrainGanOptions): TrainGanSetup {
  checkOptions(WHERE, options ?? null, OPTION_NAMES);
  const { latentDim = 100, epochs = 100, batchSize = 256, seed = 42, sampleCount = 16, threads, signal } = options;
  checkInteger(WHERE, 'latentDim', latentDim, 1);
  checkInteger(WHERE, 'epochs', epochs, 0);
  checkInteger(WHERE, 'batchSize', batchSize, 1);
  checkInteger(WHERE, 'sampleCount', sampleCount, 0);
  if (threads !== undefined) checkInteger(WHERE, 'threads', threads, 1, MAX_THREADS);
  for (const name of ['onResume', 'onStep', 'onEpoch'] as const) {
    if (options[name] !== undefined) checkFunction(WHERE, name, options[name]);
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) invalid(WHERE, 'signal', 'an AbortSignal', signal);
  const saving = readCheckpointOptions(options);
  const images = readImages(options.images, batchSize);
  const random = createRandom(checkInteger(WHERE, 'seed', seed, 0));
  const generator = options.generator ?? denseGenerator({ latentDim, random });
  const discriminator = options.discriminator ?? denseDiscriminator({ random });
  checkModel('generator', generator);
  checkModel('discriminator', discriminator);
  checkFit(generator, discriminator, images.itemShape, latentDim);
  const { generatorOptimizer = adam({ learningRate: LEARNING_RATE }) } = options;
  const { discriminatorOptimizer = adam({ learningRate: LEARNING_RATE }) } = options;
  checkOptimizer('generatorOptimizer', generatorOptimizer);
  checkOptimizer('discriminatorOptimizer', discriminatorOptimizer);
  const networks = { generator, discriminator, generatorOptimizer, discriminatorOptimizer };
  const { onResume, onStep, onEpoch } = options;
  const numbers = { seed, latentDim, epochs, batchSize, sampleCount, threads };
  return { ...numbers, ...saving, images, networks, random, onResume, onStep, onEpoch, signal };
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

function readImages(images: Dataset | Tensor, batchSize: number): Dataset {
  if (images instanceof Tensor) {
    checkTensor(WHERE, 'images', images);
    if (images.rank === 0) throw new ShapeError(`${WHERE}: images must have shape [n, 28, 28, 1]; got a scalar`);
  }
  const source = images instanceof Tensor ? tensorDataset(images) : images;
  if (typeof source !== 'object' || source === null || typeof source.gather !== 'function') {
    return invalid(
      WHERE,
      'images',
      'a Dataset or a Tensor [n, 28, 28, 1]',
      images,
      'Make one with dataset(bytes, shape) or loadMnist().',
    );
  }
  checkInteger(WHERE, 'images.count', source.count, 0);
  checkShape(WHERE, 'images.itemShape', source.itemShape);
  if (source.count < batchSize) {
    throw new ArgumentError(
      `${WHERE}: images has ${source.count} items, fewer than one batch of ${batchSize}. Give more images or a smaller batchSize.`,
    );
  }
  const tensor = sourceOf(source);
  if (tensor !== undefined) checkRange(tensor);
  return source;
}

function checkRange(images: Tensor): void {
  checkTensor(WHERE, 'images', images);
  const values = images.data;
  for (let i = 0; i < values.length; i++) {
    if (!(Math.abs(values[i]!) <= 1)) {
      throw new ArgumentError(
        `${WHERE}: images must lie in [-1, 1]; element ${i} is ${values[i]}. Bytes are scaled by dataset(bytes, shape).`,
      );
    }
  }
}

function checkModel(argument: string, model: Model): void {
  const whole =
    typeof model?.call === 'function' && typeof model.predict === 'function' && model.namedWeights instanceof Map;
  if (!whole || !Array.isArray(model.trainableWeights) || !Array.isArray(model.layers)) {
    invalid(WHERE, argument, 'a model', model, 'Make one with sequential([...]).');
  }
}

function checkOptimizer(argument: string, optimizer: Optimizer): void {
  const whole = ['apply', 'slots', 'restore'] as const;
  if (!whole.every((name) => typeof optimizer?.[name] === 'function') || typeof optimizer.config !== 'object') {
    invalid(WHERE, argument, 'an optimizer', optimizer, 'Make one with adam({ learningRate }).');
  }
}

/** Builds models that have no inputShape of their own, and compares what meets: noise, images, logits. */
function checkFit(generator: Model, discriminator: Model, imageShape: Shape, latentDim: number): void {
  if (generator.inputShape === undefined) generator.predict(zeros([1, latentDim])).dispose();
  if (discriminator.inputShape === undefined) discriminator.predict(zeros([1, ...imageShape])).dispose();
  expectShape('the generator takes', generator.inputShape, [latentDim], `latentDim is ${latentDim}`);
  expectShape('the generator makes', generator.outputShape, imageShape, `the images are ${formatShape(imageShape)}`);
  expectShape(
    'the discriminator takes',
    discriminator.inputShape,
    imageShape,
    `the images are ${formatShape(imageShape)}`,
  );
  expectShape('the discriminator makes', discriminator.outputShape, [1], 'one logit an image is needed');
}

function expectShape(subject: string, got: Shape | undefined, expected: Shape, because: string): void {
  if (got === undefined || !sameShape(got, expected)) {
    throw new ShapeError(
      `${WHERE}: ${subject} items of shape ${got === undefined ? describe(got) : formatShape(got)}, but ${because}.`,
    );
  }
}
