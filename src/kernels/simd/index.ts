/**
 * The SIMD kernel set: one WebAssembly module, emitted when it is first needed and instantiated once a thread on the heap's memory.
 * Its kernels do the operations of the portable set in the same order on four lanes, so the bits are the same.
 */
import { ModuleBuilder } from '../../wasm/index.ts';
import type { KernelCall, LoadedCalls } from '../contract.ts';
import { CORE } from '../families/core.ts';
import { type AnyFamily, entriesOf, type KernelEntry, type SimdContext } from '../family.ts';
import type { Heap } from '../heap.ts';
import { GEMM_WORKSPACE_BYTES, MR } from './gemm.ts';
import { jobs } from './jobs.ts';

export interface SimdModuleOptions {
  /** Whether the memory is shared, and so whether there can be threads. */
  readonly shared: boolean;
  readonly tileColumns: SimdContext['tileColumns'];
  /** Beside the core. */
  readonly families: readonly AnyFamily[];
}

/** Pages that every memory may grow to at most; a memory with a smaller maximum fits the import too. */
const MAXIMUM_PAGES = 65536;

export function emitSimdModule({ shared, tileColumns, families }: SimdModuleOptions): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory('ganvas', 'memory', shared ? { min: 1, max: MAXIMUM_PAGES, shared } : { min: 1 });
  const workspace = module.importGlobal('ganvas', 'workspace', 'i32');
  const context = { workspace, tileColumns };
  const all = [CORE, ...families];
  const kernels: ReturnType<AnyFamily['simd']> = Object.assign(
    {},
    ...all.map((family) => family.simd(module, context)),
  );
  if (shared) jobs(module, entriesOf(all), kernels);
  return module.toBytes();
}

/** The kernels of one thread, and the module for the others. */
export interface SimdSet {
  readonly kernels: LoadedCalls;
  /** In the order of their numbers in jobs. */
  readonly entries: readonly KernelEntry[];
  readonly module: WebAssembly.Module;
  /** Runs chunks of the job in a control block (its byte address) until none is left; absent without shared memory. */
  readonly drain: ((control: number) => void) | undefined;
  /** Makes a new instance on the memory that the heap has moved to; `kernels` and `drain` use it from then on. */
  renew(): void;
  /** Gives back the packing workspace; the kernels must not be called any more. */
  dispose(): void;
}

/**
 * Compiles and instantiates the set on the heap. Throws what WebAssembly throws where SIMD is unknown.
 *
 * @param families - beside the core.
 */
export function createSimdSet(heap: Heap, families: readonly AnyFamily[], tileColumns: 8 | 16 = 8): SimdSet {
  const shared = !(heap.memory.buffer instanceof ArrayBuffer);
  const module = new WebAssembly.Module(emitSimdModule({ shared, tileColumns, families }));
  const entries = entriesOf([CORE, ...families]);
  const workspace = heap.allocate(GEMM_WORKSPACE_BYTES / 4);
  const instantiate = (): WebAssembly.Exports =>
    new WebAssembly.Instance(module, simdImports(heap.memory, workspace)).exports;
  let exports = instantiate();
  const kernels = readKernels(exports, entries, tileColumns);
  let drain = readDrain(exports);
  return {
    kernels,
    entries,
    module,
    drain: drain === undefined ? undefined : (control) => drain?.(control),
    renew() {
      exports = instantiate();
      Object.assign(kernels, readKernels(exports, entries, tileColumns));
      drain = readDrain(exports);
    },
    dispose: () => heap.free(workspace, GEMM_WORKSPACE_BYTES / 4),
  };
}

/** Imports of an instance, the workspace as a float address. A worker's source builds the same object. */
function simdImports(memory: WebAssembly.Memory, workspace: number): WebAssembly.Imports {
  return { ganvas: { memory, workspace: new WebAssembly.Global({ value: 'i32' }, 4 * workspace) } };
}

function readKernels(exports: WebAssembly.Exports, entries: readonly KernelEntry[], tileColumns: 8 | 16): LoadedCalls {
  const calls = {} as LoadedCalls;
  for (const { name } of entries) {
    const exported = exports[name === 'gemm' ? `f32_gemm_${MR}x${tileColumns}_simd128` : `f32_${name}_simd128`];
    if (typeof exported !== 'function') throw new TypeError(`the SIMD module lacks the kernel ${name}`);
    calls[name] = exported as KernelCall;
  }
  return calls;
}

/** An export's type says only that it may be a function. */
function readDrain({ drain }: WebAssembly.Exports): ((control: number) => void) | undefined {
  return typeof drain === 'function' ? (drain as (control: number) => void) : undefined;
}
