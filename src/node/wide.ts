/**
 * Wide SIMD: V8 can fuse pairs of neighbouring 128-bit operations into 256-bit ones, if told so before a module is compiled
 * (--experimental-wasm-revectorize). The kernels are then compiled anew with a 4 x 16 tile and compared with the portable ones; the
 * bits are the same, the GEMM about twice as fast.
 */
import { setFlagsFromString } from 'node:v8';
import { RuntimeError } from '../core/errors.ts';
import { KC } from '../kernels/gemm/portable.ts';
import { Heap } from '../kernels/heap.ts';
import { gemm } from '../kernels/library/gemm.ts';
import { fill } from '../kernels/library/movement.ts';
import { randomNormal } from '../kernels/library/random.ts';
import { createMemory } from '../kernels/memory.ts';
import { applyConfiguration, runtimeInfo, withRuntime } from '../kernels/runtime.ts';
import { createPortableSet, createSimdSet } from '../kernels/sets.ts';

const FLAG = '--experimental-wasm-revectorize';
const FIRST_NODE = 24;
/** Columns of the tile that 256-bit registers hold as well as 128-bit ones hold 8. */
const TILE_COLUMNS = 16;

/**
 * Switches the SIMD kernels to 256 bits, for as long as the process lives. Call it before the first training; weights and results
 * that exist stay as they are.
 *
 * Resolves to whether it is on. `reason` says why not: an older Node (24 is the first that can), an engine other than V8, a processor
 * of another kind than x64, portable kernels in force, or kernels that failed their comparison. Nothing has changed then. On an x64
 * processor without AVX2 V8 fuses nothing: it is on, right, and no faster.
 *
 * @example
 * const { enabled, reason } = await enableWideSimd();
 */
export async function enableWideSimd(): Promise<{ readonly enabled: boolean; readonly reason: string }> {
  const refusal = whyNot();
  if (refusal !== '') return { enabled: false, reason: refusal };
  setFlagsFromString(FLAG);
  if (!(await sameBits())) {
    setFlagsFromString(FLAG.replace('--', '--no-'));
    return { enabled: false, reason: 'the fused kernels differ from the portable ones on this machine' };
  }
  applyConfiguration({ tileColumns: TILE_COLUMNS });
  if (runtimeInfo().kernels !== 'wide')
    throw new RuntimeError("enableWideSimd: configure({ kernels: 'portable' }) is in force");
  return { enabled: true, reason: '' };
}

function whyNot(): string {
  const { node = '', v8, bun, deno } = process.versions;
  const major = Number.parseInt(node, 10);
  if (v8 === undefined || bun !== undefined || deno !== undefined) return 'the engine is not that of Node';
  if (!(major >= FIRST_NODE)) return `Node ${node} cannot fuse SIMD operations; Node ${FIRST_NODE} or newer can`;
  if (process.arch !== 'x64') return `the processor is ${process.arch}; only x64 has 256-bit registers that V8 uses`;
  const { kernels, reasons } = runtimeInfo();
  return kernels === 'portable' ? `portable kernels are in use: ${reasons.kernels}` : '';
}

/** Products before the comparison, and the pause after them: V8 compiles with fusion only what has run for a while, in the background. */
const WARM_UP_PRODUCTS = 24;
const WARM_UP_SIDE = 256;
const COMPILE_PAUSE = 50;

/** Whether the fused GEMM agrees with the portable one: whole tiles, edges, transposes, accumulation, two blocks of k. */
async function sameBits(): Promise<boolean> {
  const heap = new Heap({ memory: createMemory() });
  const kernels = [gemm, fill, randomNormal];
  const portable = { heap, kernels: createPortableSet(heap, kernels) };
  const wide = { heap, kernels: createSimdSet(heap, kernels, TILE_COLUMNS).kernels };
  const [m, n, k] = [13, 37, KC + 29];
  const size = Math.max(n * k, WARM_UP_SIDE * WARM_UP_SIDE);
  const [a, b, expected, got] = [heap.allocate(size), heap.allocate(size), heap.allocate(size), heap.allocate(size)];
  withRuntime(portable, () => {
    randomNormal.run(a, 1, 2, 3, 4, 5, 0, 1, size);
    randomNormal.run(b, 5, 4, 3, 2, 1, 0, 1, size);
  });
  const side = WARM_UP_SIDE;
  withRuntime(wide, () => {
    for (let i = 0; i < WARM_UP_PRODUCTS; i++)
      gemm.run(got, a, b, side, side, side, side, side, side, 0, 0, i % 2 === 0 ? 0 : 1);
  });
  await new Promise((resolve) => setTimeout(resolve, COMPILE_PAUSE));
  for (let trial = 0; trial < 8; trial++) {
    const [transposeA, transposeB, accumulate] = [trial & 1, (trial >> 1) & 1, trial >> 2] as [0 | 1, 0 | 1, 0 | 1];
    for (const [runtime, c] of [
      [portable, expected],
      [wide, got],
    ] as const) {
      withRuntime(runtime, () => {
        fill.run(c, 0.5, size);
        gemm.run(c, a, b, m, n, k, n, transposeA ? m : k, transposeB ? k : n, transposeA, transposeB, accumulate);
      });
    }
    for (let i = 0; i < m * n; i++) if (heap.ints[expected + i] !== heap.ints[got + i]) return false;
  }
  return true;
}
