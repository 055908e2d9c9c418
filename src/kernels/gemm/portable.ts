/**
 * Portable GEMM: the five loops of Goto and van de Geijn ("Anatomy of High-Performance Matrix Multiplication", ACM TOMS
 * 34, 2008, as in BLIS). The innermost is a micro-kernel that keeps a 4 x 4 tile of C in local variables.
 *
 *   for each NC columns of B:            (jc)
 *     for each KC-deep block of k:       (pc)  pack B into panels of NR columns, k-major
 *       for each MC rows of A:           (ic)  pack A into panels of MR rows, k-major
 *         for each panel of B:           (jr)
 *           for each panel of A:         (ir)  C tile (+)= A panel x B panel
 *
 * Packing reads either orientation, so all four transpose cases run the same inner loop. Panels at the edges are padded
 * with zeros, and only the valid part of their tiles is stored in C. So padding cannot spread a NaN or an infinity
 * to C.
 */

import type { Floats, Heap } from '../heap.ts';
import type { Address, KernelOf } from '../kernel.ts';
import type { Arithmetic } from '../sets.ts';

/**
 * Block sizes, named as in BLIS: the micro-tile of C is MR x NR, a panel of A or B is KC deep, and MC rows of A and NC
 * columns of B are packed at a time. Only KC affects the bits: one running sum ends there and the next begins. So KC is
 * the same for both bodies.
 */
const MR = 4;
const NR = 4;
const MC = 64;
const NC = 512;

/**
 * Depth of a block of k. 8 columns of B (16 KiB) and 4 rows of A (8 KiB) of that depth share a first-level cache of 32
 * KiB.
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

export function gemmPortable(heap: Heap, { round }: Arithmetic): GemmFunction {
  const Workspace = heap.floats instanceof Float64Array ? Float64Array : Float32Array;
  let panelsA: Floats | undefined;
  let panelsB: Floats | undefined;
  return (c, a, b, m, n, k, cStride, aStride, bStride, transposeA, transposeB, accumulate) => {
    const f = heap.floats;
    if (k === 0 && accumulate === 0) for (let i = 0; i < m; i++) f.fill(0, c + i * cStride, c + i * cStride + n);
    panelsA ??= new Workspace(MC * KC);
    panelsB ??= new Workspace(NC * KC);
    const depth = blockDepth(k);
    const aRowStep = transposeA === 1 ? 1 : aStride;
    const aDepthStep = transposeA === 1 ? aStride : 1;
    const bColumnStep = transposeB === 1 ? bStride : 1;
    const bDepthStep = transposeB === 1 ? 1 : bStride;
    for (let jc = 0; jc < n; jc += NC) {
      const columns = Math.min(NC, n - jc);
      for (let pc = 0; pc < k; pc += depth) {
        const kc = Math.min(depth, k - pc);
        const add = pc > 0 || accumulate === 1;
        pack(panelsB, f, b + jc * bColumnStep + pc * bDepthStep, columns, kc, bColumnStep, bDepthStep, NR);
        for (let ic = 0; ic < m; ic += MC) {
          const rows = Math.min(MC, m - ic);
          pack(panelsA, f, a + ic * aRowStep + pc * aDepthStep, rows, kc, aRowStep, aDepthStep, MR);
          for (let jr = 0; jr < columns; jr += NR) {
            for (let ir = 0; ir < rows; ir += MR) {
              const tile = c + (ic + ir) * cStride + jc + jr;
              microKernel4x4(
                f,
                tile,
                panelsA,
                ir * kc,
                panelsB,
                jr * kc,
                kc,
                cStride,
                Math.min(MR, rows - ir),
                Math.min(NR, columns - jr),
                add,
                round,
              );
            }
          }
        }
      }
    }
  };
}

/** panels[p][d][i] = x[(p width + i) step + d depthStep], and 0 where the last panel extends past the edge. */
function pack(
  panels: Floats,
  f: Floats,
  x: Address,
  count: number,
  depth: number,
  step: number,
  depthStep: number,
  width: number,
): void {
  let o = 0;
  for (let start = 0; start < count; start += width) {
    const valid = Math.min(width, count - start);
    for (let d = 0; d < depth; d++) {
      let i = x + start * step + d * depthStep;
      for (let lane = 0; lane < width; lane++, i += step) panels[o++] = lane < valid ? f[i]! : 0;
    }
  }
}

/** C[4, 4] (+)= A panel [kc][4] x B panel [kc][4], with k upwards from 0; each product and each sum is rounded. */
function microKernel4x4(
  f: Floats,
  c: Address,
  panelA: Floats,
  a: number,
  panelB: Floats,
  b: number,
  kc: number,
  cStride: number,
  rows: number,
  columns: number,
  add: boolean,
  round: (x: number) => number,
): void {
  let c00 = 0,
    c01 = 0,
    c02 = 0,
    c03 = 0;
  let c10 = 0,
    c11 = 0,
    c12 = 0,
    c13 = 0;
  let c20 = 0,
    c21 = 0,
    c22 = 0,
    c23 = 0;
  let c30 = 0,
    c31 = 0,
    c32 = 0,
    c33 = 0;
  for (const end = a + 4 * kc; a < end; a += 4, b += 4) {
    const b0 = panelB[b]!,
      b1 = panelB[b + 1]!,
      b2 = panelB[b + 2]!,
      b3 = panelB[b + 3]!;
    const a0 = panelA[a]!;
    c00 = round(c00 + round(a0 * b0));
    c01 = round(c01 + round(a0 * b1));
    c02 = round(c02 + round(a0 * b2));
    c03 = round(c03 + round(a0 * b3));
    const a1 = panelA[a + 1]!;
    c10 = round(c10 + round(a1 * b0));
    c11 = round(c11 + round(a1 * b1));
    c12 = round(c12 + round(a1 * b2));
    c13 = round(c13 + round(a1 * b3));
    const a2 = panelA[a + 2]!;
    c20 = round(c20 + round(a2 * b0));
    c21 = round(c21 + round(a2 * b1));
    c22 = round(c22 + round(a2 * b2));
    c23 = round(c23 + round(a2 * b3));
    const a3 = panelA[a + 3]!;
    c30 = round(c30 + round(a3 * b0));
    c31 = round(c31 + round(a3 * b1));
    c32 = round(c32 + round(a3 * b2));
    c33 = round(c33 + round(a3 * b3));
  }
  storeRow(f, c, columns, add, c00, c01, c02, c03);
  if (rows > 1) storeRow(f, c + cStride, columns, add, c10, c11, c12, c13);
  if (rows > 2) storeRow(f, c + 2 * cStride, columns, add, c20, c21, c22, c23);
  if (rows > 3) storeRow(f, c + 3 * cStride, columns, add, c30, c31, c32, c33);
}

function storeRow(
  f: Floats,
  c: Address,
  columns: number,
  add: boolean,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
): void {
  f[c] = add ? f[c]! + c0 : c0;
  if (columns > 1) f[c + 1] = add ? f[c + 1]! + c1 : c1;
  if (columns > 2) f[c + 2] = add ? f[c + 2]! + c2 : c2;
  if (columns > 3) f[c + 3] = add ? f[c + 3]! + c3 : c3;
}
