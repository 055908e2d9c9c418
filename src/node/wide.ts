/**
 * Wide SIMD: V8 can fuse pairs of neighbouring 128-bit operations into 256-bit ones, if told so before a module is
 * compiled (--experimental-wasm-revectorize). The kernels are then compiled anew with a 4 x 16 tile, and each is
 * compared with the portable one; the bits are the same, the GEMM about twice as fast.
 */
import { setFlagsFromString } from 'node:v8';
import { RuntimeError } from '../core/errors.ts';
import { applyConfiguration, registeredKernels, runtimeInfo } from '../kernels/runtime.ts';
import { differingKernels } from './kernel-check.ts';

const FLAG = '--experimental-wasm-revectorize';
const FIRST_NODE = 24;
/** Columns of the tile that 256-bit registers hold as well as 128-bit ones hold 8. */
const TILE_COLUMNS = 16;

/**
 * Switches the SIMD kernels to 256 bits, for as long as the process lives. Call it before the first training; weights
 * and results that exist stay as they are.
 *
 * Resolves to whether it is on. `reason` says why not: an older Node (24 is the first that can), an engine other than
 * V8, a processor of another kind than x64, portable kernels in force, or kernels that failed their comparison. Nothing
 * has changed then. On an x64 processor without AVX2 V8 fuses nothing: it is on, right, and no faster.
 *
 * @example
 * const { enabled, reason } = await enableWideSimd();
 */
export async function enableWideSimd(): Promise<{ readonly enabled: boolean; readonly reason: string }> {
  const refusal = whyNot();
  if (refusal !== '') return { enabled: false, reason: refusal };
  setFlagsFromString(FLAG);
  const wrong = wrongKernels();
  if (wrong.length > 0) {
    setFlagsFromString(FLAG.replace('--', '--no-'));
    return {
      enabled: false,
      reason: `fused kernels differ from the portable ones on this machine: ${wrong.join(', ')}`,
    };
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

/**
 * The fused kernels that do not agree with the portable ones. All are compiled with fusion at once, not after a while.
 */
function wrongKernels(): string[] {
  setFlagsFromString('--no-liftoff');
  try {
    return differingKernels(registeredKernels(), TILE_COLUMNS).map(({ name }) => name);
  } finally {
    setFlagsFromString('--liftoff');
  }
}
