import { beforeAll, describe, expect, it } from 'vitest';
import { ArgumentError, DivergenceError, FormatError, RuntimeError } from '../../src/core/errors.ts';
import type { TrainGanOptions } from '../../src/gan/options.ts';
import {
  type ActivationName,
  adam,
  dataset,
  full,
  layers,
  type Model,
  sequential,
  tensor,
  trainGan,
  zeros,
} from '../../src/index.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../../src/training/checkpoint.ts';
import type { CheckpointStore } from '../../src/training/checkpoint-store.ts';
import type { ResumeEvent } from '../../src/training/events.ts';
import { rejection } from '../support/folder.ts';
import { expectRejection } from '../support/thrown.ts';
import { type Reference, recordingStore, referenceRun, runTiny, stopAfter, tinyOptions } from './tiny.ts';

/** The uninterrupted run that all others must equal, saved after every step. */
let reference: Reference;
let saved: readonly Uint8Array[];

beforeAll(async () => {
  reference = await referenceRun();
  ({ saved } = reference);
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
        'generator.layers.0: saved Dense [6] activation linear, given Dense [7] activation linear',
        'generator.layers.1: saved BatchNormalization [6] momentum 0.99 epsilon 0.001, given BatchNormalization [7] momentum 0.99 epsilon 0.001',
        'generator.layers.2: saved LeakyReLU [6] negativeSlope 0.3, given LeakyReLU [7] negativeSlope 0.3',
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
      ['generator.layers.2: saved LeakyReLU [6] negativeSlope 0.3, given Activation [6] activation relu'],
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
        'discriminator.layers.6: saved none, given Activation [1] activation linear',
        'generator.weights.3.bias: saved [16], given none',
      ],
    ],
    ['fewer epochs than are done', { epochs: 1 }, ['epochs: saved in epoch 2, given only 1']],
  ];

  it.each(cases)('lists what differs: %s', async (_, overrides, lines) => {
    const store = recordingStore([saved[5]!]);
    const options = tinyOptions({ ...overrides, checkpoint: store, resume: true });
    const before = [...options.generator!.weights].map((weight) => [...weight.data]);
    const error = await expectRejection(runTiny({ ...options }), ArgumentError);
    const [, list = ''] = /other settings: (.*)\. Resume with/.exec(String(error)) ?? [];
    expect(list.replace(/(images.hash: saved) .*$/, '$1 ').split('; ')).toEqual(lines);
    expect([...options.generator!.weights].map((weight) => [...weight.data])).toEqual(before);
    expect(store.saved).toHaveLength(1);
  });

  it('detects one changed pixel in the last of 12,000 images, and every second image set to 0', async () => {
    const count = 12_000;
    const bytes = Uint8Array.from({ length: count * 784 }, (_, i) => (i * i * 37 + 11 * i) & 255);
    const training = (pixels: Uint8Array, store: CheckpointStore): TrainGanOptions => ({
      images: dataset(pixels, [count, 28, 28, 1]),
      generator: sequential([
        layers.dense({ units: 784, inputShape: [2] }),
        layers.reshape({ targetShape: [28, 28, 1] }),
      ]),
      discriminator: sequential([layers.flatten({ inputShape: [28, 28, 1] }), layers.dense({ units: 1 })]),
      latentDim: 2,
      batchSize: 4,
      checkpoint: store,
      ...stopAfter(1),
    });
    const store = recordingStore();
    await trainGan(training(bytes, store));
    const lastPixel = bytes.slice();
    lastPixel[lastPixel.length - 1]! ^= 1;
    const blackened = bytes.slice();
    for (let image = 1; image < count; image += 2) blackened.fill(0, image * 784, (image + 1) * 784);
    for (const images of [lastPixel, blackened]) {
      await expectRejection(
        trainGan({ ...training(images, store), resume: true }),
        ArgumentError,
        /other settings: images.hash: saved [^;]*\. Resume/,
      );
    }
    expect((await trainGan({ ...training(bytes, store), resume: true })).completed).toBe(false);
  });

  it('detects a change of any setting of a layer', async () => {
    const pair = (slope: number, momentum: number, epsilon: number, activation: ActivationName): Model =>
      sequential([
        layers.dense({ units: 6, useBias: false, inputShape: [3] }),
        layers.batchNormalization({ momentum, epsilon }),
        layers.leakyReLU({ negativeSlope: slope }),
        layers.dense({ units: 16, activation }),
        layers.reshape({ targetShape: [4, 4, 1] }),
      ]);
    const store = recordingStore();
    await runTiny({ checkpoint: store, generator: pair(0.3, 0.99, 1e-3, 'tanh'), ...stopAfter(2) });
    const others: [Model, string][] = [
      [
        pair(0.2, 0.99, 1e-3, 'tanh'),
        'generator.layers.2: saved LeakyReLU [6] negativeSlope 0.3, given LeakyReLU [6] negativeSlope 0.2',
      ],
      [pair(0.3, 0.9, 1e-3, 'tanh'), 'given BatchNormalization [6] momentum 0.9 epsilon 0.001'],
      [pair(0.3, 0.99, 1e-5, 'tanh'), 'given BatchNormalization [6] momentum 0.99 epsilon 0.00001'],
      [pair(0.3, 0.99, 1e-3, 'sigmoid'), 'given Dense [16] activation sigmoid'],
    ];
    for (const [generator, line] of others) {
      await expectRejection(runTiny({ checkpoint: store, resume: true, generator }), ArgumentError, line);
    }
  });

  it('does not fall back to an older checkpoint that would fit', async () => {
    const other = recordingStore();
    await runTiny({ checkpoint: other, seed: 6, ...stopAfter(2) });
    const store = recordingStore([saved[5]!, ...other.saved]);
    expect(await rejection(runTiny({ checkpoint: store, resume: true }))).toBeInstanceOf(ArgumentError);
  });
});

