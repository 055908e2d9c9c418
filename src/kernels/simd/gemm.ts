/**
 * SIMD GEMM: the five loops of Goto and van de Geijn as in kernels/portable/gemm.ts, innermost a micro-kernel that keeps an MR x NR tile of C in
 * vector registers and does one k a turn. With NR = 8 the tile fills eight of the sixteen 128-bit registers of x86-64; NR = 16 is for
 * engines that fuse pairs of 128-bit operations into 256-bit ones (kernels/simd/index.ts).
 *
 * Packing takes both orientations: panels are always k-major, so all four transpose cases run the same inner loop. Edge panels are
 * padded with zeros; an edge tile goes to a scratch tile first, and only its valid part reaches C.
 */
import {
  type Expr,
  type FunctionBuilder,
  type FunctionHandle,
  f32,
  f32x4,
  type Global,
  i32,
  type Local,
  type ModuleBuilder,
  v128,
} from '../../wasm/index.ts';
import { KC } from '../blocking.ts';
import { definePack } from './pack.ts';
import { advance, toBytes } from './vectors.ts';

export const MR = 4;
const MC = 64;
const NC = 1024;
const FLOAT = 4;

/** Bytes of the packing workspace that each thread needs: panels of A, panels of B, one scratch tile. */
const A_BYTES = MC * KC * FLOAT;
const B_BYTES = NC * KC * FLOAT;
export const GEMM_WORKSPACE_BYTES: number = A_BYTES + B_BYTES + MR * 16 * FLOAT;

/** @param workspace - byte address of GEMM_WORKSPACE_BYTES of this thread's own. */
export function gemm(module: ModuleBuilder, workspace: Global<'i32'>, nr: 8 | 16): FunctionHandle {
  const packA = definePack(module, MR);
  const packB = definePack(module, nr);
  const microKernel = defineMicroKernel(module, nr);
  const addTile = defineAddTile(module);
  return module.function(
    `f32_gemm_${MR}x${nr}_simd128`,
    {
      c: 'i32',
      a: 'i32',
      b: 'i32',
      m: 'i32',
      n: 'i32',
      k: 'i32',
      cStride: 'i32',
      aStride: 'i32',
      bStride: 'i32',
      transposeA: 'i32',
      transposeB: 'i32',
      accumulate: 'i32',
    },
    'void',
    (f, { c, a, b, m, n, k, cStride, aStride, bStride, transposeA, transposeB, accumulate }) => {
      toBytes(f, c, a, b, cStride, aStride, bStride);
      const choice = (condition: Local<'i32'>, yes: Expr<'i32'>, no: Expr<'i32'>): Local<'i32'> => {
        const local = f.local('i32');
        f.if(
          condition,
          () => f.set(local, yes),
          () => f.set(local, no),
        );
        return local;
      };
      const float = i32.const(FLOAT);
      const aRowStep = choice(transposeA, float, aStride);
      const aDepthStep = choice(transposeA, aStride, float);
      const bColumnStep = choice(transposeB, bStride, float);
      const bDepthStep = choice(transposeB, float, bStride);
      // The same cut as blocking.ts: depth = ceil(k / ceil(k / KC))
      const blocks = f.let(i32.div_u(i32.add(k, KC - 1), KC), 'blocks');
      f.if(i32.eqz(blocks), () => {
        f.if(i32.eqz(accumulate), () => clear(f, c, m, n, cStride));
        f.return();
      });
      const depth = f.let(i32.div_u(i32.sub(i32.add(k, blocks), 1), blocks), 'depth');
      const panelsA = f.let(workspace, 'panelsA');
      const panelsB = f.let(i32.add(workspace, A_BYTES), 'panelsB');
      const scratch = f.let(i32.add(workspace, A_BYTES + B_BYTES), 'scratch');

      const smaller = (x: Expr<'i32'>, y: Expr<'i32'> | number): Local<'i32'> => {
        const local = f.let(x);
        f.if(i32.gt_u(local, y), () => f.set(local, y));
        return local;
      };
      const loop = (limit: Expr<'i32'>, step: number | Local<'i32'>, body: (at: Local<'i32'>) => void): void => {
        const at = f.let(i32.const(0));
        f.for(at, limit, step, () => body(at));
      };

      loop(n, NC, (jc) => {
        const columns = smaller(i32.sub(n, jc), NC);
        loop(k, depth, (pc) => {
          const kc = smaller(i32.sub(k, pc), depth);
          const add = f.let(i32.or(accumulate, i32.ne(pc, 0)));
          const bBlock = i32.add(i32.add(b, i32.mul(jc, bColumnStep)), i32.mul(pc, bDepthStep));
          f.emit(
            packB.call({
              panels: panelsB,
              x: bBlock,
              count: columns,
              depth: kc,
              step: bColumnStep,
              depthStep: bDepthStep,
            }),
          );
          loop(m, MC, (ic) => {
            const rows = smaller(i32.sub(m, ic), MC);
            const aBlock = i32.add(i32.add(a, i32.mul(ic, aRowStep)), i32.mul(pc, aDepthStep));
            f.emit(
              packA.call({ panels: panelsA, x: aBlock, count: rows, depth: kc, step: aRowStep, depthStep: aDepthStep }),
            );
            const panelB = f.let(panelsB);
            loop(columns, nr, (jr) => {
              const panelA = f.let(panelsA);
              const width = smaller(i32.sub(columns, jr), nr);
              const tile = f.let(i32.add(i32.add(c, i32.mul(ic, cStride)), i32.shl(i32.add(jc, jr), 2)));
              loop(rows, MR, (ir) => {
                const height = smaller(i32.sub(rows, ir), MR);
                f.if(
                  i32.and(i32.eq(width, nr), i32.eq(height, MR)),
                  () => f.emit(microKernel.call({ c: tile, stride: cStride, panelA, panelB, depth: kc, add })),
                  () => {
                    f.emit(
                      microKernel.call({ c: scratch, stride: nr * FLOAT, panelA, panelB, depth: kc, add: 0 }),
                      addTile.call({
                        c: tile,
                        stride: cStride,
                        tile: scratch,
                        tileStride: nr * FLOAT,
                        height,
                        width,
                        add,
                      }),
                    );
                  },
                );
                advance(f, i32.shl(cStride, 2), tile);
                advance(f, i32.mul(kc, MR * FLOAT), panelA);
              });
              advance(f, i32.mul(kc, nr * FLOAT), panelB);
            });
          });
        });
      });
    },
  );
}

