/**
 * All kernels of src/kernels/library, typed by their names, and the sets of them under test. A kernel that an op
 * imports is in the list by itself; a set that is added to KERNEL_SETS is tested like the others.
 */
import '../../src/index.ts';
import { Heap } from '../../src/kernels/heap.ts';
import type { AnyKernel } from '../../src/kernels/kernel.ts';
import type * as adam from '../../src/kernels/library/adam.ts';
import type * as batchNormalization from '../../src/kernels/library/batch-normalization.ts';
import type * as binary from '../../src/kernels/library/binary.ts';
import type * as col2im from '../../src/kernels/library/col2im.ts';
import type * as gemm from '../../src/kernels/library/gemm.ts';
import type * as groupNormalization from '../../src/kernels/library/group-normalization.ts';
import type * as im2col from '../../src/kernels/library/im2col.ts';
import type * as maxPooling from '../../src/kernels/library/max-pooling.ts';
import type * as moments from '../../src/kernels/library/moments.ts';
import type * as movement from '../../src/kernels/library/movement.ts';
import type * as piecewise from '../../src/kernels/library/piecewise.ts';
import type * as random from '../../src/kernels/library/random.ts';
import type * as sigmoidCrossEntropy from '../../src/kernels/library/sigmoid-cross-entropy.ts';
import type * as softmaxCrossEntropy from '../../src/kernels/library/softmax-cross-entropy.ts';
import type * as sums from '../../src/kernels/library/sums.ts';
import type * as unary from '../../src/kernels/library/unary.ts';
import { registeredKernels } from '../../src/kernels/runtime.ts';
import {
  type Arithmetic,
  createPortableSet,
  createSimdSet,
  FLOAT32,
  type KernelSet,
  type SimdSet,
} from '../../src/kernels/sets.ts';

type Library = typeof adam &
  typeof batchNormalization &
  typeof binary &
  typeof col2im &
  typeof gemm &
  typeof groupNormalization &
  typeof im2col &
  typeof maxPooling &
  typeof moments &
  typeof movement &
  typeof piecewise &
  typeof random &
  typeof sigmoidCrossEntropy &
  typeof softmaxCrossEntropy &
  typeof sums &
  typeof unary;

/** The kernels that tests call by name. One that is missing here is tested all the same, by its parameters. */
export type KernelName = keyof Library;

/** The functions of a set by the names of their kernels. */
export type Kernels = { readonly [Name in KernelName]: Library[Name]['run'] };

export const KERNELS: readonly AnyKernel[] = registeredKernels();

export function kernelNamed(name: string): AnyKernel {
  const found = KERNELS.find((kernel) => kernel.name === name);
  if (found === undefined) throw new Error(`there is no kernel ${name}`);
  return found;
}

/** The functions of a set, which may be replaced in the meantime. */
export function byName(set: KernelSet): Kernels {
  const functions: unknown = Object.fromEntries(
    Array.from(set.keys(), (kernel) => [kernel.name, (...args: number[]) => set.get(kernel)!(...args)]),
  );
  return functions as Kernels;
}

export interface TestSet {
  readonly heap: Heap;
  readonly set: KernelSet;
  readonly kernels: Kernels;
}

export function portableSet(heap: Heap, arithmetic: Arithmetic = FLOAT32): TestSet {
  const set = createPortableSet(heap, KERNELS, arithmetic);
  return { heap, set, kernels: byName(set) };
}

export function simdSet(heap: Heap, tileColumns: 8 | 16 = 8): TestSet & { readonly simd: SimdSet } {
  const simd = createSimdSet(heap, KERNELS, tileColumns);
  return { heap, set: simd.kernels, kernels: byName(simd.kernels), simd };
}

function createHeap(shared = true): Heap {
  return new Heap({ memory: new WebAssembly.Memory({ initial: 256, maximum: 1024, shared }) });
}

export const KERNEL_SETS: readonly { readonly name: string; create(): TestSet }[] = [
  { name: 'portable', create: () => portableSet(createHeap()) },
  { name: 'simd', create: () => simdSet(createHeap()) },
  { name: 'simd on memory that is not shared', create: () => simdSet(createHeap(false)) },
  { name: 'simd with a tile of 16 columns', create: () => simdSet(createHeap(), 16) },
];
