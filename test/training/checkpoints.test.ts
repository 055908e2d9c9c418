/**
 * Checkpoints of trainAutoencoder and trainClassifier, and what all trainings share: validation, own losses, learning
 * rates that change.
 */
import { describe, expect, it } from 'vitest';
import {
  ArgumentError,
  accuracy,
  adam,
  adamW,
  type CheckpointStore,
  DivergenceError,
  type EpochEvent,
  meanSquaredError,
  type Optimizer,
  type ResumeEvent,
  RuntimeError,
  type StepEvent,
  sgd,
  sparseCategoricalCrossentropy,
  type TrainAutoencoderOptions,
  tensor,
  trainAutoencoder,
  trainClassifier,
  type Variable,
} from '../../src/index.ts';
import { decodeCheckpoint } from '../../src/training/checkpoint.ts';
import { recordingStore, runTiny, stateHash, stopAfter } from '../gan/tiny.ts';
import { rejection } from '../support/folder.ts';
import { expectRejection, wrong } from '../support/thrown.ts';
import {
  autoencoderOptions,
  classifierOptions,
  EPOCHS,
  LABELS,
  STEPS_PER_EPOCH,
  tinyAutoencoder,
  tinyClassifier,
} from './tiny.ts';

const TOTAL = EPOCHS * STEPS_PER_EPOCH;

interface Run {
  readonly steps: readonly string[];
  readonly epochs: readonly string[];
  readonly history: readonly unknown[];
  readonly completed: boolean;
}
type Overrides = Partial<Omit<TrainAutoencoderOptions, 'autoencoder' | 'loss' | 'validation'>>;

/** What a run tells, but the seconds. */
async function log<M extends { readonly loss: number }>(
  overrides: Overrides,
  train: (callbacks: {
    readonly onStep: (event: StepEvent<M>) => unknown;
    readonly onEpoch: (event: EpochEvent<M>) => unknown;
  }) => Promise<{ readonly history: readonly EpochEvent<M>[]; readonly completed: boolean }>,
): Promise<Run> {
  const steps: string[] = [];
  const epochs: string[] = [];
  const { history, completed } = await train({
    onStep(event) {
      steps.push(JSON.stringify(event));
      return overrides.onStep?.(event);
    },
    onEpoch(event) {
      epochs.push(JSON.stringify({ ...event, seconds: 0 }));
      return overrides.onEpoch?.(event);
    },
  });
  return { steps, epochs, history: history.map((record) => ({ ...record, seconds: 0 })), completed };
}

const validation = () => ({ images: autoencoderOptions().images, labels: LABELS });
const TRAININGS: readonly (readonly [string, string, (overrides: Overrides) => Promise<Run>])[] = [
  [
    'trainAutoencoder',
    'encoder.1.kernel',
    (overrides) =>
      log(overrides, (callbacks) =>
        trainAutoencoder({
          ...autoencoderOptions(),
          ...overrides,
          ...callbacks,
          validation: { images: validation().images },
        }),
      ),
  ],
  [
    'trainClassifier',
    'features.1.kernel',
    (overrides) =>
      log(overrides, (callbacks) =>
        trainClassifier({ ...classifierOptions(), ...overrides, ...callbacks, validation: validation() }),
      ),
  ],
];

