/**
 * Checkpoints of trainings with other options than the defaults (optimizers, schedules, clipping, losses, labels,
 * averages): stopped after every step and resumed, each ends in the same bits; with other options it is refused.
 */
import { describe, expect, it } from 'vitest';
import * as ganvas from '../../src/index.ts';
import { decodeCheckpoint } from '../../src/training/checkpoint.ts';
import { bitsOf } from '../nn/bits.ts';
import { expectRejection } from '../support/thrown.ts';
import { EPOCHS, recordingStore, relativistic, runTiny, STEPS_PER_EPOCH, stateHash, stopAfter } from './tiny.ts';
import { LABELS, tinyConditional } from './tiny-conditional.ts';

const { adam, adamW, add, mul, rmsprop, schedules, sgd, sub } = ganvas;
type Options = Partial<ganvas.TrainGanOptions>;

const warmup = schedules.cosineDecay({ initialLearningRate: 0, warmupTarget: 1e-2, warmupSteps: 3, decaySteps: 11 });
const decay = schedules.exponentialDecay({ initialLearningRate: 1e-2, decaySteps: 4, decayRate: 0.8 });
const zigzag = (step: number): number => (step % 3 === 0 ? 1e-2 : 1e-3);

const heavyBall = (config: ganvas.OptimizerConfig): ganvas.Optimizer<'velocity'> =>
  ganvas.defineOptimizer(
    {
      name: 'heavyBall',
      slots: ['velocity'],
      update({ variable, gradient, slots: { velocity }, learningRate }) {
        velocity.assign(sub(mul(0.9, velocity), mul(learningRate, gradient)));
        variable.assign(add(variable, velocity));
      },
    },
    config,
  );
const both = (make: () => ganvas.Optimizer): Options => ({
  generatorOptimizer: make(),
  discriminatorOptimizer: make(),
});

/** Made anew for each part of a training, since optimizers have a state. */
const VARIANTS: readonly (readonly [string, () => Options])[] = [
  ['the defaults', () => ({})],
  ['adam, cosine decay with warm-up, clipNorm', () => both(() => adam({ learningRate: warmup, clipNorm: 0.1 }))],
  ['adamW, exponential decay, globalClipNorm', () => both(() => adamW({ learningRate: decay, globalClipNorm: 0.1 }))],
  ['sgd, a function of the step, clipValue', () => both(() => sgd({ learningRate: zigzag, clipValue: 0.01 }))],
  ['sgd with momentum', () => both(() => sgd({ learningRate: warmup, momentum: 0.9, clipNorm: 0.1 }))],
  ['sgd with Nesterov momentum', () => both(() => sgd({ learningRate: decay, momentum: 0.9, nesterov: true }))],
  ['rmsprop', () => both(() => rmsprop({ learningRate: warmup, globalClipNorm: 0.1 }))],
  ['rmsprop, centered', () => both(() => rmsprop({ learningRate: decay, momentum: 0.5, centered: true }))],
  ['an optimizer of the user', () => both(() => heavyBall({ learningRate: zigzag, clipNorm: 0.1 }))],
  ['least squares with smooth labels', () => ({ loss: 'leastSquares', labelSmoothing: 0.1 })],
  ['hinge and an averaged generator', () => ({ loss: 'hinge', emaMomentum: 0.9 })],
  ['labels and an averaged generator', () => ({ labels: LABELS, emaMomentum: 0.99 })],
  ['an objective of the user', () => ({ objective: relativistic })],
  ['three discriminator steps and an averaged generator', () => ({ discriminatorSteps: 3, emaMomentum: 0.9 })],
  [
    'relativistic, R1 and R2 in every second step, every augmentation',
    () => ({
      ...{ loss: 'relativistic', gradientPenalty: { kind: 'r1r2', weight: 0.5, every: 2 } },
      augmentation: ['contrast', 'brightness', { kind: 'translation', amount: 0.3 }, 'cutout'],
    }),
  ],
  [
    'Wasserstein with its penalty, two discriminator steps, translation',
    () => ({
      ...{ loss: 'wasserstein', gradientPenalty: { kind: 'wgan-gp' }, discriminatorSteps: 2 },
      augmentation: ['translation'],
    }),
  ],
  [
    'an objective of the user with a penalty, two discriminator steps and cutout',
    () => ({
      ...{ objective: relativistic, gradientPenalty: { kind: 'r1r2' }, discriminatorSteps: 2 },
      augmentation: ['cutout'],
    }),
  ],
  ['labels, R1, cutout', () => ({ labels: LABELS, gradientPenalty: { kind: 'r1' }, augmentation: ['cutout'] })],
];

/** Its networks take classes if there are labels. */
const run = (options: Options) => runTiny(options.labels === undefined ? options : tinyConditional(options));

