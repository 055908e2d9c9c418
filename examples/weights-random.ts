import { type Random, randomFromState } from '../src/index.ts';

/**
 * Where the networks of a training are drawn from. A stream of its own beside createRandom(seed), which the training shuffles and draws its
 * noise with: from one stream, the first noise would be the very words that the first kernel was made of.
 */
export function weightsRandom(seed: number): Random {
  return randomFromState({ seed, stream: 1, block: 0 });
}
