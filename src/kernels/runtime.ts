/**
 * The runtime: the heap and the kernel set in use, made when first needed. There is one for the whole program, since
 * tensors of different heaps could not meet in an operation. Another kernel set or thread count changes the speed,
 * never a bit.
 */

import { RuntimeError } from '../core/errors.ts';
import { choice, integer, readOptions } from '../core/options.ts';
import { Heap } from './heap.ts';
import type { AnyKernel, KernelFunction } from './kernel.ts';
import { createMemory } from './memory.ts';
import type { KernelSet } from './sets.ts';
import {
  type Choice,
  type CreateWideSet,
  createSetup,
  DEFAULT_CHOICE,
  reasonForKernels,
  reasonForThreads,
  type Setup,
} from './setup.ts';
import { MAX_WORKERS } from './threads/jobs.ts';
import { availableCores } from './threads/worker.ts';

export interface Runtime {
  readonly heap: Heap;
  readonly kernels: KernelSet;
}

export interface ConfigureOptions {
  /**
   * Threads in all, the calling one included. Where there can be no threads, one; runtimeInfo() says why. Default: as
   * it is, at first 1.
   */
  readonly threads?: number | undefined;
  /**
   * 'simd' fails where it cannot be had; 'auto' falls back to 'portable' with a warning. Default: as it is, at first
   * 'auto'.
   */
  readonly kernels?: 'auto' | 'portable' | 'simd' | undefined;
  /** Ceiling of the tensor memory in bytes. Default: as it is, at first what the engine gives, 4 GiB at most. */
  readonly memoryLimit?: number | undefined;
}

/** What is in use. */
export interface RuntimeInfo {
  /** 'wide' is SIMD fused to 256 bits (enableWideSimd of ganvas/node). */
  readonly kernels: 'portable' | 'simd' | 'wide';
  /** The calling thread and the workers that live. */
  readonly threads: number;
  /** Why there are these kernels and so many threads, in a sentence each. */
  readonly reasons: { readonly kernels: string; readonly threads: string };
}

class ConfiguredRuntime implements Runtime {
  readonly heap: Heap = new Heap({ memory: createMemory() });
  setup: Setup = createSetup(this.heap, registered, DEFAULT_CHOICE);
  /** Whether the number of threads was asked for, by configure() or by a training. */
  threadsChosen = false;

  get kernels(): KernelSet {
    return this.setup.kernels;
  }

  /** Makes the setup anew, with all kernels that are registered by now. */
  reload(): KernelSet {
    this.setup = createSetup(this.heap, registered, this.setup.choice, this.setup, true);
    unlinkAll();
    return this.kernels;
  }
}

/**
 * The kernels in the program: each is added when its file is imported, so that one module holds all of them at first
 * use.
 */
const registered: AnyKernel[] = [];
let configured: ConfiguredRuntime | undefined;
let substitute: Runtime | undefined;

/** @internal Adds a kernel. One that comes after the first use, by a dynamic import, is made when it is first run. */
export function register(kernel: AnyKernel): void {
  registered.push(kernel);
}

/** @internal The kernels in the program. */
export function registeredKernels(): readonly AnyKernel[] {
  return registered;
}

/** @internal Finds the body that a kernel runs from now on. */
export function link(kernel: AnyKernel): KernelFunction {
  const found =
    runtime().kernels.get(kernel) ?? (substitute === undefined ? configured?.reload().get(kernel) : undefined);
  if (found === undefined) throw new RuntimeError(`the runtime lacks the kernel ${kernel.name}`);
  kernel.run = found;
  return found;
}

/** Whatever set is in use now, each kernel finds its body there when it is next run. */
function unlinkAll(): void {
  for (const kernel of registered) kernel.unlink();
}

export function runtime(): Runtime {
  return substitute ?? (configured ??= new ConfiguredRuntime());
}

export function heap(): Heap {
  return runtime().heap;
}

/** Threads in all, the calling one included. */
export const MAX_THREADS: number = 1 + MAX_WORKERS;

const OPTIONS = {
  threads: integer(1, MAX_THREADS).optional(),
  kernels: choice(['auto', 'portable', 'simd']).optional(),
  memoryLimit: integer(1).optional(),
};

/**
 * Chooses kernels and threads for all that follows. Without a call everything works, on one thread, with SIMD where it
 * exists. Results are the same bits with any choice. If it rejects, nothing has changed.
 *
 * @example
 * await configure({ threads: 4 });
 */
export async function configure(options: ConfigureOptions = {}): Promise<void> {
  applyConfiguration(readOptions('configure', options, OPTIONS));
  await configured?.setup.pool?.ready();
}

/**
 * @internal configure() with options that were checked, and without waiting for the workers: until they are there, the
 * calling thread does their share.
 */
export function applyConfiguration(options: ConfigureOptions & { readonly wide?: CreateWideSet }): void {
  configured ??= new ConfiguredRuntime();
  const { heap, setup } = configured;
  const { limitBytes } = heap;
  const { threads = setup.choice.threads, kernels = setup.choice.kernels, memoryLimit = limitBytes } = options;
  const { wide = setup.choice.wide } = options;
  heap.limitBytes = memoryLimit;
  try {
    if (differs(setup, { kernels, threads, wide })) {
      configured.setup = createSetup(heap, registered, { kernels, threads, wide }, setup);
      unlinkAll();
    }
  } catch (error) {
    heap.limitBytes = limitBytes;
    throw error;
  }
  configured.threadsChosen ||= options.threads !== undefined;
}

/** Whether a choice needs another setup. A pool that lost workers is made anew. */
function differs({ choice, pool }: Setup, { kernels, threads, wide }: Choice): boolean {
  if (pool !== undefined && pool.size !== choice.threads) return true;
  return kernels !== choice.kernels || threads !== choice.threads || wide !== choice.wide;
}

/**
 * @internal The threads of a training: as many as it asks for, else as many as were asked for before, else one a core.
 * The workers stay for the next training, asleep.
 */
export function useThreads(threads: number | undefined): void {
  const chosen = configured?.threadsChosen === true;
  applyConfiguration({ threads: threads ?? (chosen ? undefined : Math.min(availableCores(), MAX_THREADS)) });
}

/**
 * Which kernels and how many threads are in use, and why: where SIMD or threads cannot be had, `reasons` says what is
 * against them.
 *
 * @example
 * const { kernels, reasons } = runtimeInfo();
 * if (kernels === 'portable') console.log(reasons.kernels);
 */
export function runtimeInfo(): RuntimeInfo {
  configured ??= new ConfiguredRuntime();
  const { setup } = configured;
  const { choice, set, pool } = setup;
  const simd = choice.kernels !== 'portable' && set !== undefined;
  return {
    kernels: !simd ? 'portable' : choice.wide !== undefined ? 'wide' : 'simd',
    threads: pool?.size ?? 1,
    reasons: { kernels: reasonForKernels(setup), threads: reasonForThreads(setup) },
  };
}

/** @internal Runs `body` with another runtime: gradient checks in float64 and kernel tests are run so. */
export function withRuntime<T>(other: Runtime, body: () => T): T {
  const before = substitute;
  substitute = other;
  unlinkAll();
  try {
    return body();
  } finally {
    substitute = before;
    unlinkAll();
  }
}
