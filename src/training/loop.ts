/**
 * The loop of every training: epochs of steps over the items in an order drawn anew, the last, smaller batch kept.
 * Between steps it tells the caller, hears the signal, and lets the event loop breathe.
 */
import { createBreather } from './event-loop.ts';
import type { EpochEvent, Measures, StepEvent } from './events.ts';
import type { Progress } from './progress.ts';

export interface Loop<M extends Measures<M>> {
  /** Where it begins; moved on by the loop. */
  readonly progress: Progress<M>;
  /** How many items there are. */
  readonly count: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly signal: AbortSignal | undefined;
  readonly onStep: ((event: StepEvent<M>) => unknown) | undefined;
  /** One step with the items at these places. */
  step(places: Int32Array): M;
  /** After onStep. */
  afterStep?(): unknown;
  /**
   * Throws if the state is not worth going on with: after the last step of each epoch and when the loop ends, each time
   * after the callbacks.
   */
  checkState(): void;
  /** After the last step of an epoch: the measures over validation data. */
  validate?(): M;
  afterEpoch(record: EpochEvent<M>): unknown;
  /** When the signal has stopped the loop, before it returns. */
  onStopped?(): unknown;
}

export function stepsPerEpochOf({ count, batchSize }: { readonly count: number; readonly batchSize: number }): number {
  return Math.ceil(count / batchSize);
}

/**
 * Runs to the last epoch; whatever a callback returns is awaited, what it throws ends the loop. False if the signal
 * stopped it.
 */
export async function runLoop<M extends Measures<M>>(loop: Loop<M>): Promise<boolean> {
  const { progress, count, batchSize, epochs, signal, onStep } = loop;
  const stepsPerEpoch = stepsPerEpochOf(loop);
  const breathe = createBreather();
  while (progress.epoch <= epochs) {
    const begin = performance.now() - 1000 * progress.seconds;
    const order = progress.order(count);
    while (progress.step < stepsPerEpoch) {
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
      await breathe();
    }
    loop.checkState();
    await loop.afterEpoch(progress.finishEpoch(loop.validate?.()));
  }
  loop.checkState();
  return true;
}