it.each(VARIANTS)('stopped after every step, a training ends in the same bits: %s', async (_, options) => {
  const { saved, ...store } = recordingStore();
  const whole = await run({ ...options(), checkpoint: store });
  const parts = recordingStore();
  const steps: string[] = [];
  let samples: [number, string][] = [];
  for (let turn = 0; turn <= EPOCHS * STEPS_PER_EPOCH; turn++) {
    const stop = turn < EPOCHS * STEPS_PER_EPOCH ? stopAfter(1) : {};
    const part = await run({ ...options(), checkpoint: parts, resume: true, ...stop });
    steps.push(...part.steps);
    samples = [...samples, ...part.samples];
    if (turn < EPOCHS * STEPS_PER_EPOCH) continue;
    const average = ({ result }: typeof whole): string => bitsOf(...(result.averageGenerator?.weights ?? []));
    expect(average(part)).toBe(average(whole));
  }
  expect([steps, new Map(samples)]).toEqual([whole.steps, whole.samples]);
  expect(stateHash(parts.saved.at(-1)!)).toBe(stateHash(saved.at(-1)!));
});

it('the checkpoint has the averaged weights under their own names, only if there are any', async () => {
  const averages = async (emaMomentum: number | undefined): Promise<string[]> => {
    const store = recordingStore();
    await runTiny({ emaMomentum, checkpoint: store, epochs: 1 });
    return [...decodeCheckpoint(store.saved[0]!).tensors.keys()].filter((name) => name.includes('average')).sort();
  };
  const names = ['0.kernel', '1.beta', '1.gamma', '1.moving_mean', '1.moving_variance', '3.bias', '3.kernel'];
  expect(await averages(0.9)).toEqual(names.map((name) => `generator_average.${name}`));
  expect(await averages(undefined)).toEqual([]);
});

describe('resuming with other options lists them', () => {
  const otherLabels = LABELS.map((label, i) => (i === 2 ? 1 : label));
  const clipped = { generatorOptimizer: adam({ learningRate: 0.1, clipNorm: 3 }) };
  const penalty = (every: number): Options => ({ gradientPenalty: { kind: 'r1', weight: 1, every } });
  const cutout = (amount: number): Options => ({ augmentation: [{ kind: 'cutout', amount }] });
  const cases: readonly (readonly [RegExp, Options, Options])[] = [
    [/: loss: saved nonSaturating, given hinge\. Resume/, {}, { loss: 'hinge' }],
    [/: loss: saved leastSquares, given nonSaturating\. Resume/, { loss: 'leastSquares' }, {}],
    [/: loss: saved a pair of functions, given nonSaturating\. Resume/, { objective: relativistic }, {}],
    [/: labelSmoothing: saved 0.1, given 0\. Resume/, { labelSmoothing: 0.1 }, {}],
    [/: emaMomentum: saved none, given 0.9\. Resume/, {}, { emaMomentum: 0.9 }],
    [/: emaMomentum: saved 0.99, given 0.9\. Resume/, { emaMomentum: 0.99 }, { emaMomentum: 0.9 }],
    [/: discriminatorSteps: saved none, given 2\. Resume/, {}, { discriminatorSteps: 2 }],
    [/: gradientPenalty.every: saved 2, given 4\. Resume/, penalty(2), penalty(4)],
    [/: augmentation: saved cutout 0.5, given cutout 0.25\. Resume/, cutout(0.5), cutout(0.25)],
    [/: labels.hash: saved [\da-f]{8}, given [\da-f]{8}\. Resume/, { labels: LABELS }, { labels: otherLabels }],
    [/labels.classes: saved none, given 3; labels.hash: saved none, given [\da-f]{8}; /, {}, { labels: LABELS }],
    [/generatorOptimizer\.clipNorm: saved 0.1, given 3/, both(() => adam({ clipNorm: 0.1 })), clipped],
    [/generatorOptimizer\.learningRate: saved .*, given 0.1/, both(() => adam({ learningRate: warmup })), clipped],
  ];
  it.each(cases)('%s', async (message, saved, given) => {
    const store = recordingStore();
    await run({ ...saved, checkpoint: store, ...stopAfter(1) });
    await expectRejection(run({ ...given, checkpoint: store, resume: true }), ganvas.ArgumentError, message);
  });
});

it('the defaults, written out, give the same checkpoint bit for bit', async () => {
  const hashOf = async (options: Options): Promise<string> => {
    const store = recordingStore();
    await runTiny({ ...options, checkpoint: store, epochs: 1 });
    return stateHash(store.saved[0]!);
  };
  const defaults: Options = {
    ...{ loss: 'nonSaturating', labelSmoothing: 0, emaMomentum: undefined, labels: undefined },
    ...{ discriminatorSteps: 1, gradientPenalty: undefined, augmentation: undefined },
  };
  expect(await hashOf(defaults)).toBe(await hashOf({}));
});
