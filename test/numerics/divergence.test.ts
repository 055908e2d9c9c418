/**
 * Trainings at their limits. A NaN put into each kind of tensor is reported in the same step, with network and layer,
 * and no checkpoint is overwritten; what overflow, extreme learning rates and batches of one do is what the docstrings
 * say.
 */
import { describe, expect, it } from 'vitest';
import { record } from '../../src/autograd/record.ts';
import {
  adam,
  createRandom,
  type Dataset,
  DivergenceError,
  type Layer,
  layers,
  type Model,
  type Optimizer,
  sequential,
  sub,
  type Tensor,
  type TrainGanOptions,
  trainGan,
  type Variable,
} from '../../src/index.ts';
import { recordingStore, STEPS_PER_EPOCH, stateHash, tinyOptions } from '../gan/tiny.ts';
import { rejection } from '../support/folder.ts';

/** Steps that go well before the poison. */
const BEFORE = 2;

/** The tiny training with its models and optimizers at hand. */
type Options = TrainGanOptions & {
  readonly generator: Model;
  readonly discriminator: Model;
  readonly generatorOptimizer: Optimizer;
  readonly discriminatorOptimizer: Optimizer;
};

interface Outcome {
  readonly error: unknown;
  readonly steps: number;
  /** Hashes of the checkpoints in the store when it ended. */
  readonly saved: readonly string[];
}

/** Trains with a checkpoint after every step, and puts the poison in when the batch of step 3 is gathered. */
async function poisoned(
  poison: (options: Options) => void,
  overrides: Partial<TrainGanOptions> = {},
): Promise<Outcome> {
  const options = tinyOptions(overrides) as Options;
  const images = options.images as Dataset;
  const store = recordingStore();
  let steps = 0;
  const gather: Dataset['gather'] = (places) => {
    if (steps === BEFORE) poison(options);
    return images.gather(places);
  };
  const error = await rejection(
    trainGan({
      ...options,
      images: { ...images, gather },
      checkpoint: store,
      checkpointEvery: 1,
      onStep: () => {
        steps++;
      },
    }),
  );
  return { error, steps, saved: store.saved.map(stateHash) };
}

/** The checkpoints of the steps before, from a training that nothing befalls. */
async function soundCheckpoints(overrides: Partial<TrainGanOptions> = {}): Promise<readonly string[]> {
  const store = recordingStore();
  await trainGan({ ...tinyOptions(overrides), epochs: 1, checkpoint: store, checkpointEvery: 1 });
  return store.saved.slice(0, BEFORE).map(stateHash);
}

function setFirst(target: Tensor, value: number): void {
  target.data[0] = value;
}

const weightsOf = ({ generator, discriminator }: Options): [string, Variable][] =>
  Object.entries({ generator, discriminator }).flatMap(([network, model]) =>
    [...model.namedWeights].map(([name, weight]): [string, Variable] => [`${network}.${name}`, weight]),
  );

const WEIGHTS = weightsOf(tinyOptions() as Options).map(([name]) => name);
const isStatistic = (name: string): boolean => name.includes('moving');