/** The tensors with another last value in one of them. */
function withValue(tensors: Checkpoint['tensors'], name: string, value: number): Checkpoint['tensors'] {
  const { shape, data } = tensors.get(name)!;
  const changed = data.slice();
  changed[changed.length - 1] = value;
  return new Map([...tensors, [name, { shape, data: changed }]]);
}

describe('states that cannot be resumed', () => {
  it.each([NaN, Infinity])('%s in an averaged weight counts as damage', async (value) => {
    const store = recordingStore();
    await runTiny({ checkpoint: store, emaMomentum: 0.9, ...stopAfter(2) });
    const checkpoint = decodeCheckpoint(store.saved[0]!);
    const tensors = withValue(checkpoint.tensors, 'generator_average.3.kernel', value);
    const forged = recordingStore([encodeCheckpoint({ ...checkpoint, tensors })]);
    await expectRejection(
      runTiny({ checkpoint: forged, emaMomentum: 0.9, resume: true }),
      FormatError,
      /generator_average\.3\.kernel holds a NaN or an inf/,
    );
  });

  it('a negative variance that onEpoch writes is not saved', async () => {
    const store = recordingStore();
    const before = await runTiny({ checkpoint: store, epochs: 1, emaMomentum: 0.9 });
    expect(before.result.completed).toBe(true);
    const outcome = runTiny({
      checkpoint: store,
      resume: true,
      epochs: 2,
      emaMomentum: 0.9,
      onEpoch: ({ generator }) => {
        const variance = generator.namedWeights.get('1.moving_variance')!;
        variance.assign(full(variance.shape, -1));
      },
    });
    await expectRejection(
      outcome,
      DivergenceError,
      /the state is not saved: generator\.1\.moving_variance holds a neg/,
    );
    expect(store.saved).toHaveLength(1);
    expect((await runTiny({ checkpoint: store, resume: true, epochs: 2, emaMomentum: 0.9 })).steps).toHaveLength(4);
  });

  it.each([2 ** 30, 2 ** 52])('a forged count of %i steps of an optimizer does not stall', async (steps) => {
    const checkpoint = decodeCheckpoint(saved[5]!);
    const optimizers = { generator: { step: steps }, discriminator: { step: steps } };
    const store = recordingStore([encodeCheckpoint({ ...checkpoint, optimizers })]);
    const start = performance.now();
    await runTiny({ checkpoint: store, resume: true });
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe("a user's own store that returns wrong values", () => {
  const good = { name: 'x', read: async () => new Uint8Array(0) };
  it.each([
    ['undefined', undefined, /^trainGan: the result of checkpoint\.list\(\) must be a list .* got undefined/],
    ['an object', {}, /^trainGan: the result of checkpoint\.list\(\) must be a list/],
    ['a list with a hole', new Array(1), /^trainGan: checkpoint\.list\(\)\[0\] must be an object .* got undefined/],
    ['a list of names', ['x'], /^trainGan: checkpoint\.list\(\)\[0\] must be an object .* got "x"/],
    ['no read()', [{ name: 'x' }], /^trainGan: checkpoint\.list\(\)\[0\] must be an object/],
    ['a number as name', [{ ...good, name: 7 }], /^trainGan: checkpoint\.list\(\)\[0\] must be an object/],
    [
      'no bytes',
      [{ ...good, read: async () => undefined }],
      /^trainGan: the result of read\(\) of checkpoint "x" must/,
    ],
    ['a text', [{ ...good, read: () => 'text' }], /^trainGan: the result of read\(\) of checkpoint "x" must/],
  ])('list() gives %s', async (_, list, says) => {
    const checkpoint = { save: async () => {}, list: async () => list };
    await expectRejection(Reflect.apply(runTiny, undefined, [{ checkpoint, resume: true }]), ArgumentError, says);
  });

  it('read() gives an ArrayBuffer, as databases do', async () => {
    const { buffer } = saved[5]!.slice();
    const checkpoint = { save: async () => {}, list: async () => [{ name: 'x', read: async () => buffer }] };
    const rest: unknown = await Reflect.apply(runTiny, undefined, [{ checkpoint, resume: true }]);
    expect(rest).toMatchObject({ result: { completed: true }, steps: { length: 6 } });
  });

  it('opens it once before anything else, and closes it once, however the training ends', async () => {
    const calls: string[] = [];
    const store = recordingStore();
    const watched = (fail?: string): CheckpointStore => {
      const call = (name: string): void => {
        calls.push(name);
        if (name === fail) throw new RuntimeError(`${name} fails`);
      };
      return {
        open: async () => call('open'),
        close: async () => call('close'),
        save: async (bytes) => {
          call('save');
          await store.save(bytes);
        },
        list: async () => {
          call('list');
          return store.list();
        },
      };
    };
    const outcome = async (fail?: string): Promise<string> => {
      calls.length = 0;
      const end = await runTiny({ checkpoint: watched(fail), resume: true, epochs: 1 }).then(() => 'ended', String);
      return `${calls.join(' ')}: ${end}`;
    };
    expect(await outcome('list')).toBe('open list close: RuntimeError: list fails');
    expect(await outcome('save')).toBe('open list save close: RuntimeError: save fails');
    expect(await outcome('open')).toBe('open list: RuntimeError: open fails');
    expect(await outcome('close')).toBe('open list save close: ended');
    // Nothing is left to do.
    expect(await outcome('open')).toBe('open list: ended');
  });
});

describe('damaged checkpoints', () => {
  const damaged = (bytes: Uint8Array): Uint8Array => {
    const copy = bytes.slice();
    copy[copy.length >> 1]! ^= 4;
    return copy;
  };

  it('the checkpoint before it is used, and the damaged one is reported', async () => {
    const store = recordingStore([saved[2]!, damaged(saved[5]!)]);
    const events: ResumeEvent[] = [];
    const rest = await runTiny({ checkpoint: store, resume: true, onResume: (event) => events.push(event) });
    expect(events).toEqual([
      { epoch: 1, step: 3, checkpoint: 'number 0', skipped: [{ name: 'number 1', error: expect.any(FormatError) }] },
    ]);
    expect(String(events[0]!.skipped[0]!.error)).toMatch(/damaged: its checksum is/);
    reference.expectSameEnd(rest, store, 3);
  });

  it('a checkpoint that cannot be read is skipped as well', async () => {
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
    await expectRejection(
      runTiny({ ...options, checkpoint: store, resume: true }),
      FormatError,
      /no checkpoint can be read: number 1: .*number 0: /,
    );
    expect(weights()).toEqual(before);

    const unreadable: CheckpointStore = {
      save: async () => {},
      list: async () => [{ name: 'x', read: () => Promise.reject('gone') }],
    };
    await expectRejection(runTiny({ checkpoint: unreadable, resume: true }), RuntimeError, /x: gone/);
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
    ...(
      [
        ['a NaN in a weight', 'discriminator.1.kernel', NaN],
        ['an infinite moment', 'generator_optimizer.0.kernel.v', Infinity],
        ['a NaN in a moment', 'discriminator_optimizer.1.bias.m', NaN],
        ['a NaN in the noise of the samples', 'sample_noise', NaN],
        ['an infinite moving mean', 'generator.1.moving_mean', -Infinity],
      ] as const
    ).map(([what, name, value]): (typeof inconsistent)[number] => [
      what,
      ({ tensors }) => ({ tensors: withValue(tensors, name, value) }),
      new RegExp(`inconsistent: ${name} holds a NaN or an infinity`),
    ]),
    [
      'a negative moving variance',
      ({ tensors }) => ({ tensors: withValue(tensors, 'discriminator.2.moving_variance', -1e-20) }),
      /inconsistent: discriminator\.2\.moving_variance holds a negative number/,
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
    await expectRejection(runTiny({ ...options, checkpoint: store, resume: true }), FormatError, says);
    expect(weights()).toEqual(before);
  });
});
