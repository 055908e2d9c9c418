/**
 * Block sizes of the GEMM, named as in BLIS: the micro-tile of C is MR x NR, a panel of A or B is KC deep, MC rows of A and NC columns of
 * B are packed at a time. Only KC reaches the bits (it is where one running sum ends and the next begins), so KC is the same for
 * every kernel set; the others may differ between them.
 */

/** Depth of a block of k. 8 columns of B (16 KiB) and 4 rows of A (8 KiB) of that depth share a first-level cache of 32 KiB. */
export const KC = 512;

/**
 * k is cut into the fewest blocks of at most KC, all of one depth but the last, which may be smaller: 784 = 2 x 392, not 512 + 272,
 * so that no block is left with too little work to pay for loading and storing C.
 */
export function blockDepth(k: number): number {
  const blocks = Math.ceil(k / KC);
  return blocks === 0 ? 0 : Math.ceil(k / blocks);
}
