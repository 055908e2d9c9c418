/** The losses of both networks: values and derivatives against their formulas, written out here in float64. */
import { describe, expect, it } from 'vitest';
import { type GanLoss, type Objective, readObjective } from '../../src/gan/losses.ts';
import { type GanLosses, ganPass } from '../../src/gan/step.ts';
import {
  createRandom,
  type Dataset,
  gradients,
  type StepEvent,
  type Tensor,
  tensor,
  trainGan,
  type Variable,
  variable,
} from '../../src/index.ts';
import { expectClose } from '../nn/expect-close.ts';
import { readGanAdditions } from '../support/fixtures.ts';
import { tinyOptions } from './tiny.ts';

const REAL = [0.5, -2, 3.25, 1, -0.125, 12];
const FAKE = [-1, 0.75, -4, 2.5, -15, 0.25];

/** A term and its derivative. */
type Term = (logit: number) => readonly [value: number, slope: number];

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
/** Binary cross-entropy: -y log(sigmoid(z)) - (1 - y) log(1 - sigmoid(z)). */
const bce =
  (label: number): Term =>
  (z) => [label * Math.log1p(Math.exp(-z)) + (1 - label) * Math.log1p(Math.exp(z)), sigmoid(z) - label];
const negative =
  (term: Term): Term =>
  (z) => {
    const [value, slope] = term(z);
    return [-value, -slope];
  };
const halfSquare =
  (label: number): Term =>
  (z) => [(z - label) ** 2 / 2, z - label];

/** What each image adds to the sum of which the loss is the mean. */
interface Terms {
  readonly generator: Term;
  readonly real: Term;
  readonly fake: Term;
}

/** The losses that add up terms of single logits. The relativistic loss takes pairs. */
type SeparateLoss = Exclude<GanLoss, 'relativistic'>;

const TERMS: Readonly<Record<SeparateLoss, (smoothing: number) => Terms>> = {
  nonSaturating: (s) => ({ generator: bce(1), real: bce(1 - s), fake: bce(0) }),
  minimax: (s) => ({ generator: negative(bce(0)), real: bce(1 - s), fake: bce(0) }),
  leastSquares: (s) => ({ generator: halfSquare(1), real: halfSquare(1 - s), fake: halfSquare(0) }),
  hinge: () => ({
    generator: (z) => [-z, -1],
    real: (z) => [Math.max(0, 1 - z), z < 1 ? -1 : 0],
    fake: (z) => [Math.max(0, 1 + z), z > -1 ? 1 : 0],
  }),
  wasserstein: () => ({ generator: (z) => [-z, -1], real: (z) => [-z, -1], fake: (z) => [z, 1] }),
};

function mean(logits: readonly number[], term: Term): number {
  return logits.reduce((sum, logit) => sum + term(logit)[0], 0) / logits.length;
}

function slopes(logits: readonly number[], term: Term): number[] {
  return logits.map((logit) => term(logit)[1] / logits.length);
}

// Sums of six terms of at most 61, each rounded to 2^-24 of its size, exp and log to a few times that.
const CLOSE = { atol: 1e-6, rtol: 1e-6 };

const CASES = (Object.keys(TERMS) as SeparateLoss[]).flatMap((loss) =>
  (loss === 'hinge' || loss === 'wasserstein' ? [0] : [0, 0.1, 0.75]).map((smoothing) => [loss, smoothing] as const),
);

describe.each(CASES)('%s, labels smoothed by %d', (loss, smoothing) => {
  const objective: Objective = readObjective('test', loss, smoothing);
  const terms = TERMS[loss](smoothing);
  const column = (values: readonly number[]): Variable => variable(tensor([...values], [values.length, 1]));

  it("is the formula, for the generator's loss", () => {
    const fake = column(FAKE);
    const value = objective.generatorLoss(fake, fake);
    expect(value.shape).toEqual([]);
    expectClose('loss', value.data, [mean(FAKE, terms.generator)], CLOSE);
    expectClose('gradient', gradients(value, [fake])[0]!.data, slopes(FAKE, terms.generator), CLOSE);
  });

  it("and for the discriminator's, of batches of different sizes too", () => {
    const reals = REAL.slice(0, 4);
    const real = column(reals);
    const fake = column(FAKE);
    const value = objective.discriminatorLoss(real, fake);
    expect(value.shape).toEqual([]);
    expectClose('loss', value.data, [mean(reals, terms.real) + mean(FAKE, terms.fake)], CLOSE);
    const [dReal, dFake] = gradients(value, [real, fake]);
    expectClose('gradient of real', dReal!.data, slopes(reals, terms.real), CLOSE);
    expectClose('gradient of fake', dFake!.data, slopes(FAKE, terms.fake), CLOSE);
  });
});