describe('a NaN that appears in the third step, in', () => {
  const expectReport = ({ error, steps, saved }: Outcome, sound: readonly string[], message: RegExp): void => {
    expect(error).toBeInstanceOf(DivergenceError);
    expect((error as DivergenceError).message).toMatch(message);
    expect((error as DivergenceError).message).toContain('The last checkpoint, if there is one, is untouched.');
    expect(steps).toBe(BEFORE);
    expect(saved).toEqual(sound);
  };

  it.each(WEIGHTS)('the weight %s is reported in that step by its name, and the checkpoints stay', async (name) => {
    const outcome = await poisoned((options) => setFirst(new Map(weightsOf(options)).get(name)!, NaN));
    const why = isStatistic(name) ? 'Losses and other weights are finite.' : 'It did so before the step: ';
    expectReport(
      outcome,
      await soundCheckpoints(),
      new RegExp(`^trainGan: ${name.replaceAll('.', '\\.')} holds a NaN or an infinity after this step\\. ${why}`),
    );
  });

  // tanh hides an infinity in front of it from the losses; its gradient, infinity times 0, shows.
  it.each(WEIGHTS)('the weight %s, if it is an infinity, is reported in that step by its network', async (name) => {
    const outcome = await poisoned((options) => setFirst(new Map(weightsOf(options)).get(name)!, Infinity));
    const [network = ''] = name.split('.');
    expectReport(
      outcome,
      await soundCheckpoints(),
      new RegExp(`^trainGan: ${network}\\.\\d\\.\\w+ holds a NaN or an infinity after this step\\. `),
    );
  });

  it.each(
    WEIGHTS.filter((name) => !isStatistic(name)).flatMap((name) =>
      (['m', 'v'] as const).map((moment) => [moment, name] as const),
    ),
  )('the moment %s of %s is reported in that step by both names', async (moment, name) => {
    const outcome = await poisoned((options) => {
      const weight = new Map(weightsOf(options)).get(name)!;
      const optimizer = name.startsWith('generator') ? options.generatorOptimizer : options.discriminatorOptimizer;
      setFirst(optimizer.slots(weight)[moment]!, NaN);
    });
    expectReport(
      outcome,
      await soundCheckpoints(),
      new RegExp(
        `^trainGan: ${name.replaceAll('.', '\\.')} holds a NaN .* Its slot ${moment} in the optimizer is not finite\\.`,
      ),
    );
  });

  it.each([NaN, Infinity, -Infinity])('an image (%d) is reported as one, not as a weight', async (value) => {
    const options = tinyOptions();
    const images = options.images as Dataset;
    let steps = 0;
    const gather: Dataset['gather'] = (places) => {
      const batch = images.gather(places);
      if (steps === BEFORE) batch.data[5] = value;
      return batch;
    };
    const store = recordingStore();
    const onStep = (): void => {
      steps++;
    };
    const error = await rejection(
      trainGan({ ...options, images: { ...images, gather }, checkpoint: store, checkpointEvery: 1, onStep }),
    );
    expectReport(
      { error, steps, saved: store.saved.map(stateHash) },
      await soundCheckpoints(),
      /^trainGan: the images of this step hold 1 value that is NaN or infinite; discriminatorLoss is (NaN|Infinity)\. /,
    );
  });

  it('a gradient is reported at the first layer on its way back, not at all layers behind it', async () => {
    const gate = { broken: false };
    const discriminator = sequential(
      [
        layers.flatten({ inputShape: [4, 4, 1] }),
        layers.dense({ units: 5 }),
        layers.leakyReLU(),
        layers.dense({ units: 4 }),
        brokenPullback(gate),
        layers.dense({ units: 1 }),
      ],
      { random: createRandom(8) },
    );
    const outcome = await poisoned(
      () => {
        gate.broken = true;
      },
      { discriminator },
    );
    expect(outcome.error).toBeInstanceOf(DivergenceError);
    // Layer 3 stands before the broken one. Layer 1 and all of the generator hold NaN as well.
    expect(String(outcome.error)).toMatch(
      /trainGan: discriminator\.3\.bias holds a NaN or an infinity after this step\. Its gradient was not finite, and no gradient nearer to the loss\./,
    );
    expect([outcome.steps, outcome.saved.length]).toEqual([BEFORE, BEFORE]);
  });

  it.each(['generator.0.kernel', 'generator.3.bias'])(
    'one gradient that an optimizer is given, of %s, is reported at that weight',
    async (name) => {
      const inner = adam({ learningRate: 2e-3 });
      const gate = { broken: false };
      const at = { 'generator.0.kernel': 0, 'generator.3.bias': 4 }[name]!;
      const generatorOptimizer: Optimizer = {
        config: inner.config,
        learningRate: inner.learningRate,
        get step() {
          return inner.step;
        },
        slots: (one) => inner.slots(one),
        restore: (step) => inner.restore(step),
        apply(variables, given) {
          if (gate.broken) setFirst(given[at]!, NaN);
          return inner.apply(variables, given);
        },
      };
      const outcome = await poisoned(
        () => {
          gate.broken = true;
        },
        { generatorOptimizer },
      );
      expectReport(
        outcome,
        await soundCheckpoints({ generatorOptimizer: adam({ learningRate: 2e-3 }) }),
        new RegExp(`^trainGan: ${name.replaceAll('.', '\\.')} holds a NaN .* Its gradient was not finite`),
      );
    },
  );
});

