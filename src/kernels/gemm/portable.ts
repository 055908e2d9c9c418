/** The portable matrix product. */
import type { Floats, Heap } from '../heap.ts';
import type { Address, KernelOf } from '../kernel.ts';
import type { Arithmetic } from '../sets.ts';

/**
 * Most depth of a block of k. 8 columns of B (16 KiB) and 4 rows of A (8 KiB) of that depth share a first-level cache
 * of 32 KiB. One running sum ends with a block and the next begins, so the number affects the bits, and both bodies
 * have the same.
 */
export const KC = 512;

/**
 * The depth of the blocks that k is cut into: as few blocks as possible, of at most KC, all of one depth except the
 * last, which may be smaller. For example 784 = 2 x 392, not 512 + 272: a small block has too little work for the cost
 * of loading and storing C.
 */
export function blockDepth(k: number): number {
  const blocks = Math.ceil(k / KC);
  return blocks === 0 ? 0 : Math.ceil(k / blocks);
}

/** C, its operands, their sizes and the distances between their rows. */
export const GEMM =
  'c, a, b: address; m, n, k, cStride, aStride, bStride: i32; transposeA, transposeB, accumulate: flag';

export type GemmFunction = KernelOf<typeof GEMM>['run'];

/** For each block of k and each four columns of B: their products with all rows of A. */
export function gemmPortable(heap: Heap, { round }: Arithmetic): GemmFunction {
  return (c, a, b, m, n, k, cStride, aStride, bStride, transposeA, transposeB, accumulate) => {
    const f = heap.floats;
    if (k === 0 && accumulate === 0) for (let i = 0; i < m; i++) f.fill(0, c + i * cStride, c + i * cStride + n);
    const [aRowStep, aDepthStep] = transposeA === 1 ? [1, aStride] : [aStride, 1];
    const [bColumnStep, bDepthStep] = transposeB === 1 ? [bStride, 1] : [1, bStride];
    const depth = blockDepth(k);
    for (let pc = 0; pc < k; pc += depth) {
      const kc = Math.min(depth, k - pc);
      const add = pc > 0 || accumulate === 1;
      for (let j = 0; j < n; j += 4) {
        // A column beyond the edge repeats the last one; its sum is not stored.
        const columns = Array.from({ length: 4 }, (_, column) => Math.min(j + column, n - 1));
        const panel = columns.map((column) => b + column * bColumnStep + pc * bDepthStep);
        for (let i = 0; i < m; i++) {
          const row = a + i * aRowStep + pc * aDepthStep;
          fourProducts(f, c + i * cStride + j, row, aDepthStep, panel, bDepthStep, kc, Math.min(n - j, 4), add, round);
        }
      }
    }
  };
}

/** C[1, columns] (+)= A[1, depth] x B[depth, 4], with k upwards from 0; each product and each sum is rounded. */
function fourProducts(
  f: Floats,
  c: Address,
  a: Address,
  aStep: number,
  b: readonly Address[],
  bStep: number,
  depth: number,
  columns: number,
  add: boolean,
  round: (x: number) => number,
): void {
  const [b0, b1, b2, b3] = b as [Address, Address, Address, Address];
  let c0 = 0;
  let c1 = 0;
  let c2 = 0;
  let c3 = 0;
  for (let p = 0, i = a, j = 0; p < depth; p++, i += aStep, j += bStep) {
    const x = f[i]!;
    c0 = round(c0 + round(x * f[b0 + j]!));
    c1 = round(c1 + round(x * f[b1 + j]!));
    c2 = round(c2 + round(x * f[b2 + j]!));
    c3 = round(c3 + round(x * f[b3 + j]!));
  }
  const sums = [c0, c1, c2, c3];
  for (let i = 0; i < columns; i++) f[c + i] = add ? f[c + i]! + sums[i]! : sums[i]!;
}
