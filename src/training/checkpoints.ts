/** The checkpoints of one training: when they are saved, and from which one it is resumed. */
import { ArgumentError, FormatError, messageOf, RuntimeError } from '../core/errors.ts';
import type { Dataset } from '../data/dataset.ts';
import { listed } from '../io/weights.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { type Configuration, configurationOf, differingSettings } from './configuration.ts';
import type { Measures, ResumeEvent, SkippedCheckpoint } from './events.ts';
import type { Progress } from './progress.ts';
import { type Belongings, capture, checkRestorable, checkState, restore } from './state.ts';

export interface Checkpoints<M extends Measures<M>> {
  /** The progress of the newest checkpoint that can be read, or that of a training that begins. */
  begin(): Promise<Progress<M>>;
  /** After a step: saves if `checkpointEvery` says so. The last step of an epoch has the epoch's end to save it. */
  afterStep(progress: Progress<M>): Promise<void>;
  /**
   * Saves, unless this very state is the one that was saved last. Throws a DivergenceError if it holds a NaN or an
   * infinity.
   */
  save(progress: Progress<M>): Promise<void>;
}

/** What is saved, where, and whether a training is resumed. */
export interface CheckpointSetup<M extends Measures<M>> extends Belongings<M> {
  readonly store: CheckpointStore | undefined;
  readonly checkpointEvery: number | undefined;
  readonly resume: boolean;
  readonly onResume: ((event: ResumeEvent) => unknown) | undefined;
  readonly images: Dataset;
  /** What beside images, optimizers and networks decides the bits, in the order of messages. */
  readonly settings: Readonly<Record<string, string | number>>;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** Progress at the start of a training. */
  fresh(): Progress<M>;
}

export function createCheckpoints<M extends Measures<M>>(setup: CheckpointSetup<M>): Checkpoints<M> {
  const { store, checkpointEvery, resume, onResume, stepsPerEpoch, fresh } = setup;
  if (store === undefined) return { begin: async () => fresh(), afterStep: async () => {}, save: async () => {} };

  const configuration = configurationOf(setup);
  let savedAt = '';
  const position = ({ epoch, step }: Progress<M>): string => `${epoch}:${step}`;
  const save = async (progress: Progress<M>): Promise<void> => {
    if (position(progress) === savedAt) return;
    checkState(setup);
    await store.save(encodeCheckpoint(capture(setup, progress, configuration)));
    savedAt = position(progress);
  };
  return {
    save,
    async begin() {
      if (!resume) return fresh();
      const { found, skipped } = await findNewest(store, setup, configuration);
      const progress = found === undefined ? fresh() : restore(found.checkpoint, setup);
      if (found !== undefined) savedAt = position(progress);
      await onResume?.({ epoch: progress.epoch, step: progress.step, checkpoint: found?.name, skipped });
      return progress;
    },
    async afterStep(progress) {
      const done = (progress.epoch - 1) * stepsPerEpoch + progress.step;
      const due = checkpointEvery !== undefined && done % checkpointEvery === 0 && progress.step < stepsPerEpoch;
      if (due) await save(progress);
    },
  };
}

interface Search {
  /** Undefined if the store is empty. */
  readonly found: { readonly name: string; readonly checkpoint: Checkpoint } | undefined;
  readonly skipped: readonly SkippedCheckpoint[];
}

/**
 * Passes over what is damaged or cannot be read. A sound checkpoint of other settings is an error and not passed over.
 */
async function findNewest<M extends Measures<M>>(
  store: CheckpointStore,
  setup: CheckpointSetup<M>,
  configuration: Configuration,
): Promise<Search> {
  const skipped: SkippedCheckpoint[] = [];
  for (const saved of await store.list()) {
    const { name } = saved;
    try {
      const checkpoint = decodeCheckpoint(await saved.read());
      checkSettings(setup, name, checkpoint, configuration);
      checkRestorable(checkpoint, setup, setup.stepsPerEpoch);
      return { found: { name, checkpoint }, skipped };
    } catch (error) {
      if (error instanceof ArgumentError) throw error;
      skipped.push({ name, error });
    }
  }
  const [newest] = skipped;
  if (newest === undefined) return { found: undefined, skipped };
  const reasons = skipped.map(({ name, error }) => `${name}: ${messageOf(error)}`);
  const message =
    `${setup.where}: no checkpoint can be read: ${reasons.join('; ')}. To start over, remove them or leave resume ` +
    'out.';
  const cause = { cause: newest.error };
  throw newest.error instanceof FormatError
    ? new FormatError(message, undefined, cause)
    : new RuntimeError(message, cause);
}

function checkSettings<M extends Measures<M>>(
  { where, epochs }: CheckpointSetup<M>,
  name: string,
  checkpoint: Checkpoint,
  given: Configuration,
): void {
  const differing = differingSettings(checkpoint.configuration, given);
  const started = checkpoint.step === 0 ? checkpoint.epoch - 1 : checkpoint.epoch;
  if (started > epochs) differing.push(`epochs: saved in epoch ${started}, given only ${epochs}`);
  if (differing.length === 0) return;
  throw new ArgumentError(
    `${where}: ${name} was saved by a training with other settings: ${listed(differing, '; ')}. Resume with the ` +
      'saved ones, or start over with resume: false.',
  );
}
