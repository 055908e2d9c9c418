/**
 * A training of three epochs of four steps that takes milliseconds, with all that a checkpoint must hold: for tests of
 * resuming.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  adam,
  binaryCrossentropy,
  createRandom,
  dataset,
  denseDiscriminator,
  denseGenerator,
  type EpochEvent,
  type GanEpoch,
  type GanLosses,
  layers,
  mean,
  type Objective,
  type StepEvent,
  sequential,
  sub,
  type TrainGanOptions,
  type TrainGanResult,
  trainGan,
} from '../../src/index.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../../src/training/checkpoint.ts';
import type { CheckpointStore } from '../../src/training/checkpoint-store.ts';

export const EPOCHS = 3;
export const STEPS_PER_EPOCH = 4;

const COUNT = 14;
const SIZE = 4;

/**
 * 14 images in batches of 4: the last batch of an epoch has 2. The discriminator's dropout draws random numbers within
 * each step.
 */
export function tinyOptions(overrides: Partial<TrainGanOptions> = {}): TrainGanOptions {
  const bytes = Uint8Array.from({ length: COUNT * SIZE * SIZE }, (_, i) => (i * i * 37 + 11 * i) & 255);
  return {
    images: dataset(bytes, [COUNT, SIZE, SIZE, 1]),
    generator: sequential(
      [
        layers.dense({ units: 6, useBias: false, inputShape: [3] }),
        layers.batchNormalization(),
        layers.leakyReLU(),
        layers.dense({ units: SIZE * SIZE, activation: 'tanh' }),
        layers.reshape({ targetShape: [SIZE, SIZE, 1] }),
      ],
      { random: createRandom(7) },
    ),
    discriminator: sequential(
      [
        layers.flatten({ inputShape: [SIZE, SIZE, 1] }),
        layers.dense({ units: 5 }),
        layers.batchNormalization(),
        layers.leakyReLU(),
        layers.dropout({ rate: 0.25 }),
        layers.dense({ units: 1 }),
      ],
      { random: createRandom(8) },
    ),
    generatorOptimizer: adam({ learningRate: 2e-3 }),
    discriminatorOptimizer: adam({ learningRate: 1e-3 }),
    latentDim: 3,
    epochs: EPOCHS,
    batchSize: 4,
    seed: 5,
    sampleCount: 2,
    ...overrides,
  };
}

/** A training of the dense pair on so many images, for tests of threads. */
export function denseOptions(count: number, overrides: Partial<TrainGanOptions>): TrainGanOptions {
  const bytes = Uint8Array.from({ length: count * 784 }, (_, i) => (i * i * 37 + 11 * i) & 255);
  return {
    images: dataset(bytes, [count, 28, 28, 1]),
    generator: denseGenerator({ random: createRandom(7) }),
    discriminator: denseDiscriminator({ random: createRandom(8) }),
    generatorOptimizer: adam({ learningRate: 1e-3 }),
    discriminatorOptimizer: adam({ learningRate: 1e-3 }),
    seed: 5,
    sampleCount: 2,
    ...overrides,
  };
}

/** A loss of two functions of the user's: the relativistic average GAN of Jolicoeur-Martineau 2018. */
export const relativistic: Objective = {
  generatorLoss: (fake, real) => binaryCrossentropy(1, sub(fake, mean(real)), { fromLogits: true }),
  discriminatorLoss: (real, fake) => binaryCrossentropy(1, sub(real, mean(fake)), { fromLogits: true }),
};

/** A store that keeps every checkpoint, the newest last. */
export function recordingStore(
  initial: readonly Uint8Array[] = [],
): CheckpointStore & { readonly saved: Uint8Array[] } {
  const saved = [...initial];
  return {
    saved,
    async save(bytes) {
      saved.push(bytes);
    },
    async list() {
      return saved.map((bytes, i) => ({ name: `number ${i}`, read: async () => bytes })).reverse();
    },
  };
}

/** SHA-256 of all that a checkpoint holds but the seconds. */
export function stateHash(bytes: Uint8Array): string {
  const checkpoint = decodeCheckpoint(bytes);
  return createHash('sha256')
    .update(encodeCheckpoint(withoutSeconds(checkpoint)))
    .digest('hex');
}

function withoutSeconds(checkpoint: Checkpoint): Checkpoint {
  const { epochSums, history } = checkpoint;
  return {
    ...checkpoint,
    epochSums: { ...epochSums, seconds: 0 },
    history: history.map((totals) => ({ ...totals, seconds: 0 })),
  };
}

/** What a run tells: its result, each step's losses and each epoch's samples. */
export interface Log {
  readonly result: TrainGanResult;
  readonly steps: readonly string[];
  /** By epoch. */
  readonly samples: ReadonlyMap<number, string>;
}

export async function runTiny(overrides: Partial<TrainGanOptions>): Promise<Log> {
  const steps: string[] = [];
  const samples = new Map<number, string>();
  const result = await trainGan({
    ...tinyOptions(overrides),
    async onStep(event: StepEvent<GanLosses>) {
      steps.push(JSON.stringify(event));
      await overrides.onStep?.(event);
    },
    async onEpoch(event: EpochEvent<GanLosses, GanEpoch>) {
      samples.set(event.epoch, JSON.stringify([...event.samples.data]));
      await overrides.onEpoch?.(event);
    },
  });
  return { result, steps, samples };
}

/** Options that stop a run after so many steps. */
export function stopAfter(steps: number): Pick<TrainGanOptions, 'signal' | 'onStep'> {
  const controller = new AbortController();
  if (steps === 0) controller.abort();
  let done = 0;
  return {
    signal: controller.signal,
    onStep: () => {
      if (++done === steps) controller.abort();
    },
  };
}

export interface Reference {
  readonly whole: Log;
  /** One checkpoint a step. */
  readonly saved: readonly Uint8Array[];
  readonly finalHash: string;
  /**
   * Throws unless a run that began after so many steps went on as the whole one did, bit for bit, up to its last state
   * in `store`.
   */
  expectSameEnd(rest: Log, store: { readonly saved: readonly Uint8Array[] }, stepsBefore: number): void;
}

/** The uninterrupted run, saved after every step. */
export async function referenceRun(): Promise<Reference> {
  const { saved, ...store } = recordingStore();
  const whole = await runTiny({ checkpoint: store, checkpointEvery: 1 });
  const finalHash = stateHash(saved.at(-1)!);
  const losses = ({ result }: Log): unknown[] =>
    result.history.map(({ epoch, generatorLoss, discriminatorLoss }) => [epoch, generatorLoss, discriminatorLoss]);
  return {
    whole,
    saved,
    finalHash,
    expectSameEnd(rest, { saved }, stepsBefore) {
      assert.equal(rest.result.completed, true);
      assert.deepEqual(rest.steps, whole.steps.slice(stepsBefore));
      for (const [epoch, samples] of rest.samples) assert.equal(samples, whole.samples.get(epoch), `epoch ${epoch}`);
      assert.equal(rest.samples.size, EPOCHS - Math.floor(stepsBefore / STEPS_PER_EPOCH));
      assert.equal(stateHash(saved.at(-1)!), finalHash);
      assert.deepEqual(losses(rest), losses(whole));
    },
  };
}
