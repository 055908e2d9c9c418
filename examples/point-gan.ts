/**
 * A GAN of points [n, 2]: a pair of small dense networks, and the recipe with which they learn. The recipe is a
 * relativistic loss, in which the real and the fake points are compared pair by pair, with R1 and R2 penalties.
 * Source: N. Huang et al., "The GAN Is Dead; Long Live the GAN! A Modern GAN Baseline", NeurIPS 2024.
 */
import { type Layer, type Model, type Random, sequential } from '../src/index.ts';
// The namespace `layers` would bring all layers into the studio, whose workers share a chunk.
import { activation, dense, leakyReLU } from '../src/nn/layers/index.ts';

/** Settings of each network's Adam; the learning rate is the program's choice. */
export const POINT_ADAM = { beta1: 0, beta2: 0.99 } as const;

/** The part of the recipe that trainGan takes as it is. */
export const POINT_RECIPE = {
  loss: 'relativistic',
  gradientPenalty: { kind: 'r1r2', weight: 0.1 },
  emaMomentum: 0.99,
} as const;

export interface PointPair {
  /** [n, latentDim] -> points [n, 2] */
  readonly generator: Model;
  /** Points [n, 2] -> logits [n, 1] */
  readonly discriminator: Model;
}

/** Two dense networks with two hidden layers of `width` units and without normalisation. */
export function pointPair(latentDim: number, width: number, random: Random): PointPair {
  return {
    generator: network(latentDim, width, 2, () => activation('relu'), random),
    discriminator: network(2, width, 1, () => leakyReLU({ negativeSlope: 0.2 }), random),
  };
}

function network(inputs: number, width: number, outputs: number, bend: () => Layer, random: Random): Model {
  const hidden = (inputShape?: readonly number[]): Layer[] => [dense({ units: width, inputShape }), bend()];
  return sequential([...hidden([inputs]), ...hidden(), dense({ units: outputs })], { random });
}