describe.each(TRAININGS)('%s', (name, innermost, run) => {
  it('ends in the same bits, stopped after every step', async () => {
    // Every optimizer with its slots is in test/gan/checkpoint-options.test.ts.
    const optimizer = () => adamW({ learningRate: 1e-2, clipNorm: 0.1 });
    const { saved, ...store } = recordingStore();
    const whole = await run({ checkpoint: store, optimizer: optimizer() });
    expect(whole.completed).toBe(true);
    expect(saved).toHaveLength(EPOCHS);
    const parts = recordingStore();
    const [steps, epochs]: [string[], string[]] = [[], []];
    for (let turn = 0; turn < TOTAL; turn++) {
      const part = await run({
        checkpoint: parts,
        resume: true,
        optimizer: optimizer(),
        ...wrong<Overrides>(stopAfter(1)),
      });
      steps.push(...part.steps);
      epochs.push(...part.epochs);
    }
    const last = await run({ checkpoint: parts, resume: true, optimizer: optimizer() });
    expect([steps, epochs, last.history]).toEqual([whole.steps, whole.epochs, whole.history]);
    expect(stateHash(parts.saved.at(-1)!)).toBe(stateHash(saved.at(-1)!));
  });

  it('saves every `checkpointEvery` steps, under readable names', async () => {
    const store = recordingStore();
    await run({ checkpoint: store, checkpointEvery: 3, epochs: 2 });
    const checkpoints = store.saved.map(decodeCheckpoint);
    expect(checkpoints.map(({ epoch, step }) => `${epoch}.${step}`)).toEqual(['1.3', '2.0', '2.2', '3.0']);
    const names = [...checkpoints[0]!.tensors.keys()];
    const [network, weight] = [innermost.slice(0, innermost.indexOf('.')), innermost.slice(innermost.indexOf('.') + 1)];
    expect(names).toContain(innermost);
    expect(names).toContain(`${network}_optimizer.${weight}.m`);
    expect(Object.values(checkpoints[1]!.optimizers)).toEqual([{ step: 4, learningRate: 1e-2 }]);
    expect(checkpoints[1]!.columns).toEqual(expect.arrayContaining(['loss', 'seconds', 'validation.loss']));
  });

  it('reports where it resumes, and skips a damaged checkpoint', async () => {
    const store = recordingStore();
    await run({ checkpoint: store });
    store.saved.push(Uint8Array.of(1, 2, 3));
    const events: ResumeEvent[] = [];
    const rest = await run({
      checkpoint: store,
      resume: true,
      epochs: EPOCHS + 1,
      onResume: (event) => events.push(event),
    });
    expect(events).toMatchObject([{ epoch: EPOCHS + 1, step: 0, skipped: [{ name: `number ${EPOCHS}` }] }]);
    expect(rest.steps).toHaveLength(STEPS_PER_EPOCH);
  });

  it('refuses the checkpoints of another training, and other settings', async () => {
    const store = recordingStore();
    await runTiny({ checkpoint: store, epochs: 1 });
    await expectRejection(
      run({ checkpoint: store, resume: true }),
      ArgumentError,
      `${name}: number 0 was saved by a training with other settings: `,
    );

    const own = recordingStore();
    await run({ checkpoint: own, epochs: 1 });
    const other = await rejection(run({ checkpoint: own, resume: true, optimizer: sgd() }));
    expect(String(other)).toMatch(/optimizer\.name: saved adam, given sgd/);
  });

  it('a learning rate that was set on the way is saved and set again', async () => {
    const halving = (): Overrides => {
      const optimizer = adam({ learningRate: 1e-2 });
      return {
        optimizer,
        onEpoch: () => {
          optimizer.learningRate /= 2;
        },
      };
    };
    const { saved, ...store } = recordingStore();
    const whole = await run({ checkpoint: store, ...halving() });
    const parts = recordingStore();
    const steps: string[] = [];
    for (let turn = 0; turn <= TOTAL; turn++) {
      const { signal, onStep } = stopAfter(1);
      const part = await run({ checkpoint: parts, resume: true, ...halving(), signal, onStep: wrong(onStep) });
      steps.push(...part.steps);
    }
    expect(steps).toEqual(whole.steps);
    expect(stateHash(parts.saved.at(-1)!)).toBe(stateHash(saved.at(-1)!));
    expect(Object.values(decodeCheckpoint(saved.at(-1)!).optimizers)).toEqual([
      { step: TOTAL, learningRate: 1e-2 / 8 },
    ]);
  });

  it('another function as schedule is refused by the rate that it gives, and nothing has changed', async () => {
    const store = recordingStore();
    await run({ checkpoint: store, optimizer: adam({ learningRate: (step) => 1e-2 / (1 + step) }), epochs: 1 });
    const optimizer = adam({ learningRate: () => 1e-2 });
    await expectRejection(
      run({ checkpoint: store, resume: true, optimizer }),
      ArgumentError,
      `${name}: the schedule of optimizer gives a learning rate of 0.01 after 4 steps; the saved training's gave 0.002.`,
    );
    expect(optimizer.step).toBe(0);
  });

  it.each([
    ['undefined', () => undefined, /optimizer\.slots\(kernel\) must be an object of variables by name; got undefined/],
    ['a list', () => [], /optimizer\.slots\(kernel\) must be an object of variables by name; got \[\]/],
    ['a tensor', () => ({ m: tensor([1]) }), /optimizer\.slots\(kernel\)\.m must be a variable; got a Tensor/],
  ])('refuses an optimizer whose slots are %s before the first step', async (_, slots, message) => {
    const inner = adam();
    const optimizer = wrong<Optimizer>({
      config: inner.config,
      step: 0,
      slots,
      apply: inner.apply.bind(inner),
      restore: inner.restore.bind(inner),
    });
    await expectRejection(run({ optimizer, onStep: () => expect.unreachable() }), ArgumentError, message);
  });

  it('a gradient beyond 1.8e19 rejects in that step, names network, weight and slot, and is never saved', async () => {
    const store = recordingStore();
    const inner = adam({ learningRate: 1e-2 });
    const optimizer = wrong<Optimizer>({
      config: inner.config,
      slots: inner.slots.bind(inner),
      restore: inner.restore.bind(inner),
      get step() {
        return inner.step;
      },
      apply(variables: readonly Variable[], gradients: readonly { readonly data: Float32Array }[]) {
        if (inner.step === 5) gradients[0]!.data[0] = 2e19;
        return inner.apply(variables, wrong(gradients));
      },
    });
    const steps: unknown[] = [];
    await expectRejection(
      run({ checkpoint: store, checkpointEvery: 1, optimizer, onStep: (event) => steps.push(event) }),
      DivergenceError,
      `${name}: the optimizer's slot v of ${innermost} holds a NaN or an infinity after this step. Its gradient is finite, but too large for the optimizer. Clip gradients`,
    );
    expect([steps.length, store.saved.length]).toEqual([5, 5]);
  });

  it('passes a failing store on to the caller', async () => {
    const broken: CheckpointStore = { save: () => Promise.reject(new RuntimeError('disk full')), list: async () => [] };
    await expect(run({ checkpoint: broken })).rejects.toThrow('disk full');
  });
});

