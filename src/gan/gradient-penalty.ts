/**
 * Gradient penalties: terms of the discriminator's loss that keep its slope small. D is the logit, g(x) is the gradient
 * of the sum of D over a batch with respect to the batch's images x, and |.| is the 2-norm over one image.
 *
 *   r1       weight / 2  mean |g(real)|^2
 *   r1r2     weight / 2 (mean |g(real)|^2 + mean |g(fake)|^2)
 *   wgan-gp  weight      mean (|g(x)| - 1)^2,  x = fake + u (real - fake), u uniform in [0, 1), one u for each image
 *
 * The discriminator runs in training mode. With batch normalisation, D of one image depends on the whole batch, and so
 * does g. The pass over x of wgan-gp moves the discriminator's moving statistics, if it has some, once more in that
 * step; they have no part in the training, which normalises by the batch. Images are those before augmentation. With
 * labels, g is with respect to the pixels alone, and an interpolated image has the class of its real image. If a batch
 * has fewer real images than fakes, wgan-gp uses the first fakes.
 *
 * With `every` = k, the penalty is computed in each k-th step only, from the first one on, and multiplied by k. The
 * mean over the steps is then the same. The term is added to the loss of that step, so that optimizer and learning rate
 * need no correction.
 *
 * Sources: r1 and r2, L. Mescheder, A. Geiger, S. Nowozin, "Which Training Methods for GANs Do Actually Converge?",
 * ICML 2018; both together, N. Huang et al., NeurIPS 2024 (R3GAN); wgan-gp, I. Gulrajani et al., "Improved Training of
 * Wasserstein GANs", NIPS 2017; lazy regularisation, T. Karras et al., "Analyzing and Improving the Image Quality of
 * StyleGAN", CVPR 2020, which gives the term an update of its own.
 */
import { gradients } from '../autograd/gradients.ts';
import type { Random } from '../autograd/random.ts';
import { watch, withoutRecording } from '../autograd/record.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { choice, integer, number, readOptions } from '../core/options.ts';
import { sizeOf } from '../core/shape.ts';
import { add, mul, sub } from '../ops/arithmetic.ts';
import { mean, sum } from '../ops/reduce.ts';
import { reshape } from '../ops/reshape.ts';
import { slice } from '../ops/shape-ops.ts';
import { sqrt, square } from '../ops/unary.ts';

/**
 * 'r1' keeps the discriminator's slope at real images small, 'r1r2' also that at generated ones, 'wgan-gp' holds it
 * near 1 between them. src/gan/gradient-penalty.ts has the formulas.
 */
export type GradientPenaltyKind = 'r1' | 'r1r2' | 'wgan-gp';
export const GRADIENT_PENALTIES: readonly GradientPenaltyKind[] = ['r1', 'r1r2', 'wgan-gp'];

/** The option gradientPenalty of trainGan(). */
export interface GradientPenaltyOptions {
  /** The formulas are in src/gan/gradient-penalty.ts. */
  readonly kind: GradientPenaltyKind;
  /** Default 10. For r1 and r2, larger images with finer detail need more. */
  readonly weight?: number | undefined;
  /** The penalty is computed in every k-th step, times k. Default 1. StyleGAN2 uses 16. */
  readonly every?: number | undefined;
}

/** The checked options. */
export type GradientPenalty = Readonly<{ kind: GradientPenaltyKind; weight: number; every: number }>;

const OPTIONS = {
  kind: choice(GRADIENT_PENALTIES),
  weight: number({ from: 0 }).or(10),
  every: integer(1).or(1),
};

export function readGradientPenalty(where: string, argument: string, options: unknown): GradientPenalty {
  return readOptions(`${where}: ${argument}`, options as GradientPenaltyOptions, OPTIONS);
}

/** Images that gradients can be taken of, and the logits that the discriminator gave them. */
export interface Judged {
  readonly images: Tensor;
  readonly logits: Tensor;
}

/** Images of one step, and the discriminator's pass from images to logits. */
interface PenaltyInput {
  readonly real: Judged;
  readonly fake: Judged;
  /** Judges images that have the classes of the first real ones. */
  judge(images: Tensor): Tensor;
  readonly random: Random;
}

/** The penalty times `every`: a scalar that can be differentiated with respect to the discriminator's weights. */
export function penaltyOf({ kind, weight, every }: GradientPenalty, input: PenaltyInput): Tensor {
  const scale = weight * every;
  if (kind === 'wgan-gp') return mul(distanceFromOne(interpolated(input)), scale);
  const ofReal = meanSquaredNorm(input.real);
  return mul(kind === 'r1' ? ofReal : add(ofReal, meanSquaredNorm(input.fake)), scale / 2);
}

function slope({ images, logits }: Judged): Tensor {
  return gradients(sum(logits), [images], { record: true })[0]!;
}

function meanSquaredNorm(judged: Judged): Tensor {
  const g = slope(judged);
  return mul(sum(square(g)), 1 / g.shape[0]!);
}

/** Far below float32's resolution at a norm of 1. It keeps the gradient of the root finite where g is 0. */
const SMALL = 1e-12;

function distanceFromOne(judged: Judged): Tensor {
  const g = slope(judged);
  const [count = 0, ...image] = g.shape;
  const squaredNorms = sum(square(reshape(g, [count, sizeOf(image)])), 1);
  return mean(square(sub(sqrt(add(squaredNorms, SMALL)), 1)));
}

function interpolated({ real, fake, judge, random }: PenaltyInput): Judged {
  const [count = 0, ...image] = real.images.shape;
  const images = watch(
    withoutRecording(() => {
      const fakes = slice(fake.images, [0, ...image.map(() => 0)], [count, ...image]);
      const u = random.uniform([count, ...image.map(() => 1)]);
      return add(fakes, mul(u, sub(real.images, fakes)));
    }),
  );
  return { images, logits: judge(images) };
}
