/**
 * The triple loop: C[i, j] = sum over k of A[i, k] B[k, j], in the contract's order of additions. The fast ones are
 * checked against it, and it is the first rung of the benchmark's ladder.
 */
import { blockDepth, type GemmFunction } from '../../src/kernels/gemm/portable.ts';
import type { Heap } from '../../src/kernels/heap.ts';
import type { Arithmetic } from '../../src/kernels/sets.ts';

export function gemmNaive(heap: Heap, { round }: Arithmetic): GemmFunction {
  return (c, a, b, m, n, k, cStride, aStride, bStride, transposeA, transposeB, accumulate) => {
    const f = heap.floats;
    const depth = blockDepth(k);
    const aRowStep = transposeA === 1 ? 1 : aStride;
    const aDepthStep = transposeA === 1 ? aStride : 1;
    const bColumnStep = transposeB === 1 ? bStride : 1;
    const bDepthStep = transposeB === 1 ? 1 : bStride;
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let total = accumulate === 1 ? f[c + i * cStride + j]! : 0;
        for (let start = 0; start < k; start += depth) {
          const end = Math.min(start + depth, k);
          let block = 0;
          for (let p = start; p < end; p++) {
            block = round(
              block + round(f[a + i * aRowStep + p * aDepthStep]! * f[b + p * bDepthStep + j * bColumnStep]!),
            );
          }
          total = start === 0 && accumulate === 0 ? block : round(total + block);
        }
        f[c + i * cStride + j] = total;
      }
    }
  };
}