/**
 * C[MR, nr] = or += A panel [depth][MR] x B panel [depth][nr], each product and each sum rounded, k upwards from 0. All loads of C
 * and all sums come before the stores of two neighbours: only so does the wide compilation fuse them.
 */
function defineMicroKernel(
  module: ModuleBuilder,
  nr: 8 | 16,
): FunctionHandle<{ c: 'i32'; stride: 'i32'; panelA: 'i32'; panelB: 'i32'; depth: 'i32'; add: 'i32' }, 'void'> {
  return module.function(
    `f32_gemm_microkernel_${MR}x${nr}_simd128`,
    { c: 'i32', stride: 'i32', panelA: 'i32', panelB: 'i32', depth: 'i32', add: 'i32' },
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
      const storeRows = (): void => {
        for (const [i, row] of tile.entries()) {
          for (const [j, sum] of row.entries()) f.emit(v128.store(c, sum, 16 * j));
          if (i < MR - 1) advance(f, stride, c);
        }
      };
      const at = f.let(c, 'at');
      f.if(add, () => {
        for (const row of tile) {
          for (const [j, sum] of row.entries()) f.set(sum, f32x4.add(v128.load(at, 16 * j), sum));
          advance(f, stride, at);
        }
      });
      storeRows();
    },
    { exported: false },
  );
}

/** C = tile or C += tile on the valid part of an edge tile, one element at a time. */
function defineAddTile(module: ModuleBuilder): FunctionHandle<
  {
    c: 'i32';
    stride: 'i32';
    tile: 'i32';
    tileStride: 'i32';
    height: 'i32';
    width: 'i32';
    add: 'i32';
  },
  'void'
> {
  return module.function(
    'f32_gemm_edge_simd128',
    { c: 'i32', stride: 'i32', tile: 'i32', tileStride: 'i32', height: 'i32', width: 'i32', add: 'i32' },
    'void',
    (f, { c, stride, tile, tileStride, height, width, add }) => {
      f.while(height, () => {
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
        f.set(height, i32.sub(height, 1));
      });
    },
    { exported: false },
  );
}

function clear(f: FunctionBuilder, c: Local<'i32'>, m: Local<'i32'>, n: Local<'i32'>, cStride: Local<'i32'>): void {
  f.while(m, () => {
    const at = f.let(c);
    const end = f.let(i32.add(c, i32.shl(n, 2)));
    f.for(at, end, FLOAT, () => f.emit(f32.store(at, 0)));
    advance(f, cStride, c);
    f.set(m, i32.sub(m, 1));
  });
}
