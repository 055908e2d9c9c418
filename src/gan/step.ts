/**
 * One step of a GAN: one forward pass D(real), G(z), D(G(z)) in training mode, both losses and both sets of gradients
 * from that pass, then both updates.
 *   generator: BCE(1, fake); discriminator: BCE(1, real) + BCE(0, fake); or another pair of losses.ts
 * With `discriminatorSteps` = k, only each k-th step updates the generator; the others use its images as they are. With
 * `updates` a step updates one of the two networks, and the other one stays. A step has always one batch of real images
 * and new noise. Source: I. Goodfellow et al., "Generative Adversarial Nets", NIPS 2014, with the non-saturating
 * generator loss.
 */
import { gradients } from '../autograd/gradients.ts';
import type { Random } from '../autograd/random.ts';
import { isTracked, watch, withoutRecording } from '../autograd/record.ts';
import { scope } from '../autograd/scope.ts';
import type { Tensor } from '../autograd/tensor.ts';
import type { Model } from '../nn/sequential.ts';
import { add } from '../ops/arithmetic.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import type { Player } from '../training/player.ts';
import { checkLoss, type Pass, trainStep } from '../training/step.ts';
import { type Augmentation, augment } from './augmentation.ts';
import { joinClasses } from './classes.ts';
import { type GradientPenalty, type Judged, penaltyOf } from './gradient-penalty.ts';
import { ARTICLE_OBJECTIVE, type Objective } from './losses.ts';
import { updateWeightAverage, type WeightAverage } from './weight-average.ts';

export interface GanNetworks {
  readonly generator: Model;
  readonly discriminator: Model;
  readonly generatorOptimizer: Optimizer;
  readonly discriminatorOptimizer: Optimizer;
  /** The average of the generator's weights, updated after each step that updates them. */
  readonly average?: WeightAverage | undefined;
}

/** Options of a step that differ from the original article. */
export interface GanStepOptions {
  /** Default: binary cross-entropy, non-saturating. */
  readonly objective?: Objective | undefined;
  /** One-hot classes [n, classes] of the real images. */
  readonly realClasses?: Tensor | undefined;
  /** One-hot classes [n, classes] of the generated images. The noise already contains them. */
  readonly fakeClasses?: Tensor | undefined;
  readonly augmentation?: readonly Augmentation[] | undefined;
  readonly gradientPenalty?: GradientPenalty | undefined;
  /** The steps from one update of the generator to the next. Default 1. */
  readonly discriminatorSteps?: number | undefined;
  /**
   * The networks that this step updates. Default: the discriminator, and the generator if discriminatorSteps says so.
   */
  readonly updates?: GanUpdate | undefined;
  /**
   * The number of steps that are done, which decides whether the generator's update and the penalty are due. Default 0.
   */
  readonly stepsDone?: number | undefined;
}

/** What a step of trainGan() measures. */
export interface GanLosses {
  readonly generatorLoss: number;
  /** Without the gradient penalty. */
  readonly discriminatorLoss: number;
  /**
   * Only with the option `gradientPenalty`: the penalty that this step added to the discriminator's loss, 0 if it
   * added none. With `every`, the mean over an epoch is therefore the mean penalty.
   */
  readonly gradientPenalty?: number;
}

/** The networks that a step updates. */
export type GanUpdate = 'both' | 'generator' | 'discriminator';
export const GAN_UPDATES: readonly GanUpdate[] = ['both', 'generator', 'discriminator'];

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

/** Whether the step after `stepsDone` steps updates the generator. */
function updatesGenerator({ discriminatorSteps = 1, stepsDone = 0, updates }: GanStepOptions): boolean {
  if (updates !== undefined) return updates !== 'discriminator';
  return (stepsDone + 1) % discriminatorSteps === 0;
}

/** The forward pass. It updates the moving statistics and nothing else. `real` are pixels, without classes. */
export function ganForward(
  { generator, discriminator }: Pair,
  real: Tensor,
  noise: Tensor,
  random: Random,
  options: GanStepOptions = {},
): Pass<GanLosses> {
  const { objective = ARTICLE_OBJECTIVE, augmentation = [], gradientPenalty, stepsDone = 0 } = options;
  const { realClasses, fakeClasses } = options;
  const discriminatorIsDue = options.updates !== 'generator';
  const penaltyIsDue = discriminatorIsDue && gradientPenalty !== undefined && stepsDone % gradientPenalty.every === 0;
  const generatorIsDue = updatesGenerator(options);
  const mode = { training: true, random };
  const judge = (images: Tensor, classes: Tensor | undefined): Judged => {
    const tracked = penaltyIsDue && !isTracked(images) ? watch(images) : images;
    const seen = augment(tracked, augmentation, random);
    return { images: tracked, logits: discriminator.call(classes ? joinClasses(seen, classes) : seen, mode) };
  };
  const generate = (): Tensor => generator.call(noise, mode);
  const ofReal = judge(real, realClasses);
  const ofFake = judge(generatorIsDue ? generate() : withoutRecording(generate), fakeClasses);
  const generatorLoss = objective.generatorLoss(ofFake.logits, ofReal.logits);
  const discriminatorLoss = objective.discriminatorLoss(ofReal.logits, ofFake.logits);
  checkLoss(WHERE, 'objective.generatorLoss', generatorLoss);
  checkLoss(WHERE, 'objective.discriminatorLoss', discriminatorLoss);
  const measures = { generatorLoss: generatorLoss.item(), discriminatorLoss: discriminatorLoss.item() };
  const ofGenerator = generatorIsDue ? generatorLoss : undefined;
  const ofDiscriminator = discriminatorIsDue ? discriminatorLoss : undefined;
  if (gradientPenalty === undefined) return { losses: [ofGenerator, ofDiscriminator], measures };
  if (!penaltyIsDue) return { losses: [ofGenerator, ofDiscriminator], measures: { ...measures, gradientPenalty: 0 } };
  const judgeAsReal = (images: Tensor): Tensor => judge(images, realClasses).logits;
  const penalty = penaltyOf(gradientPenalty, { real: ofReal, fake: ofFake, judge: judgeAsReal, random });
  return {
    losses: [ofGenerator, add(discriminatorLoss, penalty)],
    measures: { ...measures, gradientPenalty: penalty.item() },
  };
}

/** The gradients of the trainable weights, in the order of the weights, from one forward pass. */
interface GanGradients {
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
    generatorGradients: generatorLoss === undefined ? [] : gradients(generatorLoss, pair.generator.trainableWeights),
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
    updateAverage(networks, options);
    return losses;
  }, 'ganStep');
}

/** Updates the average after a step, if that step has updated the generator. */
export function updateAverage(
  { average, generator, generatorOptimizer }: GanNetworks,
  options: Pick<GanStepOptions, 'discriminatorSteps' | 'stepsDone' | 'updates'>,
): void {
  if (average === undefined || !updatesGenerator(options)) return;
  updateWeightAverage(average, generator, generatorOptimizer.step);
}
