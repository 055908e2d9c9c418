/** Options that the models share: the length of the noise vector, and the generator that draws the initial weights. */
import { checkRandom, type Random } from '../autograd/random.ts';
import { integer, type Option, option } from '../core/options.ts';

export const LATENT_DIM: Option<number, number, 'optional'> = integer(1).or(100);
export const RANDOM: Option<Random, Random | undefined, 'optional'> = option<Random>(checkRandom).optional();
