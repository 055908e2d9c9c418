/**
 * One step of a GAN: one forward pass D(real), G(z), D(G(z)) in training mode, both losses and both sets of gradients
 * from that pass, then both updates.
 *   generator: BCE(1, fake); discriminator: BCE(1, real) + BCE(0, fake); or another pair of losses.ts
 * Source: I. Goodfellow et al., "Generative Adversarial Nets", NIPS 2014, with the non-saturating generator loss.
 */
import { gradients } from '../autograd/gradients.ts';
import type { Random } from '../autograd/random.ts';
import { scope } from '../autograd/scope.ts';
import type { Tensor } from '../autograd/tensor.ts';
import type { Model } from '../nn/sequential.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import type { Player } from '../training/player.ts';
import { checkLoss, type Pass, trainStep } from '../training/step.ts';
import { joinClasses } from './classes.ts';
import { ARTICLE_OBJECTIVE, type Objective } from './losses.ts';
import { updateWeightAverage, type WeightAverage } from './weight-average.ts';

export interface GanNetworks {
  readonly generator: Model;
  readonly discriminator: Model;
  readonly generatorOptimizer: Optimizer;
  readonly discriminatorOptimizer: Optimizer;
  /** The average of the generator's weights, updated after each step. */
  readonly average?: WeightAverage | undefined;
}

/** Options of a step that differ from the original article. */
export interface GanStepOptions {
  /** Default: binary cross-entropy, non-saturating. */
  readonly objective?: Objective | undefined;
  /**
   * One-hot classes [n, classes] of the generated images. The noise and the real images already contain their classes.
   */
  readonly fakeClasses?: Tensor | undefined;
}

export interface GanLosses {
  readonly generatorLoss: number;
  readonly discriminatorLoss: number;
}

type Pair = Pick<GanNetworks, 'generator' | 'discriminator'>;

const WHERE = 'trainGan';

/** The two players, in the order of the forward pass. */
export function ganPlayers({
  generator,
  discriminator,
  generatorOptimizer,
  discriminatorOptimizer,
}: GanNetworks): readonly Player[] {
  const player = (name: string, model: Model, optimizer: Optimizer): Player => {
    return { name, networks: [{ name, model }], optimizer, optimizerOption: `${name}Optimizer` };
  };
  return [
    player('generator', generator, generatorOptimizer),
    player('discriminator', discriminator, discriminatorOptimizer),
  ];
}

/** The forward pass. It updates the moving statistics and nothing else. */
export function ganForward(
  { generator, discriminator }: Pair,
  real: Tensor,
  noise: Tensor,
  random: Random,
  { objective = ARTICLE_OBJECTIVE, fakeClasses }: GanStepOptions = {},
): Pass<GanLosses> {
  const mode = { training: true, random };
  const realLogits = discriminator.call(real, mode);
  const fakes = generator.call(noise, mode);
  const fakeLogits = discriminator.call(fakeClasses === undefined ? fakes : joinClasses(fakes, fakeClasses), mode);
  const ofGenerator = objective.generatorLoss(fakeLogits, realLogits);
  const ofDiscriminator = objective.discriminatorLoss(realLogits, fakeLogits);
  const losses = [
    checkLoss(WHERE, 'objective.generatorLoss', ofGenerator),
    checkLoss(WHERE, 'objective.discriminatorLoss', ofDiscriminator),
  ];
  return { losses, measures: { generatorLoss: ofGenerator.item(), discriminatorLoss: ofDiscriminator.item() } };
}

/** The gradients of the trainable weights, in the order of the weights, from one forward pass. */
export interface GanGradients {
  readonly generatorGradients: readonly Tensor[];
  readonly discriminatorGradients: readonly Tensor[];
}

/** The forward pass and both backward passes, without updates of the weights. The moving statistics do change. */
export function ganPass(
  pair: Pair,
  real: Tensor,
  noise: Tensor,
  random: Random,
  options: GanStepOptions = {},
): Pass<GanLosses> & GanGradients {
  const pass = ganForward(pair, real, noise, random, options);
  const [generatorLoss, discriminatorLoss] = pass.losses;
  return {
    ...pass,
    generatorGradients: gradients(generatorLoss!, pair.generator.trainableWeights),
    discriminatorGradients: gradients(discriminatorLoss!, pair.discriminator.trainableWeights),
  };
}

/**
 * One step: updates both networks from a batch of real images and a batch of noise. Throws a DivergenceError that names
 * network and layer if a loss, a weight or a moving statistic is not finite. After a loss that is not finite the
 * weights are unchanged.
 */
export function ganStep(
  networks: GanNetworks,
  real: Tensor,
  noise: Tensor,
  random: Random,
  options: GanStepOptions = {},
): GanLosses {
  return scope(() => {
    const forward = (): Pass<GanLosses> => ganForward(networks, real, noise, random, options);
    const losses = trainStep(WHERE, ganPlayers(networks), real, forward);
    updateAverage(networks);
    return losses;
  }, 'ganStep');
}

/** After each step. */
export function updateAverage({ average, generator, generatorOptimizer }: GanNetworks): void {
  if (average !== undefined) updateWeightAverage(average, generator, generatorOptimizer.step);
}
