/**
 * The engine of every training. A training says who plays (player.ts), what one forward pass gives each of them, and
 * which settings and further tensors belong to it; from this come epochs of steps, events, validation, checkpoints and
 * exact resumption.
 */
import type { Random } from '../autograd/random.ts';
import { scope } from '../autograd/scope.ts';
import type { Tensor, Variable } from '../autograd/tensor.ts';
import { heap, useThreads } from '../kernels/runtime.ts';
import { createCheckpoints } from './checkpoints.ts';
import { checkSlots } from './checks.ts';
import type { EpochEvent, Measures } from './events.ts';
import { runLoop, stepsPerEpochOf } from './loop.ts';
import type { TrainingRun } from './options.ts';
import type { Player } from './player.ts';
import { Progress } from './progress.ts';
import { checkState } from './state.ts';
import { type Pass, trainStep } from './step.ts';

/** What a step has to work with. */
export interface Batch {
  /** [n, ...item], the images at these places. */
  readonly images: Tensor;
  readonly places: Int32Array;
  /** Where noise, labels and dropout are drawn from. */
  readonly random: Random;
}

/** What one kind of training is. */
export interface Training<M extends Measures<M>> {
  /** Its name, for errors. */
  readonly where: string;
  /** In the order of the forward pass. */
  readonly players: readonly Player[];
  /** What each step measures, each at 0. */
  readonly nothing: M;
  /** What beside seed, batch size, images, optimizers and networks decides the bits, in the order of messages. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** What is saved beside weights and slots, by name. */
  readonly tensors?: ReadonlyMap<string, Variable> | undefined;
  /** The forward pass in training mode. */
  forward(batch: Batch): Pass<M>;
  /** At the end of each step. */
  afterUpdate?(): void;
  /** The measures over validation data, if there are some. */
  readonly validate?: (() => M) | undefined;
  /** After each epoch, before its checkpoint. */
  afterEpoch(record: EpochEvent<M>): unknown;
}

export interface TrainingResult<M> {
  /** One record for each finished epoch. */
  readonly history: readonly EpochEvent<M>[];
  /** False if the signal stopped the training before its last epoch was done. */
  readonly completed: boolean;
}

/**
 * Runs a training; rejects with a DivergenceError in the step in which a loss or a weight turns NaN or infinite, and at
 * the end of an epoch if a callback has written such a number into weights, slots or further tensors.
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
  const belongings = {
    ...{ where, players, nothing: training.nothing },
    tensors: training.tensors ?? new Map(),
    hasValidation: training.validate !== undefined,
  };
  const checkpoints = createCheckpoints({
    ...{ ...belongings, images, epochs, store, checkpointEvery, resume, onResume },
    settings: { seed, batchSize, ...training.settings },
    stepsPerEpoch: stepsPerEpochOf({ count: images.count, batchSize }),
    fresh: () => new Progress(run.random, training.nothing),
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
      step(places) {
        // From full batches to the last, smaller one, and back.
        if (places.length !== size) heap().mergeFree();
        size = places.length;
        return scope(() => {
          const batch = { images: images.gather(places), places, random: progress.random };
          const measures = trainStep(where, players, batch.images, () => training.forward(batch));
          training.afterUpdate?.();
          return measures;
        }, `${where} step`);
      },
      afterStep: () => checkpoints.afterStep(progress),
      checkState: () => checkState(belongings),
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
