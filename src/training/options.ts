/** The options that every training takes, and their checked form. */
import { createRandom, type Random } from '../autograd/random.ts';
import { checkTensor, Tensor } from '../autograd/tensor.ts';
import type { PlatformAbortSignal } from '../core/abort-signal.ts';
import { hasMethods, invalid, isInstance } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { boolean, callback, integer, type Option, option, type Values } from '../core/options.ts';
import { formatShape } from '../core/shape.ts';
import { checkDataset, type Dataset, sourceOf, tensorDataset } from '../data/dataset.ts';
import { MAX_THREADS } from '../kernels/runtime.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { expectShape } from './checks.ts';
import type { EpochEvent, ResumeEvent, StepEvent } from './events.ts';

/** The options of every training. `M`: the measures of a step. `More`: what onEpoch gets in addition to the means. */
export interface TrainingOptions<M, More = unknown> {
  /**
   * A Dataset, or a Tensor [n, ...item] with values in [-1, 1], such as [n, 28, 28, 1] or, in colour, [n, 32, 32, 3].
   * The values of custom Datasets are not validated; they are checked only to find the cause when a step gives NaN or
   * infinity.
   */
  readonly images: Dataset | Tensor;
  readonly epochs?: number | undefined;
  readonly batchSize?: number | undefined;
  /**
   * The seed of weights, noise, order and the layers' random numbers. The same seed gives the same bits. Default 42.
   */
  readonly seed?: number | undefined;
  /**
   * The number of threads, including the calling one. The bits do not depend on it. Default: the number set with
   * configure(), otherwise one per core. Where threads cannot run, there is one thread, without a warning. After the
   * training the workers sleep until configure({ threads: 1 }) ends them.
   */
  readonly threads?: number | undefined;
  /**
   * The store for the state: memoryCheckpoints(), checkpointDirectory() of ganvas/node, or your own. The state is saved
   * at the end of each epoch (after onEpoch) and when the signal stops the training. If a save fails, the training
   * rejects and earlier checkpoints stay. If the store is not writable or another training saves in it, the training
   * rejects before the first step.
   */
  readonly checkpoint?: CheckpointStore | undefined;
  /** Also saves each time this number of steps is done. Default: saves only at the end of epochs. */
  readonly checkpointEvery?: number | undefined;
  /**
   * Continues from the newest readable checkpoint in `checkpoint`, with the same bits as if the training had never
   * stopped. Images and settings must equal the saved ones; only `epochs` may differ. Default false: a new training,
   * which replaces the saved one.
   */
  readonly resume?: boolean | undefined;
  /** With `resume`: called once before the first step, with the epoch and step. A returned promise is awaited. */
  readonly onResume?: ((event: ResumeEvent) => unknown) | undefined;
  /** Called after every step; a returned promise is awaited. */
  readonly onStep?: ((event: StepEvent<M>) => unknown) | undefined;
  /** Called after every epoch, with the means over its steps; a returned promise is awaited. */
  readonly onEpoch?: ((event: EpochEvent<M, More>) => unknown) | undefined;
  /**
   * Aborting it stops the training after the step in progress, and saves the state if there is a `checkpoint`. The
   * models keep the weights trained so far.
   */
  readonly signal?: PlatformAbortSignal | undefined;
}

type Optional<Given> = Option<Given, Given | undefined, 'optional'>;
type Defaulted<Given> = Option<Given, Given, 'optional'>;

/** The schema of TrainingOptions. */
interface TrainingSchema<M, More = unknown> {
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

/** Checks what the schema cannot: the combination of options. */
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
  if (images.itemShape.length === 0 || images.itemShape.includes(0)) {
    throw new ShapeError(
      `${where}: images must have items of at least one number, such as [n, 28, 28, 1]; got ` +
        `[${['n', ...images.itemShape].join(', ')}]`,
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

/** Images as a dataset. Their values are not checked. */
export function readDataset(where: string, argument: string, images: unknown): Dataset {
  if (!isInstance(images, Tensor)) return checkDataset(where, argument, images);
  checkTensor(where, argument, images);
  if (images.rank === 0) throw new ShapeError(`${where}: ${argument} must have shape [n, 28, 28, 1]; got a scalar`);
  return tensorDataset(images);
}

/** Checks that the values of a tensor lie in [-1, 1]. The values of other datasets are not checked. */
function checkRange(where: string, argument: string, images: Dataset): void {
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

/** Checks validation images: shape and range as in the training, at least one image. */
export function checkValidationImages(where: string, validation: Dataset, images: Dataset): void {
  if (validation.count === 0)
    throw new ArgumentError(`${where}: validation.images has no items. Leave validation out.`);
  const expected = `the images are ${formatShape(images.itemShape)}`;
  expectShape(where, 'the validation images are', validation.itemShape, images.itemShape, expected);
  checkRange(where, 'validation.images', validation);
}
