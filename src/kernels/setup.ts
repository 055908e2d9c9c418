/**
 * The setup: the kernels and threads that a choice results in on this engine, and the reasons. It is made completely or
 * not at all, so that a choice that fails changes nothing.
 */
import { RuntimeError } from '../core/errors.ts';
import type { Heap } from './heap.ts';
import type { AnyKernel } from './kernel.ts';
import { whyNotShared } from './memory.ts';
import { createPortableSet, createSimdSet, type KernelSet, type SimdSet } from './sets.ts';
import { ThreadPool } from './threads/pool.ts';
import { findThreads } from './threads/worker.ts';

/** A SIMD set for 256-bit registers, or the reason why its kernels are not used. */
export interface WideSet {
  readonly set?: SimdSet;
  readonly refusal: string;
}

export type CreateWideSet = (heap: Heap, kernels: readonly AnyKernel[]) => WideSet;

export interface Choice {
  readonly kernels: 'auto' | 'portable' | 'simd';
  /** Total number of threads, including the calling one. */
  readonly threads: number;
  readonly wide: CreateWideSet | undefined;
}

export interface Setup {
  readonly choice: Choice;
  readonly kernels: KernelSet;
  /** The SIMD set. It is kept while portable kernels are in use, so that it need not be made again. */
  readonly set: SimdSet | undefined;
  readonly pool: ThreadPool | undefined;
  /**
   * Why SIMD kernels are not in use though the choice allows them; '' if they are in use, or if the choice is
   * 'portable'.
   */
  readonly obstacle: string;
  /** Why wide SIMD is not in use though it was chosen; '' otherwise. */
  readonly wideRefusal: string;
}

export const DEFAULT_CHOICE: Choice = { kernels: 'auto', threads: 1, wide: undefined };

/**
 * Makes the setup and closes the former one. If it throws, the former one is unchanged.
 *
 * @param former - its module is reused unless its width differs or `renew` asks for a new one with all `kernels`.
 */
export function createSetup(
  heap: Heap,
  kernels: readonly AnyKernel[],
  choice: Choice,
  former?: Setup,
  renew = false,
): Setup {
  const reusable = former !== undefined && !renew && former.choice.wide === choice.wide ? former.set : undefined;
  const found = choice.kernels === 'portable' ? { set: reusable } : findSet(heap, kernels, choice, reusable);
  const { set, obstacle = '', wideRefusal = former?.wideRefusal ?? '' } = found;
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
  return {
    choice: wideRefusal === '' ? choice : { ...choice, wide: undefined },
    kernels: simd ?? createPortableSet(heap, kernels),
    set,
    pool,
    obstacle,
    wideRefusal,
  };
}

function findSet(
  heap: Heap,
  all: readonly AnyKernel[],
  { kernels, wide }: Choice,
  reusable: SimdSet | undefined,
): Partial<Pick<Setup, 'set' | 'obstacle' | 'wideRefusal'>> {
  if (reusable !== undefined) return { set: reusable };
  try {
    if (wide === undefined) return { set: createSimdSet(heap, all) };
    const { set, refusal } = wide(heap, all);
    return { set: set ?? createSimdSet(heap, all), wideRefusal: refusal };
  } catch (cause) {
    const obstacle = whyNotCompiled(cause);
    if (obstacle === undefined) throw cause;
    if (kernels === 'simd') {
      throw new RuntimeError(
        `configure: SIMD kernels are not available: ${obstacle}. Use kernels: 'auto' or 'portable'.`,
        {
          cause,
        },
      );
    }
    warnOnce(obstacle);
    return { obstacle };
  }
}

/** A module that consists of the header only. Every engine that may compile WebAssembly at all compiles it. */
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** Why the engine could not compile the kernels; undefined if the library is at fault. */
function whyNotCompiled(cause: unknown): string | undefined {
  try {
    new WebAssembly.Module(EMPTY_MODULE);
  } catch {
    return (
      'the engine refuses to compile WebAssembly; ' +
      "a page's content security policy must have 'wasm-unsafe-eval' in script-src"
    );
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

/** One sentence that says why these kernels are in use. */
export function reasonForKernels({ choice, set, obstacle, wideRefusal }: Setup): string {
  if (choice.kernels === 'portable') return "configure({ kernels: 'portable' }) chose them";
  if (set === undefined) return obstacle;
  if (choice.wide !== undefined) return 'enableWideSimd() switched them on';
  return wideRefusal === '' ? 'the engine has WebAssembly SIMD' : `wide SIMD was dropped: ${wideRefusal}`;
}

/** One sentence that says why this number of threads is in use. */
export function reasonForThreads({ choice, set, pool }: Setup): string {
  if (choice.threads === 1) return 'configure({ threads }) did not ask for more';
  if (choice.kernels === 'portable' || set === undefined) return 'portable kernels run on one thread';
  if (set.drain === undefined) return whyNotShared();
  if (pool === undefined) return 'there are no workers here';
  if (pool.lost) return 'a worker was lost; configure({ threads }) starts new ones';
  const missing = choice.threads - pool.size;
  if (missing === 0) return 'configure({ threads }) or a training asked for them';
  return (
    `${missing} of ${choice.threads - 1} workers could not be started or have ended; ` +
    "a page's content security policy must have blob: in worker-src"
  );
}
