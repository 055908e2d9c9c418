/** The sizes of the GEMM that are measured, and what each GEMM of the GAN step is. Sizes are written m x k x n: [m, k] [k, n] -> [m, n]. */

export interface GemmSize {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/** Which operand is stored transposed: N as it is, T transposed; A's letter first. */
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
 * The five sizes that do most of the step's work: four forward products, of which the middle two are also input gradients, and the
 * weight gradients of G3. (D1's is the same with 784 and 512 exchanged.)
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
 * What products of this size and case are in a dense layer y = x W of the step, such as 'G2 y'. y = x W is NN, [batch, from] [from, to];
 * dx = dy W^T is NT, [batch, to] [to, from]; dW = x^T dy is TN, [from, batch] [batch, to].
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

/** All that a size is in the step, whatever the case. */
export function rolesOf(size: GemmSize): string {
  return CASES.map((one) => roleOf(size, one))
    .filter((role) => role !== '')
    .join(', ');
}
