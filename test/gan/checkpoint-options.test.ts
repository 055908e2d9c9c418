/**
 * The options that are off by default, in checkpoints: a resumed training ends in the same bits, one with other options
 * is refused.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { ArgumentError, type TrainGanOptions } from '../../src/index.ts';
import { decodeCheckpoint } from '../../src/training/checkpoint.ts';
import { bitsOf } from '../nn/bits.ts';
import { rejection } from '../support/folder.ts';
import {
  EPOCHS,
  type Log,
  recordingStore,
  runTiny,
  STEPS_PER_EPOCH,
  stateHash,
  stopAfter,
  tinyOptions,
} from './tiny.ts';
import { LABELS, tinyConditional } from './tiny-conditional.ts';

const TOTAL = EPOCHS * STEPS_PER_EPOCH;

const VARIANTS: readonly (readonly [string, () => TrainGanOptions])[] = [
  ['least squares with smooth labels', () => tinyOptions({ loss: 'leastSquares', labelSmoothing: 0.1 })],
  ['hinge and an averaged generator', () => tinyOptions({ loss: 'hinge', emaMomentum: 0.9 })],
  ['labels and an averaged generator', () => tinyConditional({ emaMomentum: 0.99 })],
];

describe.each(VARIANTS)('%s', (_, options) => {
  let whole: Log;
  let saved: readonly Uint8Array[];

  beforeAll(async () => {
    const store = recordingStore();
    whole = await runTiny({ ...options(), checkpoint: store, checkpointEvery: 1 });
    ({ saved } = store);
  });

  function expectSameEnd(rest: Log, store: { readonly saved: readonly Uint8Array[] }, before: number): void {
    expect(rest.steps).toEqual(whole.steps.slice(before));
    for (const [epoch, samples] of rest.samples) expect(samples).toBe(whole.samples.get(epoch));
    expect(stateHash(store.saved.at(-1)!)).toBe(stateHash(saved.at(-1)!));
    const average = ({ result }: Log): string => bitsOf(...(result.averageGenerator?.weights ?? []));
    expect(average(rest)).toBe(average(whole));
  }

  it.each(Array.from({ length: TOTAL - 1 }, (_, i) => i + 1))(
    'goes on after %d steps with the same bits',
    async (steps) => {
      const store = recordingStore([saved[steps - 1]!]);
      expectSameEnd(await runTiny({ ...options(), checkpoint: store, resume: true }), store, steps);
    },
  );

  it('stopped at its fifth step, too', async () => {
    const store = recordingStore();
    const { signal, onStep } = stopAfter(5);
    await runTiny({ ...options(), checkpoint: store, signal, onStep });
    expectSameEnd(await runTiny({ ...options(), checkpoint: store, resume: true }), store, 5);
  });
});

it('the averaged weights stand in the checkpoint under names of their own, and only if there are any', async () => {
  const averages = async (emaMomentum: number | undefined): Promise<string[]> => {
    const store = recordingStore();
    await runTiny({ emaMomentum, checkpoint: store, epochs: 1 });
    return [...decodeCheckpoint(store.saved[0]!).tensors.keys()].filter((name) => name.includes('average')).sort();
  };
  expect(await averages(0.9)).toEqual(
    ['0.kernel', '1.beta', '1.gamma', '1.moving_mean', '1.moving_variance', '3.bias', '3.kernel'].map(
      (name) => `generator_average.${name}`,
    ),
  );
  expect(await averages(undefined)).toEqual([]);
});

describe('resuming with other settings lists them', () => {
  const otherLabels = LABELS.map((label, i) => (i === 2 ? 1 : label));
  const cases: readonly (readonly [string, TrainGanOptions, TrainGanOptions, RegExp])[] = [
    ['loss', tinyOptions(), tinyOptions({ loss: 'hinge' }), /: loss: saved nonSaturating, given hinge\. Resume/],
    [
      'no loss',
      tinyOptions({ loss: 'leastSquares' }),
      tinyOptions(),
      /: loss: saved leastSquares, given nonSaturating\. Resume/,
    ],
    [
      'labelSmoothing',
      tinyOptions({ labelSmoothing: 0.1 }),
      tinyOptions(),
      /: labelSmoothing: saved 0.1, given 0\. Resume/,
    ],
    ['emaMomentum', tinyOptions(), tinyOptions({ emaMomentum: 0.9 }), /: emaMomentum: saved none, given 0.9\. Resume/],
    [
      'another emaMomentum',
      tinyOptions({ emaMomentum: 0.99 }),
      tinyOptions({ emaMomentum: 0.9 }),
      /: emaMomentum: saved 0.99, given 0.9\. Resume/,
    ],
    [
      'one label',
      tinyConditional(),
      tinyConditional({ labels: otherLabels }),
      /: labels.hash: saved [0-9a-f]{8}, given [0-9a-f]{8}\. Resume/,
    ],
    [
      'labels',
      tinyOptions(),
      tinyConditional(),
      /labels.classes: saved none, given 3; labels.hash: saved none, given [0-9a-f]{8}; /,
    ],
  ];
  it.each(cases)('%s', async (_, saved, given, message) => {
    const store = recordingStore();
    const { signal, onStep } = stopAfter(1);
    await runTiny({ ...saved, checkpoint: store, signal, onStep });
    const error = await rejection(runTiny({ ...given, checkpoint: store, resume: true }));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(String(error)).toMatch(message);
  });
});

it('the defaults, spelt out, are the defaults: the same checkpoint to the last bit', async () => {
  const hashOf = async (overrides: Partial<TrainGanOptions>): Promise<string> => {
    const store = recordingStore();
    await runTiny({ ...overrides, checkpoint: store, epochs: 1 });
    return stateHash(store.saved[0]!);
  };
  expect(await hashOf({ loss: 'nonSaturating', labelSmoothing: 0, emaMomentum: undefined, labels: undefined })).toBe(
    await hashOf({}),
  );
});
