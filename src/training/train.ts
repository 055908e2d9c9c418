/**
 * The engine of every training. A training defines its players (player.ts), the forward pass, its settings and its
 * further tensors. The engine adds epochs of steps, events, validation, checkpoints and exact resumption.
 */
import type { Random } from '../autograd/random.ts';
import { scope } from '../autograd/scope.ts';
import type { Tensor, Variable } from '../autograd/tensor.ts';
import { heap, useThreads } from '../kernels/runtime.ts';
import { createCheckpoints } from './checkpoints.ts';
import { checkSlots } from './checks.ts';
import type { EpochEvent, Measures } from './events.ts';
import { type ComingStep, runLoop, stepsPerEpochOf } from './loop.ts';
import type { TrainingRun } from './options.ts';
import type { Player } from './player.ts';
import { Progress } from './progress.ts';
import { checkState } from './state.ts';
import { type Pass, trainStep } from './step.ts';

/** The input of a step. */
export interface Batch {
  /** The images at `places`: [n, ...item]. */
  readonly images: Tensor;
  readonly places: Int32Array;
  /** The number of steps of the whole training that are done. */
  readonly stepsDone: number;
  /** Draws noise, labels and dropout masks. */
  readonly random: Random;
}

/** The definition of one kind of training. */
interface Training<M extends Measures<M>> {
  /** Its name, for errors. */
  readonly where: string;
  /** The players, in the order of the forward pass. */
  readonly players: readonly Player[];
  /** The measures of a step, all 0. */
  readonly zeroMeasures: M;
  /**
   * The settings that decide the bits, besides seed, batch size, images, optimizers and networks, in the order of
   * messages.
   */
  readonly settings: Readonly<Record<string, string | number>>;
  /** Tensors that are saved in addition to weights and slots, by name. */
  readonly tensors?: ReadonlyMap<string, Variable> | undefined;
  /** Called before each step; its result is awaited. `save` saves the state between the two steps. */
  readonly beforeStep?: ((step: ComingStep, save: () => Promise<void>) => unknown) | undefined;
  /** The forward pass in training mode. */
  forward(batch: Batch): Pass<M>;
  /** Called at the end of each step. */
  afterUpdate?(batch: Batch): void;
  /** The measures over validation data, if there is any. */
  readonly validate?: (() => M) | undefined;
  /** Called after each epoch, before its checkpoint. */
  afterEpoch(record: EpochEvent<M>): unknown;
}

/** What every training returns beside its models. `M`: the measures of a step. */
export interface TrainingResult<M> {
  /** One record for each finished epoch. */
  readonly history: readonly EpochEvent<M>[];
  /** False if the signal stopped the training before its last epoch was done. */
  readonly completed: boolean;
}

/**
 * Runs a training. Rejects with a DivergenceError in the step in which a loss or a weight becomes NaN or infinite, and
 * at the end of an epoch if a callback has written such a number into weights, slots or further tensors.
 */
export async function train<M extends Measures<M>>(
  run: Omit<TrainingRun<M>, 'onEpoch'>,
  training: Training<M>,
): Promise<TrainingResult<M>> {
  const { images, epochs, batchSize, signal, onStep } = run;
  const { where, players } = training;
  for (const { networks, optimizer, optimizerOption } of players) {
    const models = networks.map(({ model }) => model);
    checkSlots(where, optimizerOption, optimizer, models);
  }
  useThreads(run.threads);
  const { seed, checkpoint: store, checkpointEvery, resume, onResume } = run;
  const stepsPerEpoch = stepsPerEpochOf({ count: images.count, batchSize });
  const parts = {
    ...{ where, players, zeroMeasures: training.zeroMeasures },
    tensors: training.tensors ?? new Map(),
    hasValidation: training.validate !== undefined,
  };
  const checkpoints = createCheckpoints({
    ...{ ...parts, images, epochs, store, checkpointEvery, resume, onResume },
    settings: { seed, batchSize, ...training.settings },
    stepsPerEpoch,
    fresh: () => new Progress(run.random, training.zeroMeasures),
  });
  try {
    const progress = await checkpoints.begin();
    let size = batchSize;
    const completed = await runLoop({
      progress,
      count: images.count,
      batchSize,
      epochs,
      signal,
      onStep,
      ...(training.beforeStep && {
        beforeStep: (step) => training.beforeStep?.(step, () => checkpoints.save(progress)),
      }),
      step(places) {
        // The batch size changes at the last batch of an epoch and after it.
        if (places.length !== size) heap().mergeFree();
        size = places.length;
        return scope(() => {
          const { epoch, step, random } = progress;
          const stepsDone = (epoch - 1) * stepsPerEpoch + step;
          const batch = { images: images.gather(places), places, stepsDone, random };
          const measures = trainStep(where, players, batch.images, () => training.forward(batch));
          training.afterUpdate?.(batch);
          return measures;
        }, `${where} step`);
      },
      afterStep: () => checkpoints.afterStep(progress),
      checkState: () => checkState(parts),
      onStopped: () => checkpoints.save(progress),
      ...(training.validate && { validate: training.validate }),
      async afterEpoch(record) {
        await training.afterEpoch(record);
        await checkpoints.save(progress);
      },
    });
    return { history: progress.history, completed };
  } finally {
    await checkpoints.end();
  }
}
