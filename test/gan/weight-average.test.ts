/**
 * The averaged generator: its formula bit for bit, what it is for, and that the training is the same with it and
 * without.
 */
import { describe, expect, it } from 'vitest';
import { createWeightAverage, updateWeightAverage } from '../../src/gan/weight-average.ts';
import { createRandom, layers, type Model, sequential, type TrainGanOptions, trainGan } from '../../src/index.ts';
import { bitsOf } from '../nn/bits.ts';
import { EPOCHS, runTiny, STEPS_PER_EPOCH, tinyOptions } from './tiny.ts';

const values = ({ weights }: Model): number[][] => weights.map(({ data }) => [...data]);

/** average = m average + (1 - m) weight in float32, m = min(momentum, (1 + t) / (10 + t)). */
function averaged(
  before: readonly number[][],
  weights: readonly number[][],
  momentum: number,
  step: number,
): number[][] {
  const { fround } = Math;
  const m = Math.min(momentum, (1 + step) / (10 + step));
  return before.map((row, i) =>
    row.map((value, j) => fround(fround(fround(m) * value) + fround(fround(1 - m) * weights[i]![j]!))),
  );
}

describe('in a training', () => {
  it.each([0, 0.3, 0.999])('each weight and moving statistic follows the formula, momentum %d', async (emaMomentum) => {
    const { generator } = tinyOptions();
    let expected = values(generator!);
    let step = 0;
    const { averageGenerator, generator: trained } = await trainGan(
      tinyOptions({
        generator,
        emaMomentum,
        onStep: () => {
          expected = averaged(expected, values(generator!), emaMomentum, ++step);
        },
      }),
    );
    expect(step).toBe(EPOCHS * STEPS_PER_EPOCH);
    expect(values(averageGenerator!)).toEqual(expected);
    expect(trained).toBe(generator);
    // At momentum 0 the average is the generator itself.
    expect(bitsOf(...averageGenerator!.weights) === bitsOf(...generator!.weights)).toBe(emaMomentum === 0);
  });

  it('nothing else changes: the same losses and the same weights as without', async () => {
    const plain = await runTiny({});
    const withAverage = await runTiny({ emaMomentum: 0.9 });
    expect(withAverage.steps).toEqual(plain.steps);
    expect(bitsOf(...withAverage.result.generator.weights)).toBe(bitsOf(...plain.result.generator.weights));
    expect(bitsOf(...withAverage.result.discriminator.weights)).toBe(bitsOf(...plain.result.discriminator.weights));
    expect([plain.result.averageGenerator, withAverage.samples.get(1) === plain.samples.get(1)]).toEqual([
      undefined,
      false,
    ]);
  });

  it('the samples of onEpoch are those of the averaged generator', async () => {
    let last = '';
    const onEpoch: TrainGanOptions['onEpoch'] = ({ samples }) => {
      last = bitsOf(samples);
    };
    const { averageGenerator, generator } = await trainGan(tinyOptions({ emaMomentum: 0.99, onEpoch }));
    // The first draw of the training.
    const noise = createRandom(5).normal([2, 3]);
    expect(last).toBe(bitsOf(averageGenerator!.predict(noise)));
    expect(last).not.toBe(bitsOf(generator.predict(noise)));
  });
});

it('lies nearer to the middle of a weight that swings than the weight does', () => {
  const model = sequential([layers.dense({ units: 1, useBias: false, inputShape: [1] })]);
  const [weight] = model.weights;
  weight!.assign([1]);
  const average = createWeightAverage('test', model, 0.99)!;
  for (let step = 1; step <= 2000; step++) {
    weight!.assign([step % 2 === 0 ? 3 : 1]);
    updateWeightAverage(average, model, step);
  }
  // Around 2 it swings by (1 - m) / (1 + m) = 0.005.
  expect(average.model.weights[0]!.item()).toBeGreaterThan(2);
  expect(average.model.weights[0]!.item()).toBeLessThan(2.006);
});
