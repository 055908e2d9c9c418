/**
 * The two kernel sets on a heap. The portable set is plain TypeScript and the reference for the bits. The SIMD set is a
 * WebAssembly module, emitted at first use and instantiated once for each thread on the heap's memory.
 */
import { exp, log, normalQuantile, sigmoid, tanh } from '../core/elementary.ts';
import { type FunctionHandle, type Local, ModuleBuilder } from '../wasm/index.ts';
import type { Heap } from './heap.ts';
import type { AnyKernel, KernelFunction, SimdContext } from './kernel.ts';
import { toBytes } from './simd/vectors.ts';
import { jobs } from './threads/jobs.ts';

/**
 * The arithmetic of the portable bodies. In production every operation is rounded to float32. Gradient checks run the
 * same bodies in float64, with round = identity and the engine's own functions.
 */
export interface Arithmetic {
  readonly round: (x: number) => number;
  readonly exp: (x: number) => number;
  readonly log: (x: number) => number;
  readonly tanh: (x: number) => number;
  readonly sigmoid: (x: number) => number;
  readonly normalQuantile: (p: number) => number;
  /**
   * A function of src/core in this precision: itself, or the engine's own. So a bundle has only those that its kernels
   * name.
   */
  readonly own: <F extends (...args: number[]) => number>(of: F) => F;
}

export const FLOAT32: Arithmetic = { round: Math.fround, exp, log, tanh, sigmoid, normalQuantile, own: (of) => of };

/** The function that each kernel runs. */
export type KernelSet = Map<AnyKernel, KernelFunction>;

/** Replaces the functions of a set. Kernels that ran the old functions run the new ones from now on. */
export function replaceFunctions(set: KernelSet, functionOf: (kernel: AnyKernel) => KernelFunction): void {
  for (const kernel of set.keys()) {
    set.set(kernel, functionOf(kernel));
    kernel.unlink();
  }
}

export function createPortableSet(
  heap: Heap,
  kernels: readonly AnyKernel[],
  arithmetic: Arithmetic = FLOAT32,
): KernelSet {
  // A body without a result returns undefined, which its callers ignore.
  return new Map(kernels.map((kernel) => [kernel, kernel.portable(heap, arithmetic) as KernelFunction]));
}

interface SimdModuleOptions {
  /** Whether the memory is shared, so that threads are possible. */
  readonly shared: boolean;
  readonly tileColumns: SimdContext['tileColumns'];
  readonly kernels: readonly AnyKernel[];
}

/** Maximum size of the imported memory in pages. A memory with a smaller maximum fits the import too. */
const MAXIMUM_PAGES = 65536;

export function emitSimdModule({ shared, tileColumns, kernels }: SimdModuleOptions): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory('ganvas', 'memory', shared ? { min: 1, max: MAXIMUM_PAGES, shared } : { min: 1 });
  const workspace = module.importGlobal('ganvas', 'workspace', 'i32');
  const context = { module, workspace, tileColumns };
  const handles = kernels.map((kernel) => emitKernel(kernel, context));
  if (shared && kernels.length > 0) jobs(module, kernels, handles);
  return module.toBytes();
}

function emitKernel({ name, parameters, result, simd }: AnyKernel, context: SimdContext): FunctionHandle {
  const entries = Object.entries(parameters);
  const types = Object.fromEntries(entries.map(([one, kind]) => [one, kind === 'f32' ? 'f32' : 'i32'] as const));
  return context.module.function(exportName(name), types, result, (f, locals) => {
    for (const [one, kind] of entries) if (kind === 'address') toBytes(f, locals[one] as Local<'i32'>);
    return simd(f, locals, context);
  });
}

function exportName(kernel: string): string {
  return `f32_${kernel}_simd128`;
}

/** The SIMD set of the calling thread, and the module for the other threads. */
export interface SimdSet {
  /** The kernels, in the order of their numbers in jobs. */
  readonly kernels: KernelSet;
  readonly module: WebAssembly.Module;
  /** Bytes of workspace that each thread needs. */
  readonly workspaceBytes: number;
  /**
   * Runs chunks of the job in a control block (given by its byte address) until none is left. Undefined without shared
   * memory.
   */
  readonly drain: ((control: number) => void) | undefined;
  /** Makes a new instance on the memory that the heap has moved to. `kernels` and `drain` use it from then on. */
  renew(): void;
  /** Frees the workspace. The kernels must not be called afterwards. */
  dispose(): void;
}

/** Compiles and instantiates the set on the heap. Throws WebAssembly's error if the engine has no SIMD. */
export function createSimdSet(heap: Heap, kernels: readonly AnyKernel[], tileColumns: 8 | 16 = 8): SimdSet {
  const shared = !(heap.memory.buffer instanceof ArrayBuffer);
  const module = new WebAssembly.Module(emitSimdModule({ shared, tileColumns, kernels }));
  const workspaceBytes = Math.max(0, ...kernels.map((kernel) => kernel.workspaceBytes));
  const workspace = heap.allocate(workspaceBytes / 4);
  const instantiate = (): WebAssembly.Exports =>
    new WebAssembly.Instance(module, simdImports(heap.memory, workspace)).exports;
  let exports = instantiate();
  const set: KernelSet = new Map(kernels.map((kernel) => [kernel, functionOf(exports, kernel)]));
  let drain = readDrain(exports);
  return {
    kernels: set,
    module,
    workspaceBytes,
    drain: drain === undefined ? undefined : (control) => drain?.(control),
    renew() {
      exports = instantiate();
      replaceFunctions(set, (kernel) => functionOf(exports, kernel));
      drain = readDrain(exports);
    },
    dispose: () => heap.free(workspace, workspaceBytes / 4),
  };
}

/** The imports of an instance; `workspace` is an address in floats. The source of a worker builds the same object. */
function simdImports(memory: WebAssembly.Memory, workspace: number): WebAssembly.Imports {
  return { ganvas: { memory, workspace: new WebAssembly.Global({ value: 'i32' }, 4 * workspace) } };
}

function functionOf(exports: WebAssembly.Exports, { name }: AnyKernel): KernelFunction {
  const exported = exports[exportName(name)];
  if (typeof exported !== 'function') throw new TypeError(`the SIMD module lacks the kernel ${name}`);
  return exported as KernelFunction;
}

/** The type of an export does not tell that it is a function. */
function readDrain({ drain }: WebAssembly.Exports): ((control: number) => void) | undefined {
  return typeof drain === 'function' ? (drain as (control: number) => void) : undefined;
}
