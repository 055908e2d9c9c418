/**
 * Why the article's pair draws on grey. Its discriminator's first layer is x W without a bias, and batch normalisation
 * follows: an image c that is added to every image of a batch adds the row c W to every row, and the normalisation
 * takes away what all rows have in common. So the discriminator sees no such image, the gradient of the generator's
 * last shift (beta, one number a pixel, equal for all images) is zero, and the mean picture is never learned. The
 * refined pair has neither of the two batch normalisations.
 *
 * In exact arithmetic both hold exactly. In float32 there is rounding, with unit u = 2^-24. A sum of k products has a
 * relative error of about sqrt(k) u, since its rounding errors have both signs. The normalisation and the dense layer
 * after it keep errors in proportion. The longest sums have 784 products in the forward pass and 512 in the backward
 * pass. The bound is 8 times the error of these sums, for the largest of many values and for the other layers.
 */
import { describe, expect, it } from 'vitest';
import { ganPass } from '../../src/gan/step.ts';
import {
  add,
  createRandom,
  denseDiscriminator,
  denseGenerator,
  full,
  type Model,
  type Random,
  refinedDiscriminator,
  refinedGenerator,
  type Tensor,
} from '../../src/index.ts';

const BATCH = 64;
const UNIT = 2 ** -24;
const SEEDS = [1, 2, 3];

const SHIFTS: readonly (readonly [string, (random: Random) => Tensor])[] = [
  ['a lighter grey', () => full([28, 28, 1], 0.5)],
  ['a black sheet', () => full([28, 28, 1], -1)],
  ['another value at each pixel', (random) => random.uniform([28, 28, 1], -1, 1)],
];

function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** The largest change of a logit when `shift`, within [-1, 1], is added to all fakes. */
function changeOfLogits(discriminator: Model, fakes: Tensor, shift: Tensor): number {
  const logits = (images: Tensor): Float32Array => discriminator.call(images, { training: true }).data.slice();
  const before = logits(fakes);
  const after = logits(add(fakes, shift));
  return largest(before.map((logit, i) => logit - after[i]!));
}

/**
 * The largest gradient of beta as a share of gamma's, from the generator's loss: sums over the same rows, of the same
 * terms but for a factor of about 1.
 */
function shareOfBeta(discriminator: Model, random: Random): number {
  const generator = denseGenerator({ random });
  const real = random.uniform([BATCH, 28, 28, 1], -1, 1);
  const { generatorGradients } = ganPass({ generator, discriminator }, real, random.normal([BATCH, 100]), random);
  const [gamma, beta] = ['7.gamma', '7.beta'].map((name) => {
    const place = generator.trainableWeights.indexOf(generator.namedWeights.get(name)!);
    return largest(generatorGradients[place]!.data);
  });
  expect(gamma).toBeGreaterThan(0);
  return beta! / gamma!;
}

describe.each(SEEDS)('seed %d', (seed) => {
  describe.each(SHIFTS)('%s added to all fakes', (_, makeShift) => {
    // Images and shift reach 1 or a few, logits too. Measured: at most 2.9e-6.
    const bound = 8 * Math.sqrt(784) * UNIT * 2;

    it("leaves the logits of the article's discriminator as they are, within 2.7e-5", () => {
      const random = createRandom(seed);
      const shift = makeShift(random);
      for (const generator of [denseGenerator({ random }), refinedGenerator({ random })]) {
        const fakes = generator.call(random.normal([BATCH, 100]), { training: true });
        expect(changeOfLogits(denseDiscriminator({ random }), fakes, shift)).toBeLessThan(bound);
      }
    });

    it('changes those of the refined one, thousands of times more', () => {
      const random = createRandom(seed);
      const shift = makeShift(random);
      const fakes = refinedGenerator({ random }).call(random.normal([BATCH, 100]), { training: true });
      // Measured: at least 0.5.
      expect(changeOfLogits(refinedDiscriminator({ random }), fakes, shift)).toBeGreaterThan(0.1);
    });
  });

  it("the gradient of the generator's last beta is rounding, below 1.1e-5 of gamma's", () => {
    const random = createRandom(seed);
    // Measured: at most 3.3e-7.
    expect(shareOfBeta(denseDiscriminator({ random }), random)).toBeLessThan(8 * Math.sqrt(512) * UNIT);
  });

  it('through the refined discriminator it is of the size of the others', () => {
    const random = createRandom(seed);
    // Measured: at least 0.28.
    expect(shareOfBeta(refinedDiscriminator({ random }), random)).toBeGreaterThan(0.05);
  });
});
