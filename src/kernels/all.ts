/**
 * The contract as a whole, every family in it: for tests and benchmarks, which take all kernels one after the other. A program has the families
 * that its ops import (registry.ts). A kernel that belongs to no family does not compile here.
 */
import type { KernelArguments } from './arguments.ts';
import type { KernelCalls, KernelName, Kernels, LoadedKernels } from './contract.ts';
import { CLASSIFICATION } from './families/classification.ts';
import { CORE } from './families/core.ts';
import { NORMALIZATION } from './families/normalization.ts';
import { TRAINING } from './families/training.ts';
import { WINDOWS } from './families/windows.ts';
import type { AnyFamily } from './family.ts';
import type { Heap } from './heap.ts';
import { type Arithmetic, FLOAT32 } from './portable/arithmetic.ts';
import { createSimdSet, type SimdSet } from './simd/index.ts';
import type { SplitRule } from './threads/split.ts';

/** All but the core. */
export const FAMILIES: readonly AnyFamily[] = [NORMALIZATION, TRAINING, CLASSIFICATION, WINDOWS];

export const KERNEL_ARGUMENTS: KernelArguments<KernelName> = {
  ...CORE.arguments,
  ...NORMALIZATION.arguments,
  ...TRAINING.arguments,
  ...CLASSIFICATION.arguments,
  ...WINDOWS.arguments,
};

export const KERNEL_NAMES: readonly KernelName[] = Object.keys(KERNEL_ARGUMENTS) as KernelName[];

export const SPLIT_RULES: Readonly<Partial<Record<KernelName, SplitRule>>> = {
  ...CORE.split,
  ...NORMALIZATION.split,
  ...TRAINING.split,
  ...CLASSIFICATION.split,
  ...WINDOWS.split,
};

export function createAllPortableKernels(heap: Heap, arithmetic: Arithmetic = FLOAT32): Kernels {
  return {
    ...CORE.portable(heap, arithmetic),
    ...NORMALIZATION.portable(heap, arithmetic),
    ...TRAINING.portable(heap, arithmetic),
    ...CLASSIFICATION.portable(heap, arithmetic),
    ...WINDOWS.portable(heap, arithmetic),
  };
}

export interface FullSimdSet extends SimdSet {
  readonly kernels: KernelCalls;
}

export function createFullSimdSet(heap: Heap, tileColumns: 8 | 16 = 8): FullSimdSet {
  const set = createSimdSet(heap, FAMILIES, tileColumns);
  return { ...set, kernels: allOf(set.kernels) };
}

/** The same kernels, none of which is missing. */
export function allOf<Loaded extends LoadedKernels>(kernels: Loaded): Required<Loaded> {
  const missing = KERNEL_NAMES.filter((name) => kernels[name] === undefined);
  if (missing.length > 0) throw new TypeError(`kernels are missing: ${missing.join(', ')}`);
  return kernels as Required<Loaded>;
}
