/**
 * The runtime: the heap and the kernel set in use, made when first needed. The program has one runtime, since an
 * operation cannot combine tensors of different heaps. The choice of kernels and threads changes the speed, never the
 * bits.
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

/** The options of configure(). */
export interface ConfigureOptions {
  /**
   * Total number of threads, including the calling one. If threads are not possible, only one is used, and
   * runtimeInfo() says why. Default: unchanged; initially 1.
   */
  readonly threads?: number | undefined;
  /**
   * Which kernels run. If SIMD is not available, 'simd' throws, and 'auto' uses 'portable' and prints a warning.
   * Default: unchanged; initially 'auto'.
   */
  readonly kernels?: 'auto' | 'portable' | 'simd' | undefined;
  /** Limit of the memory for tensors, in bytes. Default: unchanged; initially what the engine allows, at most 4 GiB. */
  readonly memoryLimit?: number | undefined;
}

/** The kernels and threads in use. */
export interface RuntimeInfo {
  /** 'wide' is SIMD fused to 256 bits (enableWideSimd of ganvas/node). */
  readonly kernels: 'portable' | 'simd' | 'wide';
  /** Number of threads: the calling one and the running workers. */
  readonly threads: number;
  /** Why these kernels and this number of threads are in use, one sentence each. */
  readonly reasons: { readonly kernels: string; readonly threads: string };
}

class ConfiguredRuntime implements Runtime {
  readonly heap: Heap = new Heap({ memory: createMemory() });
  /** What a setup is made of: all registered kernels but the rare ones, until one of those runs. */
  #loaded: readonly AnyKernel[] = registered.filter(({ rare }) => !rare);
  setup: Setup = createSetup(this.heap, this.#loaded, DEFAULT_CHOICE);
  /** Whether configure() or a training has chosen the number of threads. */
  threadsChosen = false;

  get kernels(): KernelSet {
    return this.setup.kernels;
  }

  /** Makes the setup for another choice. */
  choose(choice: Choice): void {
    this.setup = createSetup(this.heap, this.#loaded, choice, this.setup);
    unlinkAll();
  }

  /** Makes the setup again, with all kernels that are registered by now. */
  reload(): KernelSet {
    this.#loaded = [...registered];
    this.setup = createSetup(this.heap, this.#loaded, this.setup.choice, this.setup, true);
    unlinkAll();
    return this.kernels;
  }
}

/**
 * All kernels of the program. Importing a kernel's file adds it, so that one module contains them at first use.
 */
const registered: AnyKernel[] = [];
let configured: ConfiguredRuntime | undefined;
let substitute: Runtime | undefined;

/** @internal Adds a kernel. If it is rare or imported after the first use, it is compiled when it first runs. */
export function register(kernel: AnyKernel): void {
  registered.push(kernel);
}

/** @internal All kernels of the program. */
export function registeredKernels(): readonly AnyKernel[] {
  return registered;
}

/** @internal Returns the body that a kernel runs from now on. */
export function link(kernel: AnyKernel): KernelFunction {
  const found =
    runtime().kernels.get(kernel) ?? (substitute === undefined ? configured?.reload().get(kernel) : undefined);
  if (found === undefined) throw new RuntimeError(`the runtime lacks the kernel ${kernel.name}`);
  kernel.run = found;
  return found;
}

/** Makes every kernel look up its body in the current set at its next run. */
function unlinkAll(): void {
  for (const kernel of registered) kernel.unlink();
}

export function runtime(): Runtime {
  return substitute ?? (configured ??= new ConfiguredRuntime());
}

export function heap(): Heap {
  return runtime().heap;
}

/** Maximum number of threads, including the calling one. */
export const MAX_THREADS: number = 1 + MAX_WORKERS;

const OPTIONS = {
  threads: integer(1, MAX_THREADS).optional(),
  kernels: choice(['auto', 'portable', 'simd']).optional(),
  memoryLimit: integer(1).optional(),
};

/**
 * Chooses the kernels, the number of threads and the memory limit. It need not be called: by default one thread runs,
 * with SIMD if available. Every choice gives the same bits. If it rejects, nothing has changed.
 *
 * @throws ArgumentError for a wrong option; RuntimeError if `kernels: 'simd'` is asked for where there is none.
 * @example
 * await configure({ threads: 2 });
 * await configure({ threads: 1, kernels: 'portable' });
 * runtimeInfo().kernels; // 'portable'
 */
export async function configure(options: ConfigureOptions = {}): Promise<void> {
  applyConfiguration(readOptions('configure', options, OPTIONS));
  await configured?.setup.pool?.ready();
}

/**
 * @internal configure() with checked options, which does not wait for the workers. Until they have started, the calling
 * thread does their share.
 */
export function applyConfiguration(options: ConfigureOptions & { readonly wide?: CreateWideSet }): void {
  configured ??= new ConfiguredRuntime();
  const { heap, setup } = configured;
  const { limitBytes } = heap;
  const { threads = setup.choice.threads, kernels = setup.choice.kernels, memoryLimit = limitBytes } = options;
  const { wide = setup.choice.wide } = options;
  heap.limitBytes = memoryLimit;
  try {
    const choice = { kernels, threads, wide };
    if (differs(setup, choice)) configured.choose(choice);
  } catch (error) {
    heap.limitBytes = limitBytes;
    throw error;
  }
  configured.threadsChosen ||= options.threads !== undefined;
}

/** Whether a choice needs a new setup. A pool that lost workers is always replaced. */
function differs({ choice, pool }: Setup, { kernels, threads, wide }: Choice): boolean {
  if (pool !== undefined && pool.size !== choice.threads) return true;
  return kernels !== choice.kernels || threads !== choice.threads || wide !== choice.wide;
}

/**
 * @internal Chooses the threads of a training: the number that it asks for, else the number that was chosen before,
 * else one for each core. The workers stay for the next training and sleep until then.
 */
export function useThreads(threads: number | undefined): void {
  const chosen = configured?.threadsChosen === true;
  applyConfiguration({ threads: threads ?? (chosen ? undefined : Math.min(availableCores(), MAX_THREADS)) });
}

/**
 * The kernels and the number of threads in use, and why. If SIMD or threads are not available, `reasons` says what
 * prevents them.
 *
 * @throws nothing.
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

/** @internal Runs `body` with another runtime, for gradient checks in float64 and kernel tests. */
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
