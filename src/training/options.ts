/** The options that every training takes, and what it works with once they are checked. */
import { createRandom, type Random } from '../autograd/random.ts';
import { checkTensor, Tensor } from '../autograd/tensor.ts';
import { hasMethods, invalid, isInstance } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { boolean, callback, integer, type Option, option, type Values } from '../core/options.ts';
import { formatShape } from '../core/shape.ts';
import { checkDataset, type Dataset, sourceOf, tensorDataset } from '../data/dataset.ts';
import { MAX_THREADS } from '../kernels/runtime.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { expectShape } from './checks.ts';
import type { EpochEvent, ResumeEvent, StepEvent } from './events.ts';

/** `M`: what a step measures; `More`: what onEpoch is told beside the means. */
export interface TrainingOptions<M, More = unknown> {
  /**
   * A Dataset, or a Tensor [n, 28, 28, 1] with values in [-1, 1]. The values of custom Datasets are not validated: they
   * are looked at only if a step goes wrong.
   */
  readonly images: Dataset | Tensor;
  readonly epochs?: number | undefined;
  readonly batchSize?: number | undefined;
  /** Decides weights, noise, order and what layers draw: same seed, same bits. Default 42. */
  readonly seed?: number | undefined;
  /**
   * Threads to compute with, the calling one included; the bits do not depend on it. Default: what configure() was
   * told, else one a core. Where threads cannot run there is one, silently. The workers stay, asleep, until configure({
   * threads: 1 }) ends them.
   */
  readonly threads?: number | undefined;
  /**
   * Where the state is saved at the end of each epoch (after onEpoch) and when the signal stops the training:
   * memoryCheckpoints(), checkpointDirectory() of ganvas/node, or your own. A failed save rejects the training; earlier
   * checkpoints stay. A store that cannot be written, or that another training saves in, rejects it before the first
   * step.
   */
  readonly checkpoint?: CheckpointStore | undefined;
  /** Saves after every so many steps too. Default: only at the ends of epochs. */
  readonly checkpointEvery?: number | undefined;
  /**
   * Goes on from the newest checkpoint in `checkpoint` that can be read, with the same bits as if the training had
   * never stopped. Images and settings must be the saved ones; only `epochs` may differ. Default false: a new training,
   * which replaces what is there.
   */
  readonly resume?: boolean | undefined;
  /** With `resume`: called once, before the first step, and told where that is. A returned promise is awaited. */
  readonly onResume?: ((event: ResumeEvent) => unknown) | undefined;
  /** Called after every step; a returned promise is awaited. */
  readonly onStep?: ((event: StepEvent<M>) => unknown) | undefined;
  /** Called after every epoch, with the means over its steps; a returned promise is awaited. */
  readonly onEpoch?: ((event: EpochEvent<M, More>) => unknown) | undefined;
  /**
   * Stops the training after the step in progress, and saves its state if there is a `checkpoint`. The models can be
   * used as they are.
   */
  readonly signal?: AbortSignal | undefined;
}

type Optional<Given> = Option<Given, Given | undefined, 'optional'>;
type Defaulted<Given> = Option<Given, Given, 'optional'>;

/** The schema of TrainingOptions. */
export interface TrainingSchema<M, More = unknown> {
  readonly images: Option<Dataset | Tensor, Dataset>;
  readonly epochs: Defaulted<number>;
  readonly batchSize: Defaulted<number>;
  readonly seed: Defaulted<number>;
  readonly threads: Optional<number>;
  readonly checkpoint: Optional<CheckpointStore>;
  readonly checkpointEvery: Optional<number>;
  readonly resume: Defaulted<boolean>;
  readonly onResume: Optional<(event: ResumeEvent) => unknown>;
  readonly onStep: Optional<(event: StepEvent<M>) => unknown>;
  readonly onEpoch: Optional<(event: EpochEvent<M, More>) => unknown>;
  readonly signal: Optional<AbortSignal>;
}