describe('validation', () => {
  it('is what accuracy() says of the trained classifier, and the history has it', async () => {
    const classifier = tinyClassifier();
    const accuracies: number[] = [];
    const { history } = await trainClassifier({
      ...classifierOptions({ classifier, epochs: 5 }),
      validation: validation(),
      onEpoch: () => accuracies.push(accuracy(classifier, validation().images, LABELS)),
    });
    expect(history.map((record) => record.validation!.accuracy)).toEqual(accuracies);
    for (const record of history) expect(record.validation!.loss).toBeGreaterThan(0);
  });

  it('is the loss of the trained autoencoder in inference mode', async () => {
    const autoencoder = tinyAutoencoder();
    const images = autoencoderOptions().images as Exclude<TrainAutoencoderOptions['images'], Variable>;
    const losses: number[] = [];
    const { history } = await trainAutoencoder({
      ...autoencoderOptions({ autoencoder }),
      validation: { images },
      onEpoch() {
        if (!('gather' in images)) return;
        const all = images.gather(Array.from({ length: images.count }, (_, i) => i));
        losses.push(meanSquaredError(all, autoencoder.decoder.predict(autoencoder.encoder.predict(all))).item());
      },
    });
    history.forEach((record, i) => {
      expect(record.validation!.loss).toBeCloseTo(losses[i]!, 6);
    });
  });

  it('does not change the training', async () => {
    const train = async (more: object): Promise<readonly number[]> =>
      (await trainClassifier({ ...classifierOptions(), ...more })).history.map(({ loss }) => loss);
    expect(await train({ validation: validation() })).toEqual(await train({}));
    expect((await trainClassifier(classifierOptions())).history[0]).not.toHaveProperty('validation');
  });

  it('that is not finite stops the training', async () => {
    await expectRejection(
      trainAutoencoder({
        ...autoencoderOptions(),
        loss: (x, y) => meanSquaredError(x, y),
        validation: {
          images: { count: 1, itemShape: [4, 4, 1], gather: () => tensor(new Array(16).fill(NaN), [1, 4, 4, 1]) },
        },
      }),
      DivergenceError,
      /trainAutoencoder: over the validation data loss is NaN, while all weights are finite/,
    );
  });
});

describe('own losses', () => {
  it('the default, written out, gives the same bits', async () => {
    const losses = async (options: object): Promise<unknown> =>
      (await trainClassifier({ ...classifierOptions(), ...options })).history.map(({ loss }) => loss);
    expect(await losses({ loss: sparseCategoricalCrossentropy })).toEqual(await losses({}));
    const auto = async (options: object): Promise<unknown> =>
      (await trainAutoencoder({ ...autoencoderOptions(), ...options })).history.map(({ loss }) => loss);
    expect(await auto({ loss: meanSquaredError })).toEqual(await auto({}));
  });

  it.each([
    [() => undefined, /the result of loss\(\) must be a Tensor; got undefined/],
    [() => 5, /the result of loss\(\) must be a Tensor; got 5/],
    [
      (_: unknown, logits: unknown) => logits,
      /the result of loss\(\) must be a scalar; got shape \[4, 3\]. Take the mean\(\) of it/,
    ],
  ])('that return no scalar are refused', async (loss, message) => {
    const error = await rejection(trainClassifier({ ...classifierOptions(), loss: wrong(loss) }));
    expect(String(error)).toMatch(message);
  });
});
