/** When discriminatorSteps and a gradient penalty take effect, what they report, and what they compute. */
import { describe, expect, it } from 'vitest';
import { type GanStepOptions, ganStep } from '../../src/gan/step.ts';
import {
  adam,
  createRandom,
  denseDiscriminator,
  denseGenerator,
  type GanLosses,
  layers,
  type StepEvent,
  sequential,
  type TrainGanOptions,
} from '../../src/index.ts';
import { bitsOf } from '../nn/bits.ts';
import { countKernels } from '../support/spy.ts';
import { EPOCHS, runTiny, STEPS_PER_EPOCH, tinyOptions } from './tiny.ts';

const TOTAL = EPOCHS * STEPS_PER_EPOCH;

describe('discriminatorSteps: 3', () => {
  it('updates the generator in each third step, across epochs; the other steps leave its weights as they are', async () => {
    const { generator, generatorOptimizer, discriminatorOptimizer } = tinyOptions();
    const models = { generator: generator!, generatorOptimizer, discriminatorOptimizer };
    const bits = [bitsOf(...models.generator.trainableWeights)];
    const onStep = (): unknown => bits.push(bitsOf(...models.generator.trainableWeights));
    const { result } = await runTiny({ ...models, discriminatorSteps: 3, onStep });
    const updated = Array.from({ length: TOTAL }, (_, i) => i + 1).filter((step) => bits[step] !== bits[step - 1]);
    expect(updated).toEqual([3, 6, 9, 12]);
    expect([generatorOptimizer!.step, discriminatorOptimizer!.step]).toEqual([TOTAL / 3, TOTAL]);
    expect(result.history.map(({ generatorLoss }) => Number.isFinite(generatorLoss))).toEqual([true, true, true]);
  });

  it('averages the weights after updates of the generator only', async () => {
    const { generator } = tinyOptions();
    const { result } = await runTiny({ generator, discriminatorSteps: TOTAL + 1, emaMomentum: 0.5 });
    const weights = generator!.trainableWeights;
    expect(bitsOf(...result.averageGenerator!.trainableWeights)).toBe(bitsOf(...weights));
    // Not even the moving statistics, which did change.
    expect(bitsOf(...result.averageGenerator!.weights)).not.toBe(bitsOf(...generator!.weights));
  });
});

describe('gradientPenalty', () => {
  const eventsOf = async (options: Partial<TrainGanOptions>): Promise<StepEvent<GanLosses>[]> => {
    const events: StepEvent<GanLosses>[] = [];
    await runTiny({ ...options, onStep: (event) => events.push(event) });
    return events;
  };

  it('with every: 3 is added in the first of three steps, three times as large, and its mean is in the history', async () => {
    const [always, third] = [
      await eventsOf({ gradientPenalty: { kind: 'r1r2', weight: 2 } }),
      await eventsOf({ gradientPenalty: { kind: 'r1r2', weight: 2, every: 3 } }),
    ];
    const penalised = third.flatMap(({ gradientPenalty }, i) => (gradientPenalty === 0 ? [] : [i]));
    expect(penalised).toEqual([0, 3, 6, 9]);
    expect(third[0]!.gradientPenalty! / always[0]!.gradientPenalty!).toBeCloseTo(3, 5);
    expect(third[0]!.discriminatorLoss).toBe(always[0]!.discriminatorLoss);
    const { result } = await runTiny({ gradientPenalty: { kind: 'r1r2', weight: 2, every: 3 } });
    const sum = third.slice(0, STEPS_PER_EPOCH).reduce((total, event) => total + event.gradientPenalty!, 0);
    expect(result.history[0]!.gradientPenalty).toBe(sum / STEPS_PER_EPOCH);
  });

  it('is no part of events and history without the option', async () => {
    const [event] = await eventsOf({});
    expect(Object.keys(event!).sort()).toEqual([
      'discriminatorLoss',
      'epoch',
      'generatorLoss',
      'step',
      'stepsPerEpoch',
    ]);
  });

  it('lowers the slope of the discriminator: the penalty divided by its weight', async () => {
    const last = async (weight: number): Promise<number> => {
      const discriminator = sequential(
        [
          layers.flatten({ inputShape: [4, 4, 1] }),
          layers.dense({ units: 5, activation: 'tanh' }),
          layers.dense({ units: 1 }),
        ],
        { random: createRandom(8) },
      );
      const discriminatorOptimizer = adam({ learningRate: 1e-2 });
      const gradientPenalty = { kind: 'r1', weight } as const;
      const events = await eventsOf({ discriminator, discriminatorOptimizer, gradientPenalty, epochs: 40 });
      return events.at(-1)!.gradientPenalty! / weight;
    };
    expect(await last(10)).toBeLessThan((await last(1e-6)) / 10);
  });
});

describe('the matrix products of a step of the dense pair', () => {
  const gemms = (options: GanStepOptions): number => {
    const networks = { generator: denseGenerator(), discriminator: denseDiscriminator() };
    const optimizers = { generatorOptimizer: adam(), discriminatorOptimizer: adam() };
    const random = createRandom(1);
    const [real, noise] = [random.uniform([4, 28, 28, 1], -1, 1), random.normal([4, 100])];
    const step = (): unknown => ganStep({ ...networks, ...optimizers }, real, noise, random, options);
    return countKernels(step).counts.gemm!;
  };

  // The count of a step without options, 27, is explained in step.test.ts.
  it('are 19 where the generator is not updated: its 8 for the gradients are left out', () => {
    expect(gemms({ discriminatorSteps: 2 })).toBe(27 - 8);
  });

  /**
   * R1 needs a slope, three products back through D(real). Each of the three becomes two in the gradient of the
   * penalty, one for the kernel and one for what came before, but for the first, whose dy does not depend on a weight.
   */
  it('are 8 more for each of R1 and R2', () => {
    const penalty = (kind: 'r1' | 'r1r2'): GanStepOptions => ({ gradientPenalty: { kind, weight: 1, every: 1 } });
    expect([gemms(penalty('r1')), gemms(penalty('r1r2'))]).toEqual([27 + 8, 27 + 16]);
  });
});
