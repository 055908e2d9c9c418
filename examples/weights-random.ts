import { type Random, randomFromState } from '../src/index.ts';

/**
 * The random numbers for initial weights. The training draws shuffles and noise from createRandom(seed). Weights need
 * another stream, or the first noise would consist of the same numbers as the first kernel.
 */
export function weightsRandom(seed: number): Random {
  return randomFromState({ seed, stream: 1, block: 0 });
}