export function trainingSchema<M, More = unknown>(defaults: {
  readonly epochs: number;
  readonly batchSize: number;
}): TrainingSchema<M, More> {
  return {
    images: option(readDataset),
    epochs: integer(0).or(defaults.epochs),
    batchSize: integer(1).or(defaults.batchSize),
    seed: integer(0).or(42),
    threads: integer(1, MAX_THREADS).optional(),
    checkpoint: option<CheckpointStore>(checkStore).optional(),
    checkpointEvery: integer(1).optional(),
    resume: boolean().or(false),
    onResume: callback<(event: ResumeEvent) => unknown>().optional(),
    onStep: callback<(event: StepEvent<M>) => unknown>().optional(),
    onEpoch: callback<(event: EpochEvent<M, More>) => unknown>().optional(),
    signal: option<AbortSignal>(checkSignal).optional(),
  };
}

/** The checked options of a training, and the random generator of its seed. */
export interface TrainingRun<M, More = unknown> extends Values<TrainingSchema<M, More>> {
  readonly random: Random;
}

/** Checks what the schema cannot: that options go together. */
export function prepareRun<M, More>(where: string, values: Values<TrainingSchema<M, More>>): TrainingRun<M, More> {
  const { images, batchSize, checkpoint, checkpointEvery, resume, seed } = values;
  if (checkpoint === undefined && (resume || checkpointEvery !== undefined)) {
    throw new ArgumentError(
      `${where}: ${resume ? 'resume' : 'checkpointEvery'} needs a checkpoint store. ${STORE_REMEDY}`,
    );
  }
  if (images.count < batchSize) {
    throw new ArgumentError(
      `${where}: images has ${images.count} items, fewer than one batch of ${batchSize}. Give more images or a ` +
        'smaller batchSize.',
    );
  }
  checkRange(where, 'images', images);
  return { ...values, random: createRandom(seed) };
}

const STORE_REMEDY = 'Use memoryCheckpoints(), or checkpointDirectory(path) of ganvas/node.';

function checkStore(where: string, argument: string, store: unknown): CheckpointStore {
  if (hasMethods(store, ['save', 'list'])) return store as object as CheckpointStore;
  return invalid(where, argument, 'a CheckpointStore', store, STORE_REMEDY);
}

function checkSignal(where: string, argument: string, signal: unknown): AbortSignal {
  return isInstance(signal, AbortSignal) ? signal : invalid(where, argument, 'an AbortSignal', signal);
}

/** Images as a dataset, their values unseen. */
export function readDataset(where: string, argument: string, images: unknown): Dataset {
  if (!isInstance(images, Tensor)) return checkDataset(where, argument, images);
  checkTensor(where, argument, images);
  if (images.rank === 0) throw new ShapeError(`${where}: ${argument} must have shape [n, 28, 28, 1]; got a scalar`);
  return tensorDataset(images);
}

/** The values of a tensor lie in [-1, 1]. Those of other datasets are not looked at. */
export function checkRange(where: string, argument: string, images: Dataset): void {
  const tensor = sourceOf(images);
  if (tensor === undefined) return;
  const values = checkTensor(where, argument, tensor).storage.view();
  for (let i = 0; i < values.length; i++) {
    if (!(Math.abs(values[i]!) <= 1)) {
      throw new ArgumentError(
        `${where}: ${argument} must lie in [-1, 1]; element ${i} is ${values[i]}. Bytes are scaled by dataset(bytes, ` +
          'shape).',
      );
    }
  }
}

/** Images to validate with: as those of the training, but as many as there are, at least one. */
export function checkValidationImages(where: string, validation: Dataset, images: Dataset): void {
  if (validation.count === 0)
    throw new ArgumentError(`${where}: validation.images has no items. Leave validation out.`);
  const expected = `the images are ${formatShape(images.itemShape)}`;
  expectShape(where, 'the validation images are', validation.itemShape, images.itemShape, expected);
  checkRange(where, 'validation.images', validation);
}
