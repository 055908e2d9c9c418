/** Makes the SIMD kernels and the pool in a fresh process and reports the time of each part. Argument: threads. */
import '../src/index.ts';
import { Heap } from '../src/kernels/heap.ts';
import { createMemory } from '../src/kernels/memory.ts';
import { registeredKernels } from '../src/kernels/runtime.ts';
import { createSimdSet, emitSimdModule } from '../src/kernels/sets.ts';
import { ThreadPool } from '../src/kernels/threads/pool.ts';
import { findThreads } from '../src/kernels/threads/worker.ts';
import type { KernelCosts } from './first-use.ts';

const heap = new Heap({ memory: createMemory() });
const shared = !(heap.memory.buffer instanceof ArrayBuffer);
const address = new WebAssembly.Global({ value: 'i32' }, 0);
const imports = { ganvas: { memory: heap.memory, control: address, workspace: address } };

const begin = performance.now();
const bytes = emitSimdModule({ shared, tileColumns: 8, kernels: registeredKernels() });
const emitted = performance.now();
const module = new WebAssembly.Module(bytes);
const compiled = performance.now();
new WebAssembly.Instance(module, imports);
const instantiated = performance.now();

const set = createSimdSet(heap, registeredKernels());
const start = findThreads();
const poolBegin = performance.now();
const pool = start === undefined ? undefined : new ThreadPool(heap, set, Number(process.argv[2]), start);
await pool?.ready();
const poolEnd = performance.now();
pool?.close();

const costs: KernelCosts = {
  emit: emitted - begin,
  compile: compiled - emitted,
  instantiate: instantiated - compiled,
  pool: poolEnd - poolBegin,
  bytes: bytes.length,
};
process.send?.(costs);
process.disconnect?.();
