/**
 * A NaN that a callback writes between two steps: no training returns or saves it, whatever it was written into and
 * when.
 */
import { describe, expect, it } from 'vitest';
import {
  DivergenceError,
  type Model,
  type Optimizer,
  type Tensor,
  type TrainGanOptions,
  trainAutoencoder,
  trainClassifier,
  trainGan,
} from '../../src/index.ts';
import { EPOCHS, recordingStore, STEPS_PER_EPOCH, tinyOptions } from '../gan/tiny.ts';
import { expectRejection } from '../support/thrown.ts';
import { autoencoderOptions, classifierOptions } from './tiny.ts';

const LAST_STEP = EPOCHS * STEPS_PER_EPOCH;

/** Writes one NaN, or an infinity. */
function spoil(values: Tensor, value = Number.NaN): void {
  values.data[values.size - 1] = value;
}

/** A callback that does something at its call number `call`, from 1. */
function atCall(call: number, body: () => void): () => void {
  let calls = 0;
  return () => {
    if (++calls === call) body();
  };
}

const message = (what: string): string =>
  `${what} holds a NaN or an infinity, which no step has made. Has onStep or onEpoch written it? The last checkpoint, if there is one, is untouched.`;

async function expectDivergence(training: Promise<unknown>, what: string): Promise<void> {
  const error = await expectRejection(training, DivergenceError);
  expect((error as DivergenceError).message).toBe(message(what));
}

interface Networks {
  readonly generator: Model;
  readonly discriminator: Model;
  readonly generatorOptimizer: Optimizer;
  readonly discriminatorOptimizer: Optimizer;
}

const slotOf = (optimizer: Optimizer, model: Model, name: string, slot: string): Tensor =>
  optimizer.slots(model.namedWeights.get(name)!)[slot]!;

const PLACES: readonly (readonly [string, (networks: Networks) => Tensor])[] = [
  ['generator.0.kernel', ({ generator }) => generator.namedWeights.get('0.kernel')!],
  ['generator.1.moving_variance', ({ generator }) => generator.namedWeights.get('1.moving_variance')!],
  ['discriminator.2.moving_mean', ({ discriminator }) => discriminator.namedWeights.get('2.moving_mean')!],
  ['discriminator.5.bias', ({ discriminator }) => discriminator.namedWeights.get('5.bias')!],
  [
    'generator_optimizer.0.kernel.v',
    ({ generatorOptimizer, generator }) => slotOf(generatorOptimizer, generator, '0.kernel', 'v'),
  ],
  [
    'discriminator_optimizer.5.kernel.m',
    ({ discriminatorOptimizer, discriminator }) => slotOf(discriminatorOptimizer, discriminator, '5.kernel', 'm'),
  ],
];

describe.each(PLACES)('trainGan, a NaN in %s', (what, placeOf) => {
  const poisoned = (
    callback: 'onStep' | 'onEpoch',
    call: number,
    value: number,
    overrides: Partial<TrainGanOptions> = {},
  ): TrainGanOptions => {
    const options = tinyOptions(overrides);
    return { ...options, [callback]: atCall(call, () => spoil(placeOf(options as Networks), value)) };
  };

  it.each([
    ['onStep', LAST_STEP],
    ['onEpoch', EPOCHS],
  ] as const)('from the last %s is never returned', async (callback, call) => {
    await expectDivergence(trainGan(poisoned(callback, call, Number.NaN)), `trainGan: ${what}`);
    await expectDivergence(trainGan(poisoned(callback, call, -Infinity)), `trainGan: ${what}`);
  });

  it('is never saved: after a step, at the end of an epoch, when a signal stops the training', async () => {
    for (const [callback, call, checkpointEvery, saved] of [
      ['onStep', 2, 1, 1],
      ['onStep', STEPS_PER_EPOCH, undefined, 0],
      ['onEpoch', 2, undefined, 1],
    ] as const) {
      const { saved: all, ...store } = recordingStore();
      const options = poisoned(callback, call, Number.NaN, { checkpoint: store, checkpointEvery });
      await expectDivergence(trainGan(options), `trainGan: ${what}`);
      expect(all.length).toBe(saved);
    }
    const controller = new AbortController();
    const { saved: all, ...store } = recordingStore();
    const options = tinyOptions({ checkpoint: store, signal: controller.signal });
    const onStep = atCall(3, () => {
      controller.abort();
      spoil(placeOf(options as Networks));
    });
    await expectDivergence(trainGan({ ...options, onStep }), `trainGan: ${what}`);
    expect(all.length).toBe(0);
  });
});

describe('trainGan, a NaN in the averaged generator', () => {
  it.each([1, EPOCHS])('from onEpoch %d is found', async (epoch) => {
    const { saved, ...store } = recordingStore();
    for (const checkpoint of [undefined, store]) {
      const options = tinyOptions({
        emaMomentum: 0.9,
        checkpoint,
        onEpoch: (event) => {
          if (event.epoch === epoch) spoil(event.averageGenerator!.namedWeights.get('3.kernel')!);
        },
      });
      await expectDivergence(trainGan(options), 'trainGan: generator_average.3.kernel');
    }
    expect(saved.length).toBe(epoch - 1);
  });

  it('from the last onStep is found', async () => {
    let average: Model | undefined;
    const options = tinyOptions({
      emaMomentum: 0.9,
      onEpoch: ({ averageGenerator }) => {
        average = averageGenerator;
      },
      onStep: ({ epoch, step }) => {
        if (epoch === EPOCHS && step === STEPS_PER_EPOCH) spoil(average!.namedWeights.get('1.moving_mean')!);
      },
    });
    await expectDivergence(trainGan(options), 'trainGan: generator_average.1.moving_mean');
  });
});

describe('a training by one loss, a NaN from the last callback', () => {
  it.each(['onStep', 'onEpoch'] as const)('trainAutoencoder, %s', async (callback) => {
    for (const [what, of] of [
      [
        'encoder.5.moving_mean',
        ({ encoder }: ReturnType<typeof modelsOf>) => encoder.namedWeights.get('5.moving_mean')!,
      ],
      ['decoder.0.kernel', ({ decoder }: ReturnType<typeof modelsOf>) => decoder.namedWeights.get('0.kernel')!],
    ] as const) {
      const options = autoencoderOptions();
      const call = callback === 'onStep' ? LAST_STEP : EPOCHS;
      const training = trainAutoencoder({ ...options, [callback]: atCall(call, () => spoil(of(modelsOf(options)))) });
      await expectDivergence(training, `trainAutoencoder: ${what}`);
    }
  });

  it.each(['onStep', 'onEpoch'] as const)('trainClassifier, %s', async (callback) => {
    const options = classifierOptions();
    const { head } = options.classifier!;
    const call = callback === 'onStep' ? LAST_STEP : EPOCHS;
    const slot = (): Tensor => slotOf(options.optimizer!, head, '1.bias', 'v');
    const training = trainClassifier({ ...options, [callback]: atCall(call, () => spoil(slot(), Infinity)) });
    await expectDivergence(training, 'trainClassifier: head_optimizer.1.bias.v');
  });

  it('and a signal', async () => {
    const controller = new AbortController();
    const options = autoencoderOptions({ signal: controller.signal });
    const onStep = (): void => {
      controller.abort();
      spoil(modelsOf(options).encoder.weights[0]!);
    };
    await expectDivergence(trainAutoencoder({ ...options, onStep }), 'trainAutoencoder: encoder.1.kernel');
  });
});

function modelsOf({ autoencoder }: ReturnType<typeof autoencoderOptions>): NonNullable<typeof autoencoder> {
  return autoencoder!;
}
