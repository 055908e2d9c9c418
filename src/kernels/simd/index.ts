/**
 * The SIMD kernel set: one WebAssembly module, emitted when it is first needed and instantiated once a thread on the heap's memory.
 * Its kernels do the operations of the portable set in the same order on four lanes, so the bits are the same.
 */
import { type FunctionHandle, ModuleBuilder } from '../../wasm/index.ts';
import { KERNEL_NAMES, type KernelCall, type KernelCalls, type KernelName } from '../contract.ts';
import type { Heap } from '../heap.ts';
import { batchNormalization } from './batch-normalization.ts';
import { elementwise } from './elementwise.ts';
import { GEMM_WORKSPACE_BYTES, gemm, MR } from './gemm.ts';
import { CONTROL_BYTES, jobs } from './jobs.ts';
import { movement } from './movement.ts';
import { random } from './random.ts';
import { reductions } from './reductions.ts';
import { training } from './training.ts';

export interface SimdModuleOptions {
  /** Whether the memory is shared, and so whether there can be threads. */
  readonly shared: boolean;
  /** Columns of the GEMM's tile: 8, or 16 where the engine fuses pairs of 128-bit operations. */
  readonly tileColumns: 8 | 16;
}

/** Pages that every memory may grow to at most; a memory with a smaller maximum fits the import too. */
const MAXIMUM_PAGES = 65536;

export function emitSimdModule({ shared, tileColumns }: SimdModuleOptions): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory('ganvas', 'memory', shared ? { min: 1, max: MAXIMUM_PAGES, shared } : { min: 1 });
  const workspace = module.importGlobal('ganvas', 'workspace', 'i32');
  const control = module.importGlobal('ganvas', 'control', 'i32');
  const kernels: Readonly<Record<KernelName, FunctionHandle>> = {
    ...elementwise(module),
    ...movement(module),
    ...reductions(module),
    gemm: gemm(module, workspace, tileColumns),
    ...batchNormalization(module),
    ...training(module),
    ...random(module),
  };
  if (shared) jobs(module, control, kernels);
  return module.toBytes();
}

/** The kernels of one thread, and the module for the others. */
export interface SimdSet {
  readonly kernels: KernelCalls;
  readonly module: WebAssembly.Module;
  /** Float address of the job control block. */
  readonly control: number;
  /** Runs chunks of the current job until none is left; absent without shared memory. */
  readonly drain: (() => void) | undefined;
}

/** Compiles and instantiates the set on the heap. Throws what WebAssembly throws where SIMD is unknown. */
export function createSimdSet(heap: Heap, tileColumns: 8 | 16 = 8): SimdSet {
  const shared = !(heap.memory.buffer instanceof ArrayBuffer);
  const module = new WebAssembly.Module(emitSimdModule({ shared, tileColumns }));
  const control = heap.allocate(CONTROL_BYTES / 4);
  heap.ints.fill(0, control, control + CONTROL_BYTES / 4);
  const workspace = heap.allocate(GEMM_WORKSPACE_BYTES / 4);
  const { exports } = new WebAssembly.Instance(module, simdImports(heap.memory, control, workspace));
  return { kernels: readKernels(exports, tileColumns), module, control, drain: optionalFunction(exports, 'drain') };
}

/** Imports of an instance; addresses in floats. A worker's source builds the same object. */
function simdImports(memory: WebAssembly.Memory, control: number, workspace: number): WebAssembly.Imports {
  const address = (floats: number): WebAssembly.Global => new WebAssembly.Global({ value: 'i32' }, 4 * floats);
  return { ganvas: { memory, control: address(control), workspace: address(workspace) } };
}

function readKernels(exports: WebAssembly.Exports, tileColumns: 8 | 16): KernelCalls {
  const calls = {} as KernelCalls;
  for (const name of KERNEL_NAMES) {
    const exported = exports[name === 'gemm' ? `f32_gemm_${MR}x${tileColumns}_simd128` : `f32_${name}_simd128`];
    if (typeof exported !== 'function') throw new TypeError(`the SIMD module lacks the kernel ${name}`);
    calls[name] = exported as KernelCall;
  }
  return calls;
}

function optionalFunction(exports: WebAssembly.Exports, name: string): (() => void) | undefined {
  const exported = exports[name];
  return typeof exported === 'function' ? () => exported() : undefined;
}
