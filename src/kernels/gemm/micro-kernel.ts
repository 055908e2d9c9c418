/** The innermost loops of the SIMD GEMM: the micro-kernel, and the functions that store tiles at the edge. */
import {
  type FunctionBuilder,
  type FunctionHandle,
  f32,
  f32x4,
  i32,
  type Local,
  type ModuleBuilder,
  v128,
} from '../../wasm/index.ts';
import { advance, repeat } from '../simd/vectors.ts';

/** Rows of a tile. */
export const MR = 4;
const FLOAT = 4;

const TILE = { c: 'i32', stride: 'i32', panelA: 'i32', panelB: 'i32', depth: 'i32', add: 'i32' } as const;

/**
 * C[MR, nr] = or += A panel [depth][MR] x B panel [depth][nr], with k upwards from 0; each product and each sum is
 * rounded. All loads of C and all sums stand before the stores of two neighbours. Without this order wide SIMD does not
 * fuse them.
 */
export function defineMicroKernel(module: ModuleBuilder, nr: 8 | 16): FunctionHandle<typeof TILE, 'void'> {
  return module.function(
    `f32_gemm_microkernel_${MR}x${nr}_simd128`,
    TILE,
    'void',
    (f, { c, stride, panelA, panelB, depth, add }) => {
      const vectors = nr / 4;
      const tile = Array.from({ length: MR }, () => Array.from({ length: vectors }, () => f.local('v128')));
      const end = f.let(i32.add(panelA, i32.mul(depth, MR * FLOAT)), 'end');
      f.doWhile(
        () => {
          const b = Array.from({ length: vectors }, (_, j) => f.let(v128.load(panelB, 16 * j)));
          for (const [i, row] of tile.entries()) {
            const a = f.let(v128.load32_splat(panelA, FLOAT * i));
            for (const [j, sum] of row.entries()) f.set(sum, f32x4.add(sum, f32x4.mul(a, b[j]!)));
          }
          advance(f, MR * FLOAT, panelA);
          advance(f, nr * FLOAT, panelB);
        },
        i32.lt_u(panelA, end),
      );
      const at = f.let(c, 'at');
      f.if(add, () => {
        for (const row of tile) {
          for (const [j, sum] of row.entries()) f.set(sum, f32x4.add(v128.load(at, 16 * j), sum));
          advance(f, stride, at);
        }
      });
      for (const [i, row] of tile.entries()) {
        for (const [j, sum] of row.entries()) f.emit(v128.store(c, sum, 16 * j));
        if (i < MR - 1) advance(f, stride, c);
      }
    },
    { exported: false },
  );
}

const EDGE = {
  c: 'i32',
  stride: 'i32',
  tile: 'i32',
  tileStride: 'i32',
  height: 'i32',
  width: 'i32',
  add: 'i32',
} as const;

/** C = tile or C += tile for the valid part of an edge tile, one element at a time. */
export function defineAddTile(module: ModuleBuilder): FunctionHandle<typeof EDGE, 'void'> {
  return module.function(
    'f32_gemm_edge_simd128',
    EDGE,
    'void',
    (f, { c, stride, tile, tileStride, height, width, add }) =>
      repeat(f, height, () => {
        const end = f.let(i32.shl(width, 2));
        const at = f.let(i32.const(0));
        f.for(at, end, FLOAT, () => {
          const target = f.let(i32.add(c, at));
          const value = f.let(f32.load(i32.add(tile, at)));
          f.if(add, () => f.set(value, f32.add(f32.load(target), value)));
          f.emit(f32.store(target, value));
        });
        advance(f, stride, c);
        advance(f, tileStride, tile);
      }),
    { exported: false },
  );
}

/** C = 0 */
export function clear(
  f: FunctionBuilder,
  c: Local<'i32'>,
  m: Local<'i32'>,
  n: Local<'i32'>,
  cStride: Local<'i32'>,
): void {
  repeat(f, m, () => {
    const at = f.let(c);
    const end = f.let(i32.add(c, i32.shl(n, 2)));
    f.for(at, end, FLOAT, () => f.emit(f32.store(at, 0)));
    advance(f, cStride, c);
  });
}
