/**
 * The SIMD kernel set: one WebAssembly module, emitted when it is first needed and instantiated once on the heap's memory.
 * Its kernels do the operations of the portable set in the same order on four lanes, so the bits are the same.
 */
import { type FunctionHandle, ModuleBuilder } from '../../wasm/index.ts';
import type { KernelName, Kernels } from '../contract.ts';
import { batchNormalization } from './batch-normalization.ts';
import { elementwise } from './elementwise.ts';
import { gemm } from './gemm.ts';
import { movement } from './movement.ts';
import { random } from './random.ts';
import { reductions } from './reductions.ts';
import { training } from './training.ts';

export interface SimdModuleOptions {
  readonly shared: boolean;
  /** Columns of the GEMM's tile: 8, or 16 where the engine fuses pairs of 128-bit operations. */
  readonly tileColumns: 8 | 16;
}

export function emitSimdModule({ shared, tileColumns }: SimdModuleOptions): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory('ganvas', 'memory', shared ? { min: 1, max: 65536, shared } : { min: 1 });
  const workspace = module.importGlobal('ganvas', 'workspace', 'i32');
  const kernels: Readonly<Record<KernelName, FunctionHandle>> = {
    ...elementwise(module),
    ...movement(module),
    ...reductions(module),
    gemm: gemm(module, workspace, tileColumns),
    ...batchNormalization(module),
    ...training(module),
    ...random(module),
  };
  void kernels;
  return module.toBytes();
}
