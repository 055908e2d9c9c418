/**
 * One step of a GAN: one forward pass D(real), G(z), D(G(z)) in training mode; both losses and both sets of gradients from that
 * same pass; then both updates.
 *   generator: BCE(1, fake); discriminator: BCE(1, real) + BCE(0, fake), or another pair of losses.ts
 * Source: I. Goodfellow et al., "Generative Adversarial Nets", NIPS 2014, with the non-saturating generator loss.
 */
import { gradients } from '../autograd/gradients.ts';
import type { Random } from '../autograd/random.ts';
import { scope } from '../autograd/scope.ts';
import type { Tensor } from '../autograd/tensor.ts';
import type { Model } from '../nn/sequential.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import { joinClasses } from './classes.ts';
import { checkLosses, checkStatistics, checkUpdates } from './divergence.ts';
import { ARTICLE_OBJECTIVE, type Objective } from './losses.ts';
import { updateWeightAverage, type WeightAverage } from './weight-average.ts';

export interface GanNetworks {
  readonly generator: Model;
  readonly discriminator: Model;
  readonly generatorOptimizer: Optimizer;
  readonly discriminatorOptimizer: Optimizer;
  /** Of the generator's weights, taken after each step. */
  readonly average?: WeightAverage | undefined;
}

/** What a step may do otherwise than the article. */
export interface GanStepOptions {
  /** Default: binary cross-entropy, non-saturating. */
  readonly objective?: Objective | undefined;
  /** One-hot classes [n, classes] of the images that the generator makes of the noise; noise and real images come with theirs joined. */
  readonly fakeClasses?: Tensor | undefined;
}

export interface GanLosses {
  readonly generatorLoss: number;
  readonly discriminatorLoss: number;
}

/** What one forward pass leaves for the two backward passes: losses and gradients, in the order of trainableWeights. */
export interface GanPass {
  readonly generatorLoss: Tensor;
  readonly discriminatorLoss: Tensor;
  readonly generatorGradients: readonly Tensor[];
  readonly discriminatorGradients: readonly Tensor[];
}

/** The forward pass and both backward ones; nothing is updated but the moving statistics. */
export function ganPass(
  { generator, discriminator }: Pick<GanNetworks, 'generator' | 'discriminator'>,
  real: Tensor,
  noise: Tensor,
  random: Random,
  { objective = ARTICLE_OBJECTIVE, fakeClasses }: GanStepOptions = {},
): GanPass {
  const mode = { training: true, random };
  const realLogits = discriminator.call(real, mode);
  const fakes = generator.call(noise, mode);
  const fakeLogits = discriminator.call(fakeClasses === undefined ? fakes : joinClasses(fakes, fakeClasses), mode);
  const generatorLoss = objective.generatorLoss(fakeLogits);
  const discriminatorLoss = objective.discriminatorLoss(realLogits, fakeLogits);
  return {
    generatorLoss,
    discriminatorLoss,
    generatorGradients: gradients(generatorLoss, generator.trainableWeights),
    discriminatorGradients: gradients(discriminatorLoss, discriminator.trainableWeights),
  };
}

/**
 * One step, from a batch of real images and of noise to updated networks.
 * Throws a DivergenceError that names network and layer if a loss, a weight or a moving statistic is not finite; a loss that is not
 * finite never reaches the weights.
 */
export function ganStep(
  networks: GanNetworks,
  real: Tensor,
  noise: Tensor,
  random: Random,
  options: GanStepOptions = {},
): GanLosses {
  return scope(() => {
    const { generator, discriminator, generatorOptimizer, discriminatorOptimizer, average } = networks;
    const pass = ganPass(networks, real, noise, random, options);
    const losses = { generatorLoss: pass.generatorLoss.item(), discriminatorLoss: pass.discriminatorLoss.item() };
    checkLosses(networks, losses, real);
    const broken = [
      ...generatorOptimizer.apply(generator.trainableWeights, pass.generatorGradients),
      ...discriminatorOptimizer.apply(discriminator.trainableWeights, pass.discriminatorGradients),
    ];
    checkUpdates(networks, pass, new Set(broken));
    checkStatistics(networks);
    if (average !== undefined) updateWeightAverage(average, generator, generatorOptimizer.step);
    return losses;
  }, 'ganStep');
}
