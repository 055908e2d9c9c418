/**
 * The order of every sum over rows or elements. One running float32 sum of n terms has an error of up to n roundings: over a million rows
 * the variance lost all but three digits. So terms are added in chains:
 *
 * - a chain adds up to CHAIN terms, one after the other, from 0;
 * - a block adds the sums of up to CHAIN chains, one after the other, from 0;
 * - the total adds the sums of the blocks, one after the other, from 0.
 *
 * A sum of at most CHAIN terms is one chain, the plain loop. With u = 2^-24 and gamma(k) = k u / (1 - k u), the error of a sum of n terms is at most
 * gamma(additions(n)) times the sum of their absolute values: 2 CHAIN + n / CHAIN^2 roundings instead of n, 528 for a million terms.
 *
 * Source: N. Higham, "Accuracy and Stability of Numerical Algorithms", 2nd edition, sections 3.1 and 4.2.
 */

/** The longest chain, a power of two. It is part of the bits. */
export const CHAIN = 256;

/** How many additions a term of a sum of n goes through at most: the k of its error bound gamma(k). */
export function additions(n: number): number {
  const chains = Math.ceil(n / CHAIN);
  return Math.min(n, CHAIN) + Math.min(chains, CHAIN) + Math.ceil(chains / CHAIN);
}
