/**
 * The SIMD kernel set: one WebAssembly module, emitted when it is first needed and instantiated once a thread on the heap's memory.
 * Its kernels do the operations of the portable set in the same order on four lanes, so the bits are the same.
 */
import { type FunctionHandle, ModuleBuilder } from '../../wasm/index.ts';
import { KERNEL_NAMES } from '../arguments.ts';
import type { KernelCall, KernelCalls, KernelName } from '../contract.ts';
import type { Heap } from '../heap.ts';
import { batchNormalization } from './batch-normalization.ts';
import { col2im } from './col2im.ts';
import { elementwise } from './elementwise.ts';
import { GEMM_WORKSPACE_BYTES, gemm, MR } from './gemm.ts';
import { im2col } from './im2col.ts';
import { jobs } from './jobs.ts';
import { movement } from './movement.ts';
import { pooling } from './pooling.ts';
import { random } from './random.ts';
import { reductions } from './reductions.ts';
import { softmax } from './softmax.ts';
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
  const kernels: Readonly<Record<KernelName, FunctionHandle>> = {
    ...elementwise(module),
    ...movement(module),
    ...reductions(module),
    gemm: gemm(module, workspace, tileColumns),
    im2col: im2col(module),
    col2im: col2im(module),
    ...pooling(module),
    ...batchNormalization(module),
    ...training(module),
    ...softmax(module),
    ...random(module),
  };
  if (shared) jobs(module, kernels);
  return module.toBytes();
}

/** The kernels of one thread, and the module for the others. */
export interface SimdSet {
  readonly kernels: KernelCalls;
  readonly module: WebAssembly.Module;
  /** Runs chunks of the job in a control block (its byte address) until none is left; absent without shared memory. */
  readonly drain: ((control: number) => void) | undefined;
  /** Gives back the packing workspace; the kernels must not be called any more. */
  dispose(): void;
}

/** Compiles and instantiates the set on the heap. Throws what WebAssembly throws where SIMD is unknown. */
export function createSimdSet(heap: Heap, tileColumns: 8 | 16 = 8): SimdSet {
  const shared = !(heap.memory.buffer instanceof ArrayBuffer);
  const module = new WebAssembly.Module(emitSimdModule({ shared, tileColumns }));
  const workspace = heap.allocate(GEMM_WORKSPACE_BYTES / 4);
  const dispose = (): void => heap.free(workspace, GEMM_WORKSPACE_BYTES / 4);
  const { exports } = new WebAssembly.Instance(module, simdImports(heap.memory, workspace));
  return { kernels: readKernels(exports, tileColumns), module, drain: readDrain(exports), dispose };
}

/** Imports of an instance, the workspace as a float address. A worker's source builds the same object. */
function simdImports(memory: WebAssembly.Memory, workspace: number): WebAssembly.Imports {
  return { ganvas: { memory, workspace: new WebAssembly.Global({ value: 'i32' }, 4 * workspace) } };
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

function readDrain({ drain }: WebAssembly.Exports): SimdSet['drain'] {
  return typeof drain === 'function' ? (control) => drain(control) : undefined;
}