describe.each(readGanAdditions().losses)(
  '$name against PyTorch, with four real and six generated images',
  (fixture) => {
    const { discriminatorLoss, generatorLoss } = readObjective('test', fixture.name, 0);
    it.each(['discriminator', 'generator'] as const)('%s', (network) => {
      const [real, fake] = [fixture.real, fixture.fake].map((logits) =>
        variable(tensor([...logits], [logits.length, 1])),
      );
      const loss = network === 'discriminator' ? discriminatorLoss(real!, fake!) : generatorLoss(fake!, real!);
      const expected = fixture[network];
      expectClose('loss', loss.data, [expected.loss], CLOSE);
      const [dReal, dFake] = gradients(loss, [real!, fake!], { unconnected: 'zeros' });
      expectClose('gradient of real', dReal!.data, expected.gradients.real, CLOSE);
      expectClose('gradient of fake', dFake!.data, expected.gradients.fake, CLOSE);
    });
  },
);

it('the non-saturating loss is largest in slope where the fake is refused, the minimax one smallest', () => {
  const slopeAt = (loss: GanLoss, logit: number): number => {
    const fake = variable(tensor([[logit]]));
    return gradients(readObjective('test', loss, 0).generatorLoss(fake, fake), [fake])[0]!.item();
  };
  expect(slopeAt('nonSaturating', -10)).toBeCloseTo(-1, 4);
  expect(slopeAt('minimax', -10)).toBeCloseTo(0, 4);
  expect(slopeAt('minimax', 10)).toBeCloseTo(-1, 4);
});

describe('trainGan', () => {
  /** The losses of the first step, and what the formulas make of that step's logits. */
  async function firstStep(
    loss: SeparateLoss | undefined,
    labelSmoothing: number | undefined,
  ): Promise<[number[], number[]]> {
    const events: StepEvent<GanLosses>[] = [];
    const controller = new AbortController();
    const options = tinyOptions();
    await trainGan({
      ...tinyOptions(),
      loss,
      labelSmoothing,
      signal: controller.signal,
      onStep: (event) => {
        events.push(event);
        controller.abort();
      },
    });
    // The same draws again: noise of the samples, order, noise of the step.
    const { seed = 0, batchSize = 0, sampleCount = 0, latentDim = 0 } = options;
    const random = createRandom(seed);
    random.normal([sampleCount, latentDim]);
    const images = options.images as Dataset;
    const real = images.gather(random.permutation(images.count).subarray(0, batchSize));
    const logits: number[][] = [];
    const pass = { generator: options.generator!, discriminator: options.discriminator! };
    const listening = (x: Tensor): Tensor => {
      logits.push([...x.data]);
      return x;
    };
    const objective = readObjective('test', 'nonSaturating', 0);
    ganPass(pass, real, random.normal([batchSize, latentDim]), random, {
      objective: {
        generatorLoss: objective.generatorLoss,
        discriminatorLoss: (realLogits, fake) => objective.discriminatorLoss(listening(realLogits), listening(fake)),
      },
    });
    const [reals, fakes] = logits;
    const terms = TERMS[loss ?? 'nonSaturating'](labelSmoothing ?? 0);
    return [
      [events[0]!.generatorLoss, events[0]!.discriminatorLoss],
      [mean(fakes!, terms.generator), mean(reals!, terms.real) + mean(fakes!, terms.fake)],
    ];
  }

  it.each([[undefined, undefined] as const, ...CASES])('minimises %s, smoothed by %s', async (loss, smoothing) => {
    const [got, expected] = await firstStep(loss, smoothing);
    expectClose('losses', got, expected, CLOSE);
  });
});
