/**
 * The matrix product, the most expensive kernel. The SIMD body has the five loops of Goto and van de Geijn ("Anatomy of
 * High-Performance Matrix Multiplication", ACM TOMS 34, 2008, as in BLIS):
 *
 *   for each NC columns of B:            (jc)
 *     for each KC-deep block of k:       (pc)  pack B into panels of NR columns, k-major
 *       for each MC rows of A:           (ic)  pack A into panels of MR rows, k-major
 *         for each panel of B:           (jr)
 *           for each panel of A:         (ir)  C tile (+)= A panel x B panel
 *
 * The innermost is a micro-kernel that keeps an MR x NR tile of C in vector registers and processes one k in each turn.
 * With NR = 8 the tile fills eight of the sixteen 128-bit registers of x86-64. NR = 16 is for engines that fuse pairs
 * of 128-bit operations into 256-bit ones (src/node/wide.ts).
 *
 * Packing reads both orientations: panels are always k-major, so all four transpose cases run the same inner loop. Edge
 * panels are padded with zeros. An edge tile is stored in a scratch tile first, and only its valid part is copied to C:
 * padding cannot spread a NaN or an infinity to C.
 */
import { type Expr, i32, type Local, select } from '../../wasm/index.ts';
import { clear, defineAddTile, defineMicroKernel, MR } from '../gemm/micro-kernel.ts';
import { definePack } from '../gemm/pack.ts';
import { GEMM, gemmPortable, KC } from '../gemm/portable.ts';
import { type KernelOf, kernel } from '../kernel.ts';
import { advance, toBytes } from '../simd/vectors.ts';
import { LINE } from '../split.ts';

/** Rows of A and columns of B that are packed at a time. */
const MC = 64;
const NC = 1024;
const FLOAT = 4;

/** Workspace of each thread: panels of A, panels of B, one scratch tile. */
const A_BYTES = MC * KC * FLOAT;
const B_BYTES = NC * KC * FLOAT;
const SCRATCH_BYTES = MR * 16 * FLOAT;

/** Number of multiply-adds that take about as long as one element of an elementwise kernel. */
const MULTIPLY_ADDS = 8;

/**
 * C = op(A) op(B), or C += op(A) op(B) with `accumulate`. C is [m, n], op(A) is [m, k], op(B) is [k, n]. A flag makes
 * op transpose: then A is stored as [k, m] and B as [n, k]. With k = 0, C becomes 0 (or stays unchanged with
 * `accumulate`). Without `accumulate` C is never read, so it may hold NaN before.
 */
export const gemm: KernelOf<typeof GEMM> = /*#__PURE__*/ kernel('gemm', GEMM, {
  portable: gemmPortable,
  simd: (f, parameters, { module, workspace, tileColumns: nr }) => {
    const { c, a, b, m, n, k, cStride, aStride, bStride, transposeA, transposeB, accumulate } = parameters;
    const packA = definePack(module, MR);
    const packB = definePack(module, nr);
    const microKernel = defineMicroKernel(module, nr);
    const addTile = defineAddTile(module);
    toBytes(f, cStride, aStride, bStride);
    const choice = (condition: Local<'i32'>, yes: Expr<'i32'>, no: Expr<'i32'>): Local<'i32'> =>
      f.let(select(yes, no, condition));
    const float = i32.const(FLOAT);
    const aRowStep = choice(transposeA, float, aStride);
    const aDepthStep = choice(transposeA, aStride, float);
    const bColumnStep = choice(transposeB, bStride, float);
    const bDepthStep = choice(transposeB, float, bStride);
    // The same depth as blockDepth(): ceil(k / ceil(k / KC))
    const blocks = f.let(i32.div_u(i32.add(k, KC - 1), KC), 'blocks');
    f.if(i32.eqz(blocks), () => {
      f.if(i32.eqz(accumulate), () => clear(f, c, m, n, cStride));
      f.return();
    });
    const depth = f.let(i32.div_u(i32.sub(i32.add(k, blocks), 1), blocks), 'depth');
    const panelsA = f.let(workspace, 'panelsA');
    const panelsB = f.let(i32.add(workspace, A_BYTES), 'panelsB');
    const scratch = f.let(i32.add(workspace, A_BYTES + B_BYTES), 'scratch');

    const smaller = (x: Expr<'i32'>, y: Expr<'i32'>): Local<'i32'> => f.let(select(x, y, i32.lt_u(x, y)));
    const loop = (limit: Expr<'i32'>, step: number | Local<'i32'>, body: (at: Local<'i32'>) => void): void => {
      const at = f.let(i32.const(0));
      f.for(at, limit, step, () => body(at));
    };

    loop(n, NC, (jc) => {
      const columns = smaller(i32.sub(n, jc), i32.const(NC));
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
          const rows = smaller(i32.sub(m, ic), i32.const(MC));
          const aBlock = i32.add(i32.add(a, i32.mul(ic, aRowStep)), i32.mul(pc, aDepthStep));
          f.emit(
            packA.call({ panels: panelsA, x: aBlock, count: rows, depth: kc, step: aRowStep, depthStep: aDepthStep }),
          );
          const panelB = f.let(panelsB);
          loop(columns, nr, (jr) => {
            const panelA = f.let(panelsA);
            const width = smaller(i32.sub(columns, jr), i32.const(nr));
            const tile = f.let(i32.add(i32.add(c, i32.mul(ic, cStride)), i32.shl(i32.add(jc, jr), 2)));
            loop(rows, MR, (ir) => {
              const height = smaller(i32.sub(rows, ir), i32.const(MR));
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
  workspaceBytes: A_BYTES + B_BYTES + SCRATCH_BYTES,
  // Covers whole tiles, edges and two blocks of k. The rows of A and B may overlap.
  sample: { m: 13, k: KC + 29 },
  // Cut along the columns of C if there are at least as many of them as rows, else along the rows. So every thread
  // packs the smaller operand as a whole.
  split: (at) => ({
    length: (args) => Math.max(args[at.m]!, args[at.n]!),
    grain: LINE,
    cost: (args) => (Math.min(args[at.m]!, args[at.n]!) * args[at.k]!) / MULTIPLY_ADDS,
    part(out, args, begin, end) {
      if (args[at.n]! >= args[at.m]!) {
        out[at.c] = args[at.c]! + begin;
        out[at.b] = args[at.b]! + begin * (args[at.transposeB] === 1 ? args[at.bStride]! : 1);
        out[at.n] = end - begin;
      } else {
        out[at.c] = args[at.c]! + begin * args[at.cStride]!;
        out[at.a] = args[at.a]! + begin * (args[at.transposeA] === 1 ? 1 : args[at.aStride]!);
        out[at.m] = end - begin;
      }
    },
  }),
});
