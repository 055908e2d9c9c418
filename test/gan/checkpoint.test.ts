import { beforeAll, describe, expect, it } from 'vitest';
import { ArgumentError, DivergenceError, FormatError, GanvasError, RuntimeError } from '../../src/core/errors.ts';
import type { ResumeEvent, TrainGanOptions } from '../../src/gan/options.ts';
import {
  adam,
  type Dataset,
  dataset,
  layers,
  type Model,
  memoryCheckpoints,
  sequential,
  tensor,
  type Variable,
  zeros,
} from '../../src/index.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../../src/io/checkpoint.ts';
import type { CheckpointStore } from '../../src/io/checkpoint-store.ts';
import { rejection } from '../support/folder.ts';
import { EPOCHS, type Log, recordingStore, runTiny, STEPS_PER_EPOCH, stateHash, tinyOptions } from './tiny.ts';

const TOTAL = EPOCHS * STEPS_PER_EPOCH;

/** Stops after `steps` steps. */
function stopAfter(steps: number): Pick<TrainGanOptions, 'signal' | 'onStep'> {
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

/** The uninterrupted run that all others must equal, saved after every step. */
let whole: Log;
let saved: readonly Uint8Array[];
let finalHash: string;

beforeAll(async () => {
  const store = recordingStore();
  whole = await runTiny({ checkpoint: store, checkpointEvery: 1 });
  saved = store.saved;
  finalHash = stateHash(saved.at(-1)!);
});

/** The rest of a run is as it was in the whole one, bit for bit. */
function expectSameEnd(rest: Log, store: { readonly saved: readonly Uint8Array[] }, stepsBefore: number): void {
  expect(rest.result.completed).toBe(true);
  expect(rest.steps).toEqual(whole.steps.slice(stepsBefore));
  for (const [epoch, samples] of rest.samples) expect([epoch, samples]).toEqual([epoch, whole.samples.get(epoch)]);
  expect(rest.samples.size).toBe(EPOCHS - Math.floor(stepsBefore / STEPS_PER_EPOCH));
  expect(stateHash(store.saved.at(-1)!)).toBe(finalHash);
  const losses = ({ result }: Log): unknown[] =>
    result.history.map(({ epoch, generatorLoss, discriminatorLoss }) => [epoch, generatorLoss, discriminatorLoss]);
  expect(losses(rest)).toEqual(losses(whole));
}

describe('saving', () => {
  it('changes nothing in the training itself', async () => {
    const plain = await runTiny({});
    expect(plain.steps).toEqual(whole.steps);
    expect(plain.samples).toEqual(whole.samples);
  });

  it('saves once a step with checkpointEvery: 1, the last step of an epoch with its end', () => {
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

  it("saves an epoch's end after onEpoch, so that a crash within onEpoch repeats it", async () => {
    const store = recordingStore();
    const counts: number[] = [];
    await runTiny({ checkpoint: store, onEpoch: () => counts.push(store.saved.length) });
    expect(counts).toEqual([0, 1, 2]);
  });

  it('holds weights, statistics, moments, noise, losses and random states under readable names', () => {
    const { tensors, history, epochSums, optimizerSteps, random, epochRandom } = decodeCheckpoint(saved[5]!);
    expect([...tensors.keys()].filter((name) => name.startsWith('generator')).sort()).toEqual([
      'generator.0.kernel',
      'generator.1.beta',
      'generator.1.gamma',
      'generator.1.moving_mean',
      'generator.1.moving_variance',
      'generator.3.bias',
      'generator.3.kernel',
      'generator_optimizer.0.kernel.m',
      'generator_optimizer.0.kernel.v',
      'generator_optimizer.1.beta.m',
      'generator_optimizer.1.beta.v',
      'generator_optimizer.1.gamma.m',
      'generator_optimizer.1.gamma.v',
      'generator_optimizer.3.bias.m',
      'generator_optimizer.3.bias.v',
      'generator_optimizer.3.kernel.m',
      'generator_optimizer.3.kernel.v',
    ]);
    expect(tensors.get('sample_noise')?.shape).toEqual([2, 3]);
    expect(optimizerSteps).toEqual({ generator: 6, discriminator: 6 });
    expect(history).toHaveLength(1);
    const losses = whole.steps.slice(4, 6).map((text) => JSON.parse(text) as { generatorLoss: number });
    expect(epochSums.generatorLoss).toBe(losses[0]!.generatorLoss + losses[1]!.generatorLoss);
    expect(random.block).toBeGreaterThan(epochRandom.block);
  });

  it('passes a failing store on to the caller', async () => {
    const broken: CheckpointStore = { save: () => Promise.reject(new RuntimeError('disk full')), list: async () => [] };
    await expect(runTiny({ checkpoint: broken })).rejects.toThrow('disk full');
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
      expectSameEnd(rest, store, steps);
    },
  );

  it.each(Array.from({ length: TOTAL }, (_, i) => i))(
    'after an abort at step %i ends in the same bits',
    async (steps) => {
      const store = recordingStore();
      const begun = await runTiny({ checkpoint: store, ...stopAfter(steps) });
      expect(begun.result.completed).toBe(false);
      expect(begun.steps).toEqual(whole.steps.slice(0, steps));
      expect(decodeCheckpoint(store.saved.at(-1)!)).toMatchObject({
        epoch: 1 + Math.floor(steps / STEPS_PER_EPOCH),
        step: steps % STEPS_PER_EPOCH,
      });
      // The models of an aborted training work.
      const { generator, discriminator } = begun.result;
      expect(discriminator.predict(generator.predict(zeros([2, 3]))).data.every(Number.isFinite)).toBe(true);

      const rest = await runTiny({ checkpoint: store, resume: true });
      expectSameEnd(rest, store, steps);
    },
  );

  it('many times over, a step at a time, ends in the same bits', async () => {
    const store = memoryCheckpoints();
    const steps: string[] = [];
    let completed = false;
    for (let turn = 0; !completed; turn++) {
      expect(turn).toBeLessThanOrEqual(TOTAL);
      const part = await runTiny({ checkpoint: store, resume: true, ...stopAfter(1) });
      steps.push(...part.steps);
      completed = part.result.completed;
    }
    expect(steps).toEqual(whole.steps);
    expect(stateHash(await (await store.list())[0]!.read())).toBe(finalHash);
  });

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
    expectSameEnd(run, store, 0);
  });

  it('a finished training is finished at once, and one with more epochs goes on', async () => {
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

  it('without resume a new training begins, whatever is saved', async () => {
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

describe('resuming with other settings', () => {
  const images = (first: number, shape: readonly number[]): TrainGanOptions['images'] => {
    const bytes = Uint8Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => (i * i * 37 + 11 * i) & 255);
    bytes[0] = first;
    return dataset(bytes, shape);
  };
  const generator = (units: number, activation: 'relu' | 'leakyReLU'): TrainGanOptions['generator'] =>
    sequential([
      layers.dense({ units, useBias: false, inputShape: [3] }),
      layers.batchNormalization(),
      activation === 'relu' ? layers.activation('relu') : layers.leakyReLU(),
      layers.dense({ units: 16, activation: 'tanh' }),
      layers.reshape({ targetShape: [4, 4, 1] }),
    ]);
  const cases: readonly [string, Partial<TrainGanOptions>, readonly string[]][] = [
    ['seed', { seed: 6 }, ['seed: saved 5, given 6']],
    ['batchSize', { batchSize: 7 }, ['batchSize: saved 4, given 7']],
    ['sampleCount', { sampleCount: 3 }, ['sampleCount: saved 2, given 3']],
    [
      'both learning rates',
      { generatorOptimizer: adam({ learningRate: 0.1 }), discriminatorOptimizer: adam({ beta1: 0.5 }) },
      ['generatorOptimizer.learningRate: saved 0.002, given 0.1', 'discriminatorOptimizer.beta1: saved 0.9, given 0.5'],
    ],
    ['one changed pixel', { images: images(1, [14, 4, 4, 1]) }, ['images.hash: saved ']],
    ['more images', { images: images(0, [15, 4, 4, 1]) }, ['images.count: saved 14, given 15', 'images.hash: saved ']],
    [
      'a wider layer',
      { generator: generator(7, 'leakyReLU') },
      [
        'generator.layers.0: saved dense (Dense) (None, 6) 18, given dense (Dense) (None, 7) 21',
        'generator.layers.1: saved batch_normalization (BatchNormalization) (None, 6) 24, given batch_normalization (BatchNormalization) (None, 7) 28',
        'generator.layers.2: saved leaky_re_lu (LeakyReLU) (None, 6) 0, given leaky_re_lu (LeakyReLU) (None, 7) 0',
        'generator.layers.3: saved dense_1 (Dense) (None, 16) 112, given dense_1 (Dense) (None, 16) 128',
        'generator.weights.0.kernel: saved [3, 6], given [3, 7]',
        ...['gamma', 'beta', 'moving_mean', 'moving_variance'].map(
          (name) => `generator.weights.1.${name}: saved [6], given [7]`,
        ),
        'generator.weights.3.kernel: saved [6, 16], given [7, 16]',
      ],
    ],
    [
      'another activation layer',
      { generator: generator(6, 'relu') },
      ['generator.layers.2: saved leaky_re_lu (LeakyReLU) (None, 6) 0, given activation (Activation) (None, 6) 0'],
    ],
    [
      'a bias less in one network, a layer more in the other',
      {
        generator: sequential([
          layers.dense({ units: 6, useBias: false, inputShape: [3] }),
          layers.batchNormalization(),
          layers.leakyReLU(),
          layers.dense({ units: 16, activation: 'tanh', useBias: false }),
          layers.reshape({ targetShape: [4, 4, 1] }),
        ]),
        discriminator: sequential([
          layers.flatten({ inputShape: [4, 4, 1] }),
          layers.dense({ units: 5 }),
          layers.batchNormalization(),
          layers.leakyReLU(),
          layers.dropout({ rate: 0.25 }),
          layers.dense({ units: 1 }),
          layers.activation('linear'),
        ]),
      },
      [
        'generator.layers.3: saved dense_1 (Dense) (None, 16) 112, given dense_1 (Dense) (None, 16) 96',
        'discriminator.layers.6: saved none, given activation (Activation) (None, 1) 0',
        'generator.weights.3.bias: saved [16], given none',
      ],
    ],
    ['fewer epochs than are done', { epochs: 1 }, ['epochs: saved in epoch 2, given only 1']],
  ];

  it.each(cases)('lists what differs: %s', async (_, overrides, lines) => {
    const store = recordingStore([saved[5]!]);
    const options = tinyOptions({ ...overrides, checkpoint: store, resume: true });
    const before = [...options.generator!.weights].map((weight) => [...weight.data]);
    const error = await rejection(runTiny({ ...options }));
    expect(error).toBeInstanceOf(ArgumentError);
    const [, list = ''] = /other settings: (.*)\. Resume with/.exec(String(error)) ?? [];
    expect(list.replace(/(images.hash: saved) .*$/, '$1 ').split('; ')).toEqual(lines);
    expect([...options.generator!.weights].map((weight) => [...weight.data])).toEqual(before);
    expect(store.saved).toHaveLength(1);
  });

  it('takes the very settings again, whoever spells them out', async () => {
    const store = recordingStore([saved[5]!]);
    const rest = await runTiny({ checkpoint: store, resume: true, images: images(0, [14, 4, 4, 1]) });
    expectSameEnd(rest, store, 6);
  });

  it("compares the summaries of another maker's models, which may have no table", async () => {
    const foreign = (summary: string): Model => {
      const inner = tinyOptions().generator!;
      const { name, inputShape, outputShape, weights, trainableWeights, namedWeights } = inner;
      const call: Model['call'] = (x, options) => inner.call(x, options);
      const predict: Model['predict'] = (x) => inner.predict(x);
      return {
        name,
        inputShape,
        outputShape,
        weights,
        trainableWeights,
        namedWeights,
        call,
        predict,
        summary: () => summary,
      };
    };
    const store = recordingStore();
    await runTiny({ checkpoint: store, generator: foreign('mine'), ...stopAfter(2) });
    const error = await rejection(runTiny({ checkpoint: store, resume: true, generator: foreign('yours') }));
    expect(error).toMatchObject({
      message: expect.stringContaining('other settings: generator.layers.0: saved mine, given yours. Resume'),
    });
    const rest = await runTiny({ checkpoint: store, resume: true, generator: foreign('mine') });
    expect(rest.steps).toEqual(whole.steps.slice(2));
  });

  it('does not fall back to an older checkpoint that would fit', async () => {
    const other = recordingStore();
    await runTiny({ checkpoint: other, seed: 6, ...stopAfter(2) });
    const store = recordingStore([saved[5]!, ...other.saved]);
    expect(await rejection(runTiny({ checkpoint: store, resume: true }))).toBeInstanceOf(ArgumentError);
  });

  it.each([
    ['resume without a store', { resume: true }, /resume needs a checkpoint store/],
    ['checkpointEvery without a store', { checkpointEvery: 3 }, /checkpointEvery needs a checkpoint store/],
    ['checkpointEvery of 0', { checkpoint: memoryCheckpoints(), checkpointEvery: 0 }, /checkpointEvery must be/],
    ['a path as store', { checkpoint: 'run/checkpoints' }, /checkpoint must be a CheckpointStore; got "run/],
    ['resume as text', { checkpoint: memoryCheckpoints(), resume: 'yes' }, /resume must be true or false; got "yes"/],
    ['onResume of 1', { onResume: 1 }, /onResume must be a function/],
    ['a misspelt option', { checkpoints: memoryCheckpoints() }, /Did you mean checkpoint\?/],
  ])('refuses %s', async (_, overrides, says) => {
    const error = await rejection(runTiny(overrides as Partial<TrainGanOptions>));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error).toMatchObject({ message: expect.stringMatching(says) });
  });
});

describe('damaged checkpoints', () => {
  const damaged = (bytes: Uint8Array): Uint8Array => {
    const copy = bytes.slice();
    copy[copy.length >> 1]! ^= 4;
    return copy;
  };

  it('the one before is used and the damaged one is told', async () => {
    const store = recordingStore([saved[2]!, damaged(saved[5]!)]);
    const events: ResumeEvent[] = [];
    const rest = await runTiny({ checkpoint: store, resume: true, onResume: (event) => events.push(event) });
    expect(events).toEqual([
      { epoch: 1, step: 3, checkpoint: 'number 0', skipped: [{ name: 'number 1', error: expect.any(FormatError) }] },
    ]);
    expect(String(events[0]!.skipped[0]!.error)).toMatch(/damaged: its checksum is/);
    expectSameEnd(rest, store, 3);
  });

  it('one that cannot be read is passed over as well', async () => {
    const readError = new Error('EIO: i/o error');
    const store = recordingStore([saved[2]!]);
    const list = async (): ReturnType<CheckpointStore['list']> => [
      { name: 'bad sector', read: () => Promise.reject(readError) },
      ...(await store.list()),
    ];
    const events: ResumeEvent[] = [];
    await runTiny({ checkpoint: { save: store.save, list }, resume: true, onResume: (event) => events.push(event) });
    expect(events[0]!.skipped).toEqual([{ name: 'bad sector', error: readError }]);
  });

  it('if none can be read, the error names each and nothing was loaded', async () => {
    const store = recordingStore([saved[2]!.subarray(0, 100), damaged(saved[5]!)]);
    const options = tinyOptions();
    const weights = (): number[][] => options.generator!.weights.map((weight) => [...weight.data]);
    const before = weights();
    const error = await rejection(runTiny({ ...options, checkpoint: store, resume: true }));
    expect(error).toBeInstanceOf(FormatError);
    expect(error).toMatchObject({
      message: expect.stringMatching(/no checkpoint can be read: number 1: .*number 0: /),
    });
    expect(weights()).toEqual(before);

    const unreadable: CheckpointStore = {
      save: async () => {},
      list: async () => [{ name: 'x', read: () => Promise.reject('gone') }],
    };
    const other = await rejection(runTiny({ checkpoint: unreadable, resume: true }));
    expect(other).toBeInstanceOf(RuntimeError);
    expect(other).toMatchObject({ message: expect.stringMatching(/x: gone/) });
  });

  const inconsistent: readonly [string, (checkpoint: Checkpoint) => Partial<Checkpoint>, RegExp][] = [
    ['a step beyond the epoch', () => ({ step: 4 }), /inconsistent: step 4 of an epoch of 4/],
    [
      'a missing moment',
      ({ tensors }) => ({ tensors: new Map([...tensors].filter(([name]) => name !== 'generator_optimizer.3.bias.m')) }),
      /inconsistent: missing: generator_optimizer\.3\.bias\.m/,
    ],
    [
      'a misshapen weight and a stranger',
      ({ tensors }) => ({
        tensors: new Map([...tensors, ['generator.1.beta', tensor([1, 2])], ['generator.9.kernel', tensor([1])]]),
      }),
      /unexpected: generator\.9\.kernel; misshapen: generator\.1\.beta \(\[2\] instead of \[6\]\)/,
    ],
    [
      'noise of another length',
      ({ tensors }) => ({ tensors: new Map([...tensors, ['sample_noise', zeros([2, 4])]]) }),
      /misshapen: sample_noise \(\[2, 4\] instead of \[2, 3\]\)/,
    ],
  ];
  it.each(inconsistent)('%s counts as damage, and nothing is loaded', async (_, change, says) => {
    const checkpoint = decodeCheckpoint(saved[5]!);
    const store = recordingStore([encodeCheckpoint({ ...checkpoint, ...change(checkpoint) })]);
    const options = tinyOptions();
    const weights = (): number[][] => options.discriminator!.weights.map((weight) => [...weight.data]);
    const before = weights();
    const error = await rejection(runTiny({ ...options, checkpoint: store, resume: true }));
    expect(error).toBeInstanceOf(FormatError);
    expect(error).toMatchObject({ message: expect.stringMatching(says) });
    expect(weights()).toEqual(before);
  });
});

describe('a training that diverges', () => {
  const roles: readonly [string, (options: TrainGanOptions) => Variable][] = [
    ['a weight', ({ generator }) => generator!.namedWeights.get('3.kernel')!],
    ['a moving statistic', ({ discriminator }) => discriminator!.namedWeights.get('2.moving_mean')!],
    [
      'a moment',
      ({ generator, generatorOptimizer }) => generatorOptimizer!.slots(generator!.namedWeights.get('0.kernel')!).m,
    ],
  ];
  it.each(roles)('by a NaN in %s stops in that step and leaves the checkpoints as they were', async (_, role) => {
    const store = recordingStore();
    let done = 0;
    const options = tinyOptions();
    const images = options.images as Dataset;
    // The third step gathers its images, and finds a NaN where none was before.
    const gather: Dataset['gather'] = (indices) => {
      const variable = role(options);
      if (done === 2) variable.assign([...variable.data].fill(NaN, 0, 1));
      return images.gather(indices);
    };
    const error = await rejection(
      runTiny({
        ...options,
        images: { ...images, gather },
        checkpoint: store,
        checkpointEvery: 1,
        onStep: () => done++,
      }),
    );
    expect(error).toBeInstanceOf(DivergenceError);
    expect(done).toBe(2);
    expect(store.saved.map(stateHash)).toEqual(saved.slice(0, 2).map(stateHash));
    const rest = await runTiny({ checkpoint: store, resume: true });
    expectSameEnd(rest, store, 2);
  });

  it('by a learning rate of 1e30 saves no state after the one that broke', async () => {
    const store = recordingStore();
    const generatorOptimizer = adam({ learningRate: 1e30 });
    const error = await rejection(runTiny({ checkpoint: store, checkpointEvery: 1, generatorOptimizer }));
    expect(error).toBeInstanceOf(GanvasError);
    for (const bytes of store.saved) {
      for (const { data } of decodeCheckpoint(bytes).tensors.values()) expect(data.every(Number.isFinite)).toBe(true);
    }
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
