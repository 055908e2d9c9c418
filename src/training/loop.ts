/**
 * The loop of every training: epochs of steps over the items. Each epoch has a new random order; its last batch may be
 * smaller. Between steps the loop calls the callbacks, checks the signal and yields to the event loop.
 */
import { createPause } from './event-loop.ts';
import type { EpochEvent, Measures, StepEvent } from './events.ts';
import type { Progress } from './progress.ts';

/** The step that comes next. */
export interface ComingStep {
  /** From 1. */
  readonly epoch: number;
  /** The step within the epoch, from 1. */
  readonly step: number;
  readonly stepsPerEpoch: number;
}

export interface Loop<M extends Measures<M>> {
  /** Where the loop starts. The loop updates it. */
  readonly progress: Progress<M>;
  /** The number of items. */
  readonly count: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly signal: AbortSignal | undefined;
  readonly onStep: ((event: StepEvent<M>) => unknown) | undefined;
  /** Called before every step, also before the signal is checked. Its time does not count as the epoch's. */
  beforeStep?(step: ComingStep): unknown;
  /** Does one step with the items at these places. */
  step(places: Int32Array): M;
  /** Called after onStep. */
  afterStep?(): unknown;
  /**
   * Throws if the training must not continue from this state. Called after the last step of each epoch and at the end
   * of the loop, each time after the callbacks.
   */
  checkState(): void;
  /** The measures over validation data. Called after the last step of an epoch. */
  validate?(): M;
  afterEpoch(record: EpochEvent<M>): unknown;
  /** Called when the signal has stopped the loop, before the loop returns. */
  onStopped?(): unknown;
}

export function stepsPerEpochOf({ count, batchSize }: { readonly count: number; readonly batchSize: number }): number {
  return Math.ceil(count / batchSize);
}

/**
 * Runs to the last epoch. The result of a callback is awaited; an error in a callback ends the loop. Returns false if
 * the signal stopped it.
 */
export async function runLoop<M extends Measures<M>>(loop: Loop<M>): Promise<boolean> {
  const { progress, count, batchSize, epochs, signal, onStep } = loop;
  const stepsPerEpoch = stepsPerEpochOf(loop);
  const pauseIfDue = createPause();
  while (progress.epoch <= epochs) {
    let begin = performance.now() - 1000 * progress.seconds;
    const order = progress.order(count);
    while (progress.step < stepsPerEpoch) {
      if (loop.beforeStep !== undefined) {
        const called = performance.now();
        await loop.beforeStep({ epoch: progress.epoch, step: progress.step + 1, stepsPerEpoch });
        begin += performance.now() - called;
      }
      if (signal?.aborted === true) {
        loop.checkState();
        await loop.onStopped?.();
        return false;
      }
      const places = order.subarray(progress.step * batchSize, (progress.step + 1) * batchSize);
      const measures = loop.step(places);
      progress.finishStep(measures, (performance.now() - begin) / 1000);
      await onStep?.({ epoch: progress.epoch, step: progress.step, stepsPerEpoch, ...measures });
      await loop.afterStep?.();
      await pauseIfDue();
    }
    loop.checkState();
    await loop.afterEpoch(progress.finishEpoch(loop.validate?.()));
  }
  loop.checkState();
  return true;
}