/** Changes nothing; once the gate is broken, the gradient that it passes back is NaN in one place. */
function brokenPullback(gate: { readonly broken: boolean }): Layer {
  return {
    kind: 'BrokenPullback',
    build: (outputShape) => ({
      kind: 'BrokenPullback',
      settings: {},
      outputShape,
      weights: [],
      trainableWeights: [],
      call: (x) =>
        record(
          'brokenPullback',
          sub(x, 0),
          [x],
          [
            (dy) => {
              const dx = sub(dy, 0);
              if (gate.broken) setFirst(dx, NaN);
              return dx;
            },
          ],
        ),
    }),
  };
}

describe('activations that overflow, with finite images and weights', () => {
  it('are reported at the batch normalisation that they come to', async () => {
    const outcome = await poisoned(({ discriminator }) => {
      const weight = discriminator.namedWeights.get('1.kernel')!;
      weight.assign(weight.data.map(() => 3e38));
    });
    expect(String(outcome.error)).toMatch(
      /trainGan: discriminator\.2\.moving_(mean|variance) holds a NaN or an infinity after this step\. What its layer was given has overflowed: /,
    );
    expect(outcome.steps).toBe(BEFORE);
  });

  it('are reported at the loss where there is no batch normalisation', async () => {
    const discriminator = sequential([layers.flatten({ inputShape: [4, 4, 1] }), layers.dense({ units: 1 })]);
    const outcome = await poisoned(
      (options) => options.discriminator.namedWeights.get('1.kernel')!.assign(Array(16).fill(3e38)),
      { discriminator },
    );
    expect(String(outcome.error)).toMatch(
      /trainGan: (generator|discriminator)Loss is (NaN|Infinity) after this step\. What the networks made is too large\./,
    );
  });
});

describe('a learning rate', () => {
  it('of 0 leaves every trainable weight as it is, bit for bit; moments, statistics and losses go on', async () => {
    const options = tinyOptions({
      generatorOptimizer: adam({ learningRate: 0 }),
      discriminatorOptimizer: adam({ learningRate: 0 }),
    }) as Options;
    const before = new Map(weightsOf(options).map(([name, { data }]) => [name, [...data]]));
    const { history, completed } = await trainGan(options);
    expect([completed, history.length]).toEqual([true, 3]);
    for (const [name, { data }] of weightsOf(options)) {
      expect([name, [...data].every((value, i) => Object.is(value, before.get(name)![i]))]).toEqual([
        name,
        !isStatistic(name),
      ]);
    }
    const kernel = options.generator.namedWeights.get('0.kernel')!;
    expect(options.generatorOptimizer.slots(kernel)['m']!.data.some((value) => value !== 0)).toBe(true);
  });

  it('of 1e6 either continues with finite numbers or stops with a DivergenceError', async () => {
    const wild = tinyOptions({
      generatorOptimizer: adam({ learningRate: 1e6 }),
      discriminatorOptimizer: adam({ learningRate: 1e6 }),
      epochs: 10,
    }) as Options;
    let steps = 0;
    const outcome = await trainGan({
      ...wild,
      onStep({ generatorLoss, discriminatorLoss }) {
        steps++;
        expect([generatorLoss, discriminatorLoss].every(Number.isFinite)).toBe(true);
        for (const [name, { data }] of weightsOf(wild))
          expect([name, data.every(Number.isFinite)]).toEqual([name, true]);
      },
    }).catch((error: unknown) => error);
    if (outcome instanceof Error) expect(outcome).toBeInstanceOf(DivergenceError);
    else expect(steps).toBe(10 * STEPS_PER_EPOCH);
    expect(steps).toBeGreaterThan(0);
  });
});

describe('a batch of one image', () => {
  it('trains what stands behind the last batch normalisation, which gives beta for it; all stays finite', async () => {
    const options = tinyOptions({ batchSize: 1, epochs: 1 }) as Options;
    const before = new Map(weightsOf(options).map(([name, { data }]) => [name, [...data]]));
    const { completed, history } = await trainGan(options);
    expect([completed, history.length]).toEqual([true, 1]);
    const changed = weightsOf(options)
      .filter(([name, { data }]) => !isStatistic(name) && [...data].some((value, i) => value !== before.get(name)![i]))
      .map(([name]) => name);
    // Nothing flows back through the discriminator's batch normalisation, so nothing before it and no generator learns.
    expect(changed).toEqual(['discriminator.2.beta', 'discriminator.5.kernel', 'discriminator.5.bias']);
    for (const [, { data }] of weightsOf(options)) expect(data.every(Number.isFinite)).toBe(true);
  });
});
