/**
 * Wide SIMD. V8 can fuse pairs of neighbouring 128-bit operations into 256-bit ones if a flag is set before a module is
 * compiled (--experimental-wasm-revectorize). The kernels are then compiled again, with a 4 x 16 tile for the matrix
 * product, and each is compared with the portable one. The bits are the same; the product is about twice as fast.
 */
import { setFlagsFromString } from 'node:v8';
import type { Heap } from '../kernels/heap.ts';
import type { AnyKernel } from '../kernels/kernel.ts';
import { applyConfiguration, runtimeInfo } from '../kernels/runtime.ts';
import { createSimdSet } from '../kernels/sets.ts';
import type { WideSet } from '../kernels/setup.ts';
import { differingKernels } from './kernel-check.ts';

const FLAG = '--experimental-wasm-revectorize';
const FIRST_NODE = 24;
/** Columns of the tile that 256-bit registers hold as well as 128-bit ones hold 8. */
const TILE_COLUMNS = 16;

/**
 * V8 first compiles a function quickly and without fusion, and later optimises what has run for a while, in the
 * background. So that the check meets the code that trainings will run, functions of the module are optimised at once
 * after their first call. The last value is the default of V8; it counts for modules that are compiled later.
 */
const OPTIMIZE_AT_ONCE = ['--wasm-sync-tier-up', '--wasm-tiering-budget=1'];
const OPTIMIZE_AS_USUAL = ['--no-wasm-sync-tier-up', '--wasm-tiering-budget=13000000'];

/**
 * Switches the SIMD kernels to 256 bits, for as long as the process lives. Call it before the first training; weights
 * and results that exist stay as they are.
 *
 * Resolves to an object whose `enabled` says whether wide SIMD is on. If not, `reason` says why: a Node before 24, an
 * engine other than V8, a processor other than x64, portable kernels in use, or kernels that failed their comparison.
 * Kernels and threads are then unchanged. On an x64 processor without AVX2, V8 fuses nothing: `enabled` is
 * true and results are right, but nothing is faster.
 *
 * @throws nothing that a user could mend: what stands in the way is the `reason`.
 * @example
 * const { enabled, reason } = await enableWideSimd();
 * if (!enabled) console.log(reason);
 */
export async function enableWideSimd(): Promise<{ readonly enabled: boolean; readonly reason: string }> {
  const refusal = whyNot();
  if (refusal !== '') return { enabled: false, reason: refusal };
  applyConfiguration({ wide: createWideSet });
  const { kernels, reasons } = runtimeInfo();
  return kernels === 'wide' ? { enabled: true, reason: '' } : { enabled: false, reason: reasons.kernels };
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

/** Makes the set, and checks it. It is made and checked anew if a later import brings more kernels. */
function createWideSet(heap: Heap, kernels: readonly AnyKernel[]): WideSet {
  for (const flag of [FLAG, ...OPTIMIZE_AT_ONCE]) setFlagsFromString(flag);
  try {
    const set = createSimdSet(heap, kernels, TILE_COLUMNS);
    const wrong = differingKernels(heap, set).map(({ name }) => name);
    if (wrong.length === 0) return { set, refusal: '' };
    set.dispose();
    setFlagsFromString(FLAG.replace('--', '--no-'));
    return { refusal: `fused kernels differ from the portable ones on this machine: ${wrong.join(', ')}` };
  } finally {
    for (const flag of OPTIMIZE_AS_USUAL) setFlagsFromString(flag);
  }
}
