/** The checkpoints of one training: when they are saved, and which one is resumed. */
import { fileBytes } from '../core/bytes.ts';
import { describe, hasMethods, invalid, isArray } from '../core/check.ts';
import { ArgumentError, DivergenceError, FormatError, messageOf, RuntimeError } from '../core/errors.ts';
import { printable } from '../core/text.ts';
import type { Dataset } from '../data/dataset.ts';
import { listed } from '../io/weights.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { type Configuration, configurationOf, differingSettings } from './configuration.ts';
import type { Measures, ResumeEvent, SkippedCheckpoint } from './events.ts';
import type { Progress } from './progress.ts';
import { brokenTensors, capture, checkRestorable, checkState, restore, type SavedParts } from './state.ts';

interface Checkpoints<M extends Measures<M>> {
  /** Opens the store. Returns the progress of the newest readable checkpoint, or of a new training. */
  begin(): Promise<Progress<M>>;
  /**
   * Call it after a step: saves if `checkpointEvery` says so. The last step of an epoch is saved by the epoch's end.
   */
  afterStep(progress: Progress<M>): Promise<void>;
  /**
   * Saves the state unless it was saved already. Throws a DivergenceError if it holds a NaN or an infinity.
   */
  save(progress: Progress<M>): Promise<void>;
  /** Closes the store, whether begin() succeeded or not. Never rejects. */
  end(): Promise<void>;
}

/** What is saved and where, and whether the training is resumed. */
interface CheckpointSetup<M extends Measures<M>> extends SavedParts<M> {
  readonly store: CheckpointStore | undefined;
  readonly checkpointEvery: number | undefined;
  readonly resume: boolean;
  readonly onResume: ((event: ResumeEvent) => unknown) | undefined;
  readonly images: Dataset;
  /** The settings that decide the bits, besides images, optimizers and networks, in the order of messages. */
  readonly settings: Readonly<Record<string, string | number>>;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** Progress at the start of a training. */
  fresh(): Progress<M>;
}

export function createCheckpoints<M extends Measures<M>>(setup: CheckpointSetup<M>): Checkpoints<M> {
  const { where, store, checkpointEvery, epochs, resume, onResume, stepsPerEpoch, fresh } = setup;
  const doNothing = async (): Promise<void> => {};
  if (store === undefined) return { begin: async () => fresh(), afterStep: doNothing, save: doNothing, end: doNothing };

  let configuration: Configuration = {};
  let opened = false;
  let savedAt = '';
  const position = ({ epoch, step }: Progress<M>): string => `${epoch}:${step}`;
  const save = async (progress: Progress<M>): Promise<void> => {
    if (position(progress) === savedAt) return;
    checkState(setup);
    const captured = capture(setup, progress, configuration);
    // A state that could not be resumed is not saved. A callback may have written a negative variance, for example.
    const broken = brokenTensors(captured.tensors);
    if (broken.length > 0) {
      throw new DivergenceError(
        `${where}: the state is not saved: ${listed(broken, '; ')}. Check what onStep and onEpoch write into ` +
          'weights. The last checkpoint is untouched.',
      );
    }
    await store.save(encodeCheckpoint(captured));
    savedAt = position(progress);
  };
  return {
    save,
    async begin() {
      const refusal = await rejectionOf(async () => store.open?.());
      opened = refusal === undefined;
      if (refusal !== undefined && !resume) throw refusal.error;
      configuration = configurationOf(setup);
      if (!resume) return fresh();
      const { found, skipped } = await findNewest(store, setup, configuration);
      // A finished training has nothing to save, so it may be resumed from a store that is not writable.
      const { epoch = 1 } = found?.checkpoint ?? {};
      if (refusal !== undefined && epoch <= epochs) throw refusal.error;
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
    async end() {
      if (opened) await rejectionOf(async () => store.close?.());
    },
  };
}

/** The error that an action rejects with. */
async function rejectionOf(action: () => Promise<unknown>): Promise<{ readonly error: unknown } | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    return { error };
  }
}

interface Search {
  /** Undefined if the store is empty. */
  readonly found: { readonly name: string; readonly checkpoint: Checkpoint } | undefined;
  readonly skipped: readonly SkippedCheckpoint[];
}

/**
 * Skips checkpoints that are damaged or cannot be read. An intact checkpoint of other settings is an error.
 */
async function findNewest<M extends Measures<M>>(
  store: CheckpointStore,
  setup: CheckpointSetup<M>,
  configuration: Configuration,
): Promise<Search> {
  const skipped: SkippedCheckpoint[] = [];
  const { where } = setup;
  for (const { name, read } of await listOf(where, store)) {
    try {
      const bytes = fileBytes(where, `the result of read() of checkpoint ${describe(name)}`, await read());
      const checkpoint = decodeCheckpoint(bytes);
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
    `${where}: no checkpoint can be read: ${listed(reasons, '; ', 1000)}. To start over, remove them or leave resume ` +
    'out.';
  const cause = { cause: newest.error };
  throw newest.error instanceof FormatError
    ? new FormatError(message, undefined, cause)
    : new RuntimeError(message, cause);
}

interface Listed {
  readonly name: string;
  read(): Promise<unknown>;
}

/** Checks the list that a store returns: a user's own store may return anything. */
async function listOf(where: string, store: CheckpointStore): Promise<readonly Listed[]> {
  const list: unknown = await store.list();
  const expected = 'a list of { name, read }, newest first';
  if (!isArray(list)) return invalid(where, 'the result of checkpoint.list()', expected, list);
  return Array.from(list, (entry, i) => {
    if (hasMethods(entry, ['read']) && 'name' in entry && typeof entry.name === 'string') {
      return { name: entry.name, read: async () => entry.read() };
    }
    return invalid(where, `checkpoint.list()[${i}]`, 'an object { name, read }', entry);
  });
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
    `${where}: ${printable(name, 300)} was saved by a training with other settings: ${listed(differing, '; ')}. ` +
      'Resume with the saved ones, or start over with resume: false.',
  );
}
