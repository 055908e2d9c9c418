/** Keeps the report of a run up to date while it is trained, in at most a hundredth of the time. */
import type { Model } from '../../src/index.ts';
import { type RunDescription, writeDescription } from '../run-folder.ts';
import { saveTrainingAnimation, saveWalk } from './animations.ts';
import { describeEnvironment } from './environment.ts';
import { epochPictures } from './epochs.ts';
import { readLosses } from './losses.ts';
import { writeRunReport } from './run-report.ts';

export interface Reporter {
  /** Writes the report, unless the last one took more than a hundredth of the time since then. */
  onEpoch(): Promise<void>;
  /**
   * Writes run.json, the animations and the report, for a training that has finished or was stopped.
   *
   * @param classes - of a conditional generator.
   * @param history - of a training that has finished: run.json gets the time of all epochs.
   */
  close(
    generator: Model,
    classes?: number | undefined,
    history?: readonly { readonly seconds: number }[],
  ): Promise<void>;
}

/** A report costs at most this share of the time. */
const SHARE = 0.01;

export function createReporter(
  folder: string,
  description: RunDescription,
  now: () => number = () => performance.now(),
): Reporter {
  let due = Number.NEGATIVE_INFINITY;
  const describe = (seconds?: number): Promise<void> =>
    writeDescription(folder, { ...description, environment: describeEnvironment(), seconds });
  return {
    async onEpoch() {
      const start = now();
      if (start < due) return;
      // Not before: now the threads are running.
      if (due === Number.NEGATIVE_INFINITY) await describe();
      await writeRunReport(folder, true);
      const end = now();
      due = end + (end - start) / SHARE;
    },
    async close(generator, classes, history) {
      await describe(history?.reduce((sum, { seconds }) => sum + seconds, 0));
      await saveWalk(folder, generator, classes, description.seed);
      const { epochs } = readLosses(folder, Math.ceil(description.images / description.batchSize));
      await saveTrainingAnimation(folder, epochPictures(folder, epochs));
      await writeRunReport(folder);
    },
  };
}
