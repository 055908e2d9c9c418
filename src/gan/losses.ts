/**
 * The losses of the two networks of a GAN, from the logits of real and of generated images. s is the label smoothing,
 * `BCE` is the binary cross-entropy from logits, and each `mean` is over the batch.
 *
 *                  discriminator                                           generator
 *   nonSaturating  BCE(1 - s, real) + BCE(0, fake)                         BCE(1, fake)
 *   minimax        BCE(1 - s, real) + BCE(0, fake)                         -BCE(0, fake)
 *   leastSquares   mean (real - (1 - s))^2 / 2 + mean fake^2 / 2           mean (fake - 1)^2 / 2
 *   hinge          mean max(0, 1 - real) + mean max(0, 1 + fake)           -mean fake
 *   wasserstein    mean fake - mean real                                   -mean fake
 *   relativistic   mean softplus(fake - real)                              mean softplus(real - fake)
 *
 * The relativistic loss compares pairs: the i-th real image with the i-th generated one. If there are fewer images of
 * one kind, as in the last batch of an epoch, the rest of the others have no part in it.
 * The Wasserstein loss estimates a distance only if the discriminator cannot be arbitrarily steep. Use it with a
 * gradient penalty (gradient-penalty.ts) or with a discriminator that is Lipschitz continuous by construction.
 *
 * Sources: nonSaturating and minimax, I. Goodfellow et al., "Generative Adversarial Nets", NIPS 2014; leastSquares, X.
 * Mao et al., "Least Squares Generative Adversarial Networks", ICCV 2017, with its labels 0 and 1; hinge, J. H. Lim, J.
 * C. Ye, "Geometric GAN", 2017; wasserstein, M. Arjovsky, S. Chintala, L. Bottou, "Wasserstein GAN", ICML 2017;
 * relativistic, A. Jolicoeur-Martineau, "The Relativistic Discriminator: A Key Element Missing from Standard GAN", ICLR
 * 2019, in the form for pairs of N. Huang et al., "The GAN Is Dead; Long Live the GAN! A Modern GAN Baseline", NeurIPS
 * 2024 (R3GAN); one-sided label smoothing, T. Salimans et al., "Improved Techniques for Training GANs", NIPS
 * 2016.
 */
import type { Tensor } from '../autograd/tensor.ts';
import { checkChoice, checkNumber, hasMethods, invalid } from '../core/check.ts';
import { ArgumentError } from '../core/errors.ts';
import { add, mul, neg, sub } from '../ops/arithmetic.ts';
import { binaryCrossentropy, meanSquaredError } from '../ops/losses.ts';
import { mean } from '../ops/reduce.ts';
import { slice } from '../ops/shape-ops.ts';
import { relu, softplus } from '../ops/unary.ts';

/**
 * The loss of each network: a scalar, from the logits [n, 1] of one forward pass.
 *
 * @example
 * const leastSquares: Objective = {
 *   generatorLoss: (fake) => mean(square(sub(fake, 1))),
 *   discriminatorLoss: (real, fake) => add(mean(square(sub(real, 1))), mean(square(fake))),
 * };
 * leastSquares.generatorLoss(tensor([[1], [3]]), tensor([[1], [1]])); // 2
 */
export interface Objective {
  /** What the generator minimises; gradients flow back to it through the logits of its images. */
  generatorLoss(fakeLogits: Tensor, realLogits: Tensor): Tensor;
  /** What the discriminator minimises. */
  discriminatorLoss(realLogits: Tensor, fakeLogits: Tensor): Tensor;
}

/** A loss by its name. src/gan/losses.ts has the formulas. */
export type GanLoss = 'nonSaturating' | 'minimax' | 'leastSquares' | 'hinge' | 'wasserstein' | 'relativistic';

const fromLogits = { fromLogits: true } as const;

function crossEntropyOfBoth(realLabel: number, realLogits: Tensor, fakeLogits: Tensor): Tensor {
  return add(binaryCrossentropy(realLabel, realLogits, fromLogits), binaryCrossentropy(0, fakeLogits, fromLogits));
}

function halfSquaredError(label: number, logits: Tensor): Tensor {
  return mul(0.5, meanSquaredError(label, logits));
}

/** mean softplus(worse - better): small if each logit of `better` is above its partner in `worse`. */
function softplusOfDifference(better: Tensor, worse: Tensor): Tensor {
  const pairs = Math.min(better.shape[0]!, worse.shape[0]!);
  return mean(softplus(sub(firstOf(worse, pairs), firstOf(better, pairs))));
}

/** The first rows of a batch [n, 1]. */
function firstOf(logits: Tensor, count: number): Tensor {
  return logits.shape[0] === count ? logits : slice(logits, [0, 0], [count, 1]);
}

const OBJECTIVES: Readonly<Record<GanLoss, (realLabel: number) => Objective>> = {
  nonSaturating: (realLabel) => ({
    generatorLoss: (fake) => binaryCrossentropy(1, fake, fromLogits),
    discriminatorLoss: (real, fake) => crossEntropyOfBoth(realLabel, real, fake),
  }),
  minimax: (realLabel) => ({
    generatorLoss: (fake) => neg(binaryCrossentropy(0, fake, fromLogits)),
    discriminatorLoss: (real, fake) => crossEntropyOfBoth(realLabel, real, fake),
  }),
  leastSquares: (realLabel) => ({
    generatorLoss: (fake) => halfSquaredError(1, fake),
    discriminatorLoss: (real, fake) => add(halfSquaredError(realLabel, real), halfSquaredError(0, fake)),
  }),
  hinge: () => ({
    generatorLoss: (fake) => neg(mean(fake)),
    discriminatorLoss: (real, fake) => add(mean(relu(sub(1, real))), mean(relu(add(1, fake)))),
  }),
  wasserstein: () => ({
    generatorLoss: (fake) => neg(mean(fake)),
    discriminatorLoss: (real, fake) => sub(mean(fake), mean(real)),
  }),
  relativistic: () => ({
    generatorLoss: softplusOfDifference,
    discriminatorLoss: softplusOfDifference,
  }),
};

/** The losses without labels, which labelSmoothing would have no effect on. */
const WITHOUT_LABELS: readonly GanLoss[] = ['hinge', 'wasserstein', 'relativistic'];

export const GAN_LOSSES: readonly GanLoss[] = Object.keys(OBJECTIVES) as GanLoss[];
export const DEFAULT_LOSS: GanLoss = 'nonSaturating';
export const ARTICLE_OBJECTIVE: Objective = OBJECTIVES[DEFAULT_LOSS](1);

/** Checks both options and returns the objective of that name. */
export function readObjective(where: string, loss: GanLoss, labelSmoothing: number): Objective {
  const name = checkChoice(where, 'loss', loss, GAN_LOSSES);
  checkNumber(where, 'labelSmoothing', labelSmoothing, { from: 0, below: 1 });
  if (WITHOUT_LABELS.includes(name) && labelSmoothing > 0) {
    throw new ArgumentError(
      `${where}: labelSmoothing goes with a loss that has labels, and '${name}' has none; got ${labelSmoothing}. Leave ` +
        'it out, or take another loss.',
    );
  }
  return OBJECTIVES[name](1 - labelSmoothing);
}

/** Checks the user's two functions. Their results are checked in each step. */
export function checkObjective(where: string, argument: string, value: unknown): Objective {
  if (hasMethods(value, ['generatorLoss', 'discriminatorLoss'])) return value as object as Objective;
  return invalid(
    where,
    argument,
    'two functions, { generatorLoss(fakeLogits, realLogits), discriminatorLoss(realLogits, fakeLogits) }',
    value,
  );
}
