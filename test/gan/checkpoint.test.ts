import { beforeAll, describe, expect, it } from 'vitest';
import type { TrainGanOptions } from '../../src/gan/options.ts';
import { dataset } from '../../src/index.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/training/checkpoint.ts';
import type { ResumeEvent } from '../../src/training/events.ts';
import {
  EPOCHS,
  type Log,
  type Reference,
  recordingStore,
  referenceRun,
  runTiny,
  STEPS_PER_EPOCH,
  stateHash,
  stopAfter,
} from './tiny.ts';

const TOTAL = EPOCHS * STEPS_PER_EPOCH;

/** The uninterrupted run that all others must equal, saved after every step. */
let reference: Reference;
let whole: Log;
let saved: readonly Uint8Array[];

beforeAll(async () => {
  reference = await referenceRun();
  ({ whole, saved } = reference);
});

describe('saving', () => {
  it('does not change the training', async () => {
    const plain = await runTiny({});
    expect(plain.steps).toEqual(whole.steps);
    expect(plain.samples).toEqual(whole.samples);
  });

  it("saves once a step with checkpointEvery: 1; the last step of an epoch is saved with the epoch's end", () => {
    const positions = saved.map((bytes) => decodeCheckpoint(bytes)).map(({ epoch, step }) => `${epoch}.${step}`);
    expect(positions).toEqual(['1.1', '1.2', '1.3', '2.0', '2.1', '2.2', '2.3', '3.0', '3.1', '3.2', '3.3', '4.0']);
  });

  it.each([
    [undefined, ['2.0', '3.0', '4.0']],
    // Counted from the start of the training: steps 5 and 10 are the first of epoch 2 and the second of epoch 3.
    [5, ['2.0', '2.1', '3.0', '3.2', '4.0']],
    // Steps 4, 8 and 12 end an epoch.
    [4, ['2.0', '3.0', '4.0']],
  ])('with checkpointEvery %s it saves at %s (epoch.step)', async (checkpointEvery, expected) => {
    const store = recordingStore();
    await runTiny({ checkpoint: store, checkpointEvery });
    const positions = store.saved.map((bytes) => decodeCheckpoint(bytes)).map(({ epoch, step }) => `${epoch}.${step}`);
    expect(positions).toEqual(expected);
  });

  it('does not save a state twice when it is stopped where it has just saved', async () => {
    for (const [steps, checkpointEvery] of [
      [2, 2],
      // The last step of the first epoch.
      [4, undefined],
    ] as const) {
      const store = recordingStore();
      await runTiny({ checkpoint: store, checkpointEvery, ...stopAfter(steps) });
      expect(store.saved, `stopped after step ${steps}`).toHaveLength(1);
    }
  });

  it("saves an epoch's end after onEpoch, so that a crash within onEpoch repeats it", async () => {
    const store = recordingStore();
    const counts: number[] = [];
    await runTiny({ checkpoint: store, onEpoch: () => counts.push(store.saved.length) });
    expect(counts).toEqual([0, 1, 2]);
  });

  it('holds weights, statistics, moments, noise, losses and random states under readable names', () => {
    const { tensors, history, epochSums, optimizers, random, epochRandom } = decodeCheckpoint(saved[5]!);
    expect([...tensors.keys()].filter((name) => name.startsWith('generator')).sort()).toEqual([
      ...['generator.0.kernel', 'generator.1.beta', 'generator.1.gamma', 'generator.1.moving_mean'],
      ...['generator.1.moving_variance', 'generator.3.bias', 'generator.3.kernel', 'generator_optimizer.0.kernel.m'],
      ...['generator_optimizer.0.kernel.v', 'generator_optimizer.1.beta.m', 'generator_optimizer.1.beta.v'],
      ...['generator_optimizer.1.gamma.m', 'generator_optimizer.1.gamma.v', 'generator_optimizer.3.bias.m'],
      ...['generator_optimizer.3.bias.v', 'generator_optimizer.3.kernel.m', 'generator_optimizer.3.kernel.v'],
    ]);
    expect(tensors.get('sample_noise')?.shape).toEqual([2, 3]);
    expect(optimizers).toEqual({
      generator: { step: 6, learningRate: 2e-3 },
      discriminator: { step: 6, learningRate: 1e-3 },
    });
    expect(history).toHaveLength(1);
    const losses = whole.steps.slice(4, 6).map((text) => JSON.parse(text) as { generatorLoss: number });
    expect(epochSums['generatorLoss']).toBe(losses[0]!.generatorLoss + losses[1]!.generatorLoss);
    expect(random.block).toBeGreaterThan(epochRandom.block);
  });
});

