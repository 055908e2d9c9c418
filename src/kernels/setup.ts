/**
 * The setup: the kernels and threads that a choice gives on this engine, and why. It is made as a whole or not at all, so that a choice
 * that cannot be had changes nothing.
 */
import { RuntimeError } from '../core/errors.ts';
import type { Heap } from './heap.ts';
import type { AnyKernel } from './kernel.ts';
import { whyNotShared } from './memory.ts';
import { createPortableSet, createSimdSet, type KernelSet, type SimdSet } from './sets.ts';
import { ThreadPool } from './threads/pool.ts';
import { findThreads } from './threads/worker.ts';

export interface Choice {
  readonly kernels: 'auto' | 'portable' | 'simd';
  /** The calling one included. */
  readonly threads: number;
  readonly tileColumns: 8 | 16;
}

export interface Setup {
  readonly choice: Choice;
  readonly kernels: KernelSet;
  /** Kept while portable kernels are in use, so that it need not be made again. */
  readonly set: SimdSet | undefined;
  readonly pool: ThreadPool | undefined;
  /** Why SIMD kernels are not in use though the choice allows them; '' if they are, or if portable ones were chosen. */
  readonly obstacle: string;
}

export const DEFAULT_CHOICE: Choice = { kernels: 'auto', threads: 1, tileColumns: 8 };

/**
 * Makes the setup and closes the former one; if it throws, the former is as it was.
 *
 * @param former - its module is used again unless the tile differs or `renew` asks for a module with all of `kernels`.
 */
export function createSetup(
  heap: Heap,
  kernels: readonly AnyKernel[],
  choice: Choice,
  former?: Setup,
  renew = false,
): Setup {
  const reusable = !renew && former?.choice.tileColumns === choice.tileColumns ? former.set : undefined;
  const { set, obstacle } =
    choice.kernels === 'portable' ? { set: reusable, obstacle: '' } : findSet(heap, kernels, choice, reusable);
  let pool: ThreadPool | undefined;
  try {
    const start = choice.threads > 1 && choice.kernels !== 'portable' ? findThreads() : undefined;
    if (start !== undefined && set?.drain !== undefined) pool = new ThreadPool(heap, set, choice.threads, start);
  } catch (error) {
    if (set !== reusable) set?.dispose();
    throw error;
  }
  former?.pool?.close();
  if (former?.set !== set) former?.set?.dispose();
  const simd = choice.kernels === 'portable' ? undefined : (pool?.kernels ?? set?.kernels);
  return { choice, kernels: simd ?? createPortableSet(heap, kernels), set, pool, obstacle };
}

function findSet(
  heap: Heap,
  all: readonly AnyKernel[],
  { kernels, tileColumns }: Choice,
  reusable: SimdSet | undefined,
): Pick<Setup, 'set' | 'obstacle'> {
  try {
    return { set: reusable ?? createSimdSet(heap, all, tileColumns), obstacle: '' };
  } catch (cause) {
    const obstacle = whyNotCompiled(cause);
    if (obstacle === undefined) throw cause;
    if (kernels === 'simd') {
      throw new RuntimeError(`configure: SIMD kernels cannot be had: ${obstacle}. Use kernels: 'auto' or 'portable'.`, {
        cause,
      });
    }
    warnOnce(obstacle);
    return { set: undefined, obstacle };
  }
}

/** The header alone. Every engine that may compile at all compiles it. */
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** What in the engine was against compiling the kernels; undefined if it is a fault of the library. */
function whyNotCompiled(cause: unknown): string | undefined {
  try {
    new WebAssembly.Module(EMPTY_MODULE);
  } catch {
    return "the engine refuses to compile WebAssembly; a page's content security policy must have 'wasm-unsafe-eval' in script-src";
  }
  if (cause instanceof WebAssembly.CompileError) return 'the engine has no WebAssembly SIMD';
  if (cause instanceof RangeError) return 'the engine has no memory left to compile them';
  return undefined;
}

let warned = false;

function warnOnce(obstacle: string): void {
  if (warned) return;
  warned = true;
  console.warn(`ganvas: portable kernels are in use, dozens of times slower than the SIMD ones: ${obstacle}.`);
}

/** Why the kernels are those that they are, in a sentence. */
export function reasonForKernels({ choice, set, obstacle }: Setup): string {
  if (choice.kernels === 'portable') return "configure({ kernels: 'portable' }) chose them";
  if (set === undefined) return obstacle;
  return choice.tileColumns === 16 ? 'enableWideSimd() switched them on' : 'the engine has WebAssembly SIMD';
}

/** Why there are as many threads as there are. */
export function reasonForThreads({ choice, set, pool }: Setup): string {
  if (choice.threads === 1) return 'configure({ threads }) did not ask for more';
  if (choice.kernels === 'portable' || set === undefined) return 'portable kernels run on one thread';
  if (set.drain === undefined) return whyNotShared();
  if (pool === undefined) return 'there are no workers here';
  if (pool.lost) return 'a worker was lost; configure({ threads }) starts new ones';
  const missing = choice.threads - pool.size;
  if (missing === 0) return 'configure({ threads }) or a training asked for them';
  return `${missing} of ${choice.threads - 1} workers could not be started or have ended; a page's content security policy must have blob: in worker-src`;
}
