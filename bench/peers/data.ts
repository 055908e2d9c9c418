/**
 * The steps that every peer makes. All numbers are hashed, so that each process computes the same ones by itself.
 * - dense: initial weights and batches of bench/support/dense_gan.py, whose docstring has model and formulas; batches
 * of
 *   256.
 * - conv: the convolutional pair of src/gan/conv-models.ts at width 0.25, with the same formulas; batches of 64. It has
 * no
 *   dropout, because no two libraries have the same random numbers.
 */
import { hashedFloats } from '../support/hashed-floats.ts';

/** Batch size of the dense step. */
export const BATCH_SIZE = 256;
/** Number of different batches, used in turn. */
export const BATCHES = 4;
export const LATENT = 100;
export const PIXELS = 784;
export const LEARNING_RATE = 1e-4;
export const BETA1 = 0.9;
export const BETA2 = 0.999;
export const EPSILON = 1e-7;
export const NORM_EPSILON = 1e-3;
export const MOMENTUM = 0.99;
export const SLOPE = 0.3;

export type NetworkName = 'generator' | 'discriminator';

/** The kernel of a layer, [...window, from, to], or [...window, to, from] if transposed, and what follows it. */
interface LayerShape {
  readonly kernel: readonly number[];
  readonly units: number;
  readonly after: 'norm' | 'bias' | 'nothing';
}

/** A pair of networks and its batches. */
export interface Problem {
  readonly salt: number;
  readonly batchSize: number;
  readonly networks: Readonly<Record<NetworkName, readonly LayerShape[]>>;
}

const dense = (from: number, to: number, after: LayerShape['after'] = 'norm'): LayerShape => ({
  kernel: [from, to],
  units: to,
  after,
});
const conv = (from: number, to: number): LayerShape => ({ kernel: [5, 5, from, to], units: to, after: 'bias' });
const convTransposed = (from: number, to: number, after: LayerShape['after'] = 'norm'): LayerShape => ({
  kernel: [5, 5, to, from],
  units: to,
  after,
});

export const DENSE: Problem = {
  salt: 27_010_000,
  batchSize: BATCH_SIZE,
  networks: {
    generator: [dense(LATENT, 256), dense(256, 512), dense(512, PIXELS)],
    discriminator: [dense(PIXELS, 512), dense(512, 256), dense(256, 1, 'bias')],
  },
};

export const WIDTH = 0.25;
/** Channels of the convolutional pair. */
export const GENERATOR_CHANNELS = [64, 32, 16] as const;
export const DISCRIMINATOR_CHANNELS = [16, 32] as const;

export const CONV: Problem = {
  salt: 28_010_000,
  batchSize: 64,
  networks: {
    generator: [
      dense(LATENT, 7 * 7 * 64),
      convTransposed(64, 32),
      convTransposed(32, 16),
      convTransposed(16, 1, 'nothing'),
    ],
    discriminator: [conv(1, 16), conv(16, 32), dense(7 * 7 * 32, 1, 'bias')],
  },
};

export interface Weight {
  /** 'kernel', 'gamma', 'beta', 'movingMean', 'movingVariance' or 'bias'. */
  readonly part: string;
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer>;
}

/**
 * The weights of a network in Keras's order: for each layer a kernel, then gamma, beta, moving mean, variance, or bias.
 */
export function initialWeights(network: NetworkName, problem: Problem = DENSE): Weight[] {
  let number = network === 'generator' ? 0 : layout('generator', problem).length;
  return layout(network, problem).map(({ part, shape }) => {
    const count = sizeOf(shape);
    const salt = problem.salt + 1000 + number++;
    if (part === 'movingMean') return { part, shape, values: new Float32Array(count) };
    if (part === 'movingVariance') return { part, shape, values: new Float32Array(count).fill(1) };
    if (part === 'kernel') {
      const [from = 0, to = 0] = shape.slice(-2);
      const limit = Math.sqrt(6 / (sizeOf(shape.slice(0, -2)) * (from + to)));
      return { part, shape, values: hashed(count, salt, -limit, limit) };
    }
    return part === 'gamma'
      ? { part, shape, values: hashed(count, salt, 0.5, 1.5) }
      : { part, shape, values: hashed(count, salt, -0.5, 0.5) };
  });
}

export function isTrainable({ part }: Weight): boolean {
  return !part.startsWith('moving');
}

const PARTS = { norm: ['gamma', 'beta', 'movingMean', 'movingVariance'], bias: ['bias'], nothing: [] } as const;

function layout(
  network: NetworkName,
  { networks }: Problem,
): { readonly part: string; readonly shape: readonly number[] }[] {
  return networks[network].flatMap(({ kernel, units, after }) => [
    { part: 'kernel', shape: kernel },
    ...PARTS[after].map((part) => ({ part, shape: [units] })),
  ]);
}

export interface Batch {
  /** [n, 100] */
  readonly noise: Float32Array<ArrayBuffer>;
  /** [n, 784] */
  readonly real: Float32Array<ArrayBuffer>;
}

/** Batch number `index`. */
export function batch(index: number, { salt, batchSize }: Problem = DENSE): Batch {
  return {
    noise: hashed(batchSize * LATENT, salt + 2000 + index, -1.75, 1.75),
    real: hashed(batchSize * PIXELS, salt + 3000 + index, -1, 1),
  };
}

/** Keras's step size at step `time` = 1, 2, ... */
export function adamRate(time: number): number {
  return (LEARNING_RATE * Math.sqrt(1 - BETA2 ** time)) / (1 - BETA1 ** time);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Copied to an ArrayBuffer, which the types of jax-js require. */
function hashed(count: number, salt: number, low: number, high: number): Float32Array<ArrayBuffer> {
  return new Float32Array(hashedFloats(count, salt, low, high));
}