describe('resuming', () => {
  it.each(Array.from({ length: TOTAL }, (_, i) => i))(
    'from the checkpoint of save %i ends in the same bits',
    async (i) => {
      const store = recordingStore([saved[i]!]);
      const events: ResumeEvent[] = [];
      const rest = await runTiny({ checkpoint: store, resume: true, onResume: (event) => events.push(event) });
      const steps = i + 1;
      expect(events).toEqual([
        {
          epoch: 1 + Math.floor(steps / STEPS_PER_EPOCH),
          step: steps % STEPS_PER_EPOCH,
          checkpoint: 'number 0',
          skipped: [],
        },
      ]);
      // Between an epoch's end and its checkpoint nothing is left to tell of that epoch.
      reference.expectSameEnd(rest, store, steps);
    },
  );

  it('saves nothing new when it is stopped before it made a step', async () => {
    const store = recordingStore([saved[5]!]);
    await runTiny({ checkpoint: store, resume: true, ...stopAfter(0) });
    expect(store.saved).toHaveLength(1);
  });

  it('starts from the beginning, and says so, if nothing is saved', async () => {
    const store = recordingStore();
    const events: ResumeEvent[] = [];
    const run = await runTiny({ checkpoint: store, resume: true, onResume: (event) => events.push(event) });
    expect(events).toEqual([{ epoch: 1, step: 0, checkpoint: undefined, skipped: [] }]);
    reference.expectSameEnd(run, store, 0);
  });

  it('a finished training ends at once, and one with more epochs continues', async () => {
    const store = recordingStore([saved.at(-1)!]);
    const again = await runTiny({ checkpoint: store, resume: true });
    expect(again.steps).toEqual([]);
    expect(again.result).toMatchObject({ completed: true, history: { length: EPOCHS } });
    expect(store.saved).toHaveLength(1);

    const longer = await runTiny({ checkpoint: store, resume: true, epochs: EPOCHS + 2 });
    const reference = await runTiny({ epochs: EPOCHS + 2 });
    expect(longer.steps).toEqual(reference.steps.slice(TOTAL));
    expect(longer.samples.get(EPOCHS + 2)).toBe(reference.samples.get(EPOCHS + 2));
    expect(longer.result.history).toHaveLength(EPOCHS + 2);
  });

  it('without resume a new training starts, even if there are checkpoints', async () => {
    const store = recordingStore([saved[5]!]);
    expect((await runTiny({ checkpoint: store })).steps).toEqual(whole.steps);
  });

  it('seconds add up over the parts of an epoch', async () => {
    const checkpoint = decodeCheckpoint(saved[5]!);
    const slow = encodeCheckpoint({ ...checkpoint, epochSums: { ...checkpoint.epochSums, seconds: 1000 } });
    const { result } = await runTiny({ checkpoint: recordingStore([slow]), resume: true });
    expect(result.history[1]!.seconds).toBeGreaterThan(1000);
    expect(result.history[2]!.seconds).toBeLessThan(1000);
  });
});

it('the default models resume too, built by seed or given', async () => {
  const bytes = Uint8Array.from({ length: 8 * 784 }, (_, i) => (i * 31) & 255);
  const options: TrainGanOptions = {
    images: dataset(bytes, [8, 28, 28, 1]),
    generator: undefined,
    discriminator: undefined,
    generatorOptimizer: undefined,
    discriminatorOptimizer: undefined,
    latentDim: 100,
    epochs: 1,
    sampleCount: 1,
    seed: 1,
  };
  const reference = recordingStore();
  await runTiny({ ...options, checkpoint: reference });
  const store = recordingStore();
  await runTiny({ ...options, checkpoint: store, ...stopAfter(1) });
  await runTiny({ ...options, checkpoint: store, resume: true });
  expect(stateHash(store.saved.at(-1)!)).toBe(stateHash(reference.saved.at(-1)!));
});
