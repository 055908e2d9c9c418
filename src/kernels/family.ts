/**
 * Families of kernels: what belongs together in both sets, with the signatures and the rules for threads. The core is always there; another
 * family comes into a program, and into a bundle, with the first op that imports it.
 */
import type { FunctionHandle, Global, ModuleBuilder } from '../wasm/index.ts';
import type { ArgumentKind, KernelArguments } from './arguments.ts';
import type { KernelName, Kernels } from './contract.ts';
import type { Heap } from './heap.ts';
import type { Arithmetic } from './portable/arithmetic.ts';
import type { SplitRule } from './threads/split.ts';

/** What emitting needs to know. */
export interface SimdContext {
  /** Address in floats of the calling thread's packing workspace. */
  readonly workspace: Global<'i32'>;
  /** Columns of the GEMM's tile: 8, or 16 where the engine fuses pairs of 128-bit operations. */
  readonly tileColumns: 8 | 16;
}

/** A family of any kernels. */
export interface AnyFamily {
  readonly arguments: Readonly<Partial<Record<KernelName, readonly ArgumentKind[]>>>;
  readonly portable: (heap: Heap, arithmetic: Arithmetic) => Partial<Kernels>;
  readonly simd: (module: ModuleBuilder, context: SimdContext) => Readonly<Partial<Record<KernelName, FunctionHandle>>>;
  /** Kernels that are not listed stay on one thread: their sum has one order, or they never take long. */
  readonly split: Readonly<Partial<Record<KernelName, SplitRule>>>;
}

/** A family of exactly these kernels: one that lacks a part of any of them does not compile. */
export interface KernelFamily<Name extends KernelName> extends AnyFamily {
  readonly arguments: KernelArguments<Name>;
  readonly portable: (heap: Heap, arithmetic: Arithmetic) => Pick<Kernels, Name>;
  readonly simd: (module: ModuleBuilder, context: SimdContext) => Readonly<Record<Name, FunctionHandle>>;
  readonly split: Readonly<Partial<Record<Name, SplitRule>>>;
}

/** A kernel as the SIMD set and the threads see it. */
export interface KernelEntry {
  readonly name: KernelName;
  readonly kinds: readonly ArgumentKind[];
  readonly rule: SplitRule | undefined;
}

/** The kernels of the families, in order: a kernel's place is its number in jobs. */
export function entriesOf(families: readonly AnyFamily[]): KernelEntry[] {
  return families.flatMap(({ arguments: kinds, split }) =>
    (Object.keys(kinds) as KernelName[]).map((name) => ({ name, kinds: kinds[name] ?? [], rule: split[name] })),
  );
}
