/**
 * The step that every peer makes: initial weights and batches of test/fixtures/gan_steps.py (its docblock has model and formulas), with
 * batches of 256. Everything is hashed, so that each process makes the same numbers by itself.
 */
import { hashedFloats } from '../../test/support/reference.ts';

export const BATCH_SIZE = 256;
/** Different batches, taken in turn. */
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

const SALT = 27_010_000;

export type NetworkName = 'generator' | 'discriminator';

/** Widths from the input to the output. */
const NETWORKS: Readonly<Record<NetworkName, readonly number[]>> = {
  generator: [LATENT, 256, 512, PIXELS],
  discriminator: [PIXELS, 512, 256, 1],
};

export interface Weight {
  /** 'kernel', 'gamma', 'beta', 'movingMean', 'movingVariance' or 'bias'. */
  readonly part: string;
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer>;
}

/** The weights of a network, layer by layer in Keras's order: a kernel, then gamma, beta, moving mean and variance, or the bias. */
export function initialWeights(network: NetworkName): Weight[] {
  let number = network === 'generator' ? 0 : layout('generator').length;
  return layout(network).map(({ part, shape }) => {
    const count = shape.reduce((product, length) => product * length, 1);
    const salt = SALT + 1000 + number++;
    const [first = 0, second = 0] = shape;
    const limit = Math.sqrt(6 / (first + second));
    if (part === 'movingMean') return { part, shape, values: new Float32Array(count) };
    if (part === 'movingVariance') return { part, shape, values: new Float32Array(count).fill(1) };
    if (part === 'kernel') return { part, shape, values: hashed(count, salt, -limit, limit) };
    return part === 'gamma'
      ? { part, shape, values: hashed(count, salt, 0.5, 1.5) }
      : { part, shape, values: hashed(count, salt, -0.5, 0.5) };
  });
}

export function isTrainable({ part }: Weight): boolean {
  return !part.startsWith('moving');
}

function layout(network: NetworkName): { readonly part: string; readonly shape: readonly number[] }[] {
  const sizes = NETWORKS[network];
  return sizes.slice(1).flatMap((to, i) => {
    const kernel = { part: 'kernel', shape: [sizes[i]!, to] };
    const others = to === 1 ? ['bias'] : ['gamma', 'beta', 'movingMean', 'movingVariance'];
    return [kernel, ...others.map((part) => ({ part, shape: [to] }))];
  });
}

export interface Batch {
  /** [256, 100] */
  readonly noise: Float32Array<ArrayBuffer>;
  /** [256, 784] */
  readonly real: Float32Array<ArrayBuffer>;
}

/** Batch number `index`. */
export function batch(index: number): Batch {
  return {
    noise: hashed(BATCH_SIZE * LATENT, SALT + 2000 + index, -1.75, 1.75),
    real: hashed(BATCH_SIZE * PIXELS, SALT + 3000 + index, -1, 1),
  };
}

/** Keras's step size at step `time` = 1, 2, ... */
export function adamRate(time: number): number {
  return (LEARNING_RATE * Math.sqrt(1 - BETA2 ** time)) / (1 - BETA1 ** time);
}

/** In a buffer of its own, as jax-js's types ask for. */
function hashed(count: number, salt: number, low: number, high: number): Float32Array<ArrayBuffer> {
  return new Float32Array(hashedFloats(count, salt, low, high));
}
