/**
 * The runtime: the heap and the kernel set in use, made when first needed. There is one for the whole program, since tensors of
 * different heaps could not meet in an operation. Another kernel set or thread count changes the speed, never a bit.
 */
import { checkChoice, checkInteger, checkOptions } from '../core/check.ts';
import { RuntimeError } from '../core/errors.ts';
import type { CoreKernels, KernelName, Kernels, LoadedKernels } from './contract.ts';
import type { KernelFamily } from './family.ts';
import { Heap } from './heap.ts';
import { createMemory } from './memory.ts';
import { createPortableKernels } from './portable/index.ts';
import { registeredFamilies } from './registry.ts';
import { createSimdSet, type SimdSet } from './simd/index.ts';
import { MAX_WORKERS } from './simd/jobs.ts';
import { ThreadPool } from './threads/pool.ts';
import { availableCores, findThreads } from './threads/worker.ts';

export interface Runtime {
  readonly heap: Heap;
  readonly kernels: LoadedKernels;
}

export interface ConfigureOptions {
  /** Threads in all, the calling one included. Where there can be no threads, one, silently. Default: as it is, at first 1. */
  readonly threads?: number | undefined;
  /** 'simd' fails where the engine has none; 'auto' falls back to 'portable'. Default: as it is, at first 'auto'. */
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
}

class ConfiguredRuntime implements Runtime {
  readonly heap: Heap;
  kernels: LoadedKernels;
  choice: 'auto' | 'portable' | 'simd' = 'auto';
  tileColumns: 8 | 16 = 8;
  threads = 1;
  /** Whether the number of threads was asked for, by configure() or by a training. */
  threadsChosen = false;
  set: SimdSet | undefined;
  pool: ThreadPool | undefined;

  constructor() {
    this.heap = new Heap({ memory: createMemory() });
    this.kernels = this.choose();
  }

  /** Makes the kernel set that the fields ask for. */
  choose(): LoadedKernels {
    this.pool?.close();
    this.pool = undefined;
    if (this.choice === 'portable') return createPortableKernels(this.heap, registeredFamilies());
    try {
      this.set ??= createSimdSet(this.heap, registeredFamilies(), this.tileColumns);
    } catch (cause) {
      if (!(cause instanceof WebAssembly.CompileError || cause instanceof RangeError)) throw cause;
      if (this.choice === 'auto') return createPortableKernels(this.heap, registeredFamilies());
      throw new RuntimeError("configure: this engine has no WebAssembly SIMD. Use kernels: 'auto' or 'portable'.", {
        cause,
      });
    }
    const start = this.threads > 1 && this.set.drain !== undefined ? findThreads() : undefined;
    if (start === undefined) return this.set.kernels;
    this.pool = new ThreadPool(this.heap, this.set, this.threads, start);
    return this.pool.kernels;
  }

  /** Makes the set anew, with all families that are registered by now. */
  reload(): LoadedKernels {
    this.set?.dispose();
    this.set = undefined;
    this.kernels = this.choose();
    return this.kernels;
  }
}

let configured: ConfiguredRuntime | undefined;
let substitute: Runtime | undefined;

export function runtime(): Runtime {
  return substitute ?? (configured ??= new ConfiguredRuntime());
}

export function heap(): Heap {
  return runtime().heap;
}

/** The core's kernels. */
export function kernels(): CoreKernels {
  return runtime().kernels;
}

/** The kernels of a family that is registered. */
export function kernelsOf<Name extends KernelName>(family: KernelFamily<Name>): Pick<Kernels, Name> {
  const { kernels: present } = runtime();
  if (holds(present, family)) return present;
  // It was imported after the first use. A substitute has what it has.
  const reloaded = substitute === undefined ? configured?.reload() : undefined;
  if (reloaded !== undefined && holds(reloaded, family)) return reloaded;
  throw new RuntimeError(`the runtime lacks the kernels ${Object.keys(family.arguments).join(', ')}`);
}

function holds<Name extends KernelName>(
  present: LoadedKernels,
  family: KernelFamily<Name>,
): present is LoadedKernels & Pick<Kernels, Name> {
  for (const name in family.arguments) if (!(name in present)) return false;
  return true;
}

/** Threads in all, the calling one included. */
export const MAX_THREADS: number = 1 + MAX_WORKERS;

/**
 * Chooses kernels and threads for all that follows. Without a call everything works, on one thread, with SIMD where it exists. Results
 * are the same bits with any choice.
 *
 * @example
 * await configure({ threads: 4 });
 */
export async function configure(options: ConfigureOptions = {}): Promise<void> {
  checkOptions('configure', options, ['threads', 'kernels', 'memoryLimit']);
  applyConfiguration(options);
  await configured?.pool?.ready();
}

/** @internal configure() without waiting for the workers: until they are there, the calling thread does their share. */
export function applyConfiguration(options: ConfigureOptions & { readonly tileColumns?: 8 | 16 }): void {
  configured ??= new ConfiguredRuntime();
  const { threads = configured.threads, kernels = configured.choice, memoryLimit } = options;
  checkInteger('configure', 'threads', threads, 1, MAX_THREADS);
  configured.threadsChosen ||= options.threads !== undefined;
  checkChoice('configure', 'kernels', kernels, ['auto', 'portable', 'simd']);
  if (memoryLimit !== undefined) configured.heap.limitBytes = checkInteger('configure', 'memoryLimit', memoryLimit, 1);
  const { tileColumns = configured.tileColumns } = options;
  // A pool that lost workers is made anew.
  const whole = configured.pool === undefined || configured.pool.size === configured.threads;
  const same =
    threads === configured.threads && kernels === configured.choice && tileColumns === configured.tileColumns;
  if (same && whole) return;
  if (tileColumns !== configured.tileColumns) {
    configured.set?.dispose();
    configured.set = undefined;
  }
  configured.threads = threads;
  configured.choice = kernels;
  configured.tileColumns = tileColumns;
  configured.kernels = configured.choose();
}

/**
 * @internal The threads of a training: as many as it asks for, else as many as were asked for before, else one a core. The workers stay
 * for the next training, asleep.
 */
export function useThreads(threads: number | undefined): void {
  const chosen = configured?.threadsChosen === true;
  applyConfiguration({ threads: threads ?? (chosen ? undefined : Math.min(availableCores(), MAX_THREADS)) });
}

/** What configure() and the engine have come to. */
export function runtimeInfo(): RuntimeInfo {
  configured ??= new ConfiguredRuntime();
  const { set, choice, tileColumns, pool } = configured;
  const kernels = choice === 'portable' || set === undefined ? 'portable' : tileColumns === 16 ? 'wide' : 'simd';
  return { kernels, threads: pool?.size ?? 1 };
}

/** @internal Runs `body` with another runtime: gradient checks in float64 and kernel tests are run so. */
export function withRuntime<T>(other: Runtime, body: () => T): T {
  const before = substitute;
  substitute = other;
  try {
    return body();
  } finally {
    substitute = before;
  }
}
