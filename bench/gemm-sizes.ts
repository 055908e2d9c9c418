/** The sizes of the measured GEMMs, and their roles in the GAN step. A size m x k x n is [m, k] [k, n] -> [m, n]. */

export interface GemmSize {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/** How A and B are stored: N as they are, T transposed. */
export const CASES = ['NN', 'NT', 'TN', 'TT'] as const;
export type TransposeCase = (typeof CASES)[number];

export const BATCH = 256;

/** [from, to] of the dense layers. */
const LAYERS: readonly (readonly [name: string, from: number, to: number])[] = [
  ['G1', 100, 256],
  ['G2', 256, 512],
  ['G3', 512, 784],
  ['D1', 784, 512],
  ['D2', 512, 256],
  ['D3', 256, 1],
];

/**
 * The five sizes with most of the work of a step: four forward products, of which the middle two are also input
 * gradients, and the weight gradients of G3. (Those of D1 have 784 and 512 exchanged.)
 */
export const STEP_SIZES: readonly GemmSize[] = [
  { m: 256, k: 100, n: 256 },
  { m: 256, k: 256, n: 512 },
  { m: 256, k: 512, n: 784 },
  { m: 256, k: 784, n: 512 },
  { m: 512, k: 256, n: 784 },
];

const CUBES: readonly number[] = [64, 128, 256, 512, 1024];

/** @param largest - edge of the largest cube. */
export function cubes(largest: number): readonly GemmSize[] {
  return CUBES.filter((edge) => edge <= largest).map((edge) => ({ m: edge, k: edge, n: edge }));
}

export function sizeName({ m, k, n }: GemmSize): string {
  return `${m}x${k}x${n}`;
}

export function flopsOf({ m, k, n }: GemmSize): number {
  return 2 * m * k * n;
}

/**
 * The roles of products of this size and case in the dense layers y = x W of the step, such as 'G2 y'.
 * y = x W is NN, [batch, from] [from, to]; dx = dy W^T is NT, [batch, to] [to, from]; dW = x^T dy is TN,
 * [from, batch] [batch, to].
 */
export function roleOf({ m, k, n }: GemmSize, transposes: TransposeCase): string {
  const roles = LAYERS.flatMap(([name, from, to]) => {
    if (transposes === 'NN' && m === BATCH && k === from && n === to) return [`${name} y`];
    if (transposes === 'NT' && m === BATCH && k === to && n === from) return [`${name} dx`];
    if (transposes === 'TN' && m === from && k === BATCH && n === to) return [`${name} dW`];
    return [];
  });
  return roles.join(', ');
}

/** The roles of a size in the step, in all cases. */
export function rolesOf(size: GemmSize): string {
  return CASES.map((one) => roleOf(size, one))
    .filter((role) => role !== '')
    .join(', ');
}
