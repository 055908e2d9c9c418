/** The checkpoints of one training: when they are saved, and how a training finds its way back to one. */
import { ArgumentError, FormatError, RuntimeError } from '../core/errors.ts';
import { listed } from '../io/weights.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../training/checkpoint.ts';
import type { CheckpointStore } from '../training/checkpoint-store.ts';
import { type Configuration, configurationOf, differingSettings } from './configuration.ts';
import type { SkippedCheckpoint, TrainGanSetup } from './options.ts';
import { checkRestorable, restore, TrainingState } from './training-state.ts';

export interface Checkpoints {
  /** The state of the newest checkpoint that can be read, or that of a training that begins. */
  begin(): Promise<TrainingState>;
  /** After a step: saves if `checkpointEvery` says so. The last step of an epoch has the epoch's end to save it. */
  afterStep(state: TrainingState): Promise<void>;
  /** Saves, unless this very state is the one that was saved last. */
  save(state: TrainingState): Promise<void>;
}

export function createCheckpoints(setup: TrainGanSetup, stepsPerEpoch: number): Checkpoints {
  const { checkpoint: store, checkpointEvery, networks, resume, onResume } = setup;
  const fresh = (): TrainingState => {
    const { random, sampleCount, latentDim } = setup;
    const sampleNoise = random.normal([sampleCount, latentDim]);
    return new TrainingState(random, sampleNoise);
  };
  if (store === undefined) return { begin: async () => fresh(), afterStep: async () => {}, save: async () => {} };

  const configuration = configurationOf(setup);
  let savedAt = '';
  const position = ({ epoch, step }: TrainingState): string => `${epoch}:${step}`;
  const save = async (state: TrainingState): Promise<void> => {
    if (position(state) === savedAt) return;
    await store.save(encodeCheckpoint(state.capture(networks, configuration)));
    savedAt = position(state);
  };
  return {
    save,
    async begin() {
      if (!resume) return fresh();
      const { found, skipped } = await findNewest(store, setup, configuration, stepsPerEpoch);
      const state = found === undefined ? fresh() : restore(found.checkpoint, networks);
      if (found !== undefined) savedAt = position(state);
      await onResume?.({ epoch: state.epoch, step: state.step, checkpoint: found?.name, skipped });
      return state;
    },
    async afterStep(state) {
      const done = (state.epoch - 1) * stepsPerEpoch + state.step;
      const due = checkpointEvery !== undefined && done % checkpointEvery === 0 && state.step < stepsPerEpoch;
      if (due) await save(state);
    },
  };
}

interface Search {
  /** Undefined if the store is empty. */
  readonly found: { readonly name: string; readonly checkpoint: Checkpoint } | undefined;
  readonly skipped: readonly SkippedCheckpoint[];
}

/** Passes over what is damaged or cannot be read. A sound checkpoint of other settings is an error and not passed over. */
async function findNewest(
  store: CheckpointStore,
  { networks, epochs, sampleCount, latentDim }: TrainGanSetup,
  configuration: Configuration,
  stepsPerEpoch: number,
): Promise<Search> {
  const skipped: SkippedCheckpoint[] = [];
  for (const saved of await store.list()) {
    const { name } = saved;
    try {
      const checkpoint = decodeCheckpoint(await saved.read());
      checkSettings(name, checkpoint, configuration, epochs);
      checkRestorable(checkpoint, networks, [sampleCount, latentDim], stepsPerEpoch);
      return { found: { name, checkpoint }, skipped };
    } catch (error) {
      if (error instanceof ArgumentError) throw error;
      skipped.push({ name, error });
    }
  }
  const [newest] = skipped;
  if (newest === undefined) return { found: undefined, skipped };
  const reasons = skipped.map(
    ({ name, error }) => `${name}: ${error instanceof Error ? error.message : String(error)}`,
  );
  const message = `trainGan: no checkpoint can be read: ${reasons.join('; ')}. To start over, remove them or leave resume out.`;
  const cause = { cause: newest.error };
  throw newest.error instanceof FormatError
    ? new FormatError(message, undefined, cause)
    : new RuntimeError(message, cause);
}

function checkSettings(name: string, checkpoint: Checkpoint, given: Configuration, epochs: number): void {
  const differing = differingSettings(checkpoint.configuration, given);
  const started = checkpoint.step === 0 ? checkpoint.epoch - 1 : checkpoint.epoch;
  if (started > epochs) differing.push(`epochs: saved in epoch ${started}, given only ${epochs}`);
  if (differing.length === 0) return;
  throw new ArgumentError(
    `trainGan: ${name} was saved by a training with other settings: ${listed(differing, '; ')}. Resume with the saved ones, or start over with resume: false.`,
  );
}
