/** The portable kernel set, in plain TypeScript: the reference for the bits of every other set. */
import type { LoadedKernels } from '../contract.ts';
import { CORE } from '../families/core.ts';
import type { AnyFamily } from '../family.ts';
import type { Heap } from '../heap.ts';
import { type Arithmetic, FLOAT32 } from './arithmetic.ts';

/** @param families - beside the core. */
export function createPortableKernels(
  heap: Heap,
  families: readonly AnyFamily[],
  arithmetic: Arithmetic = FLOAT32,
): LoadedKernels {
  return Object.assign(CORE.portable(heap, arithmetic), ...families.map((family) => family.portable(heap, arithmetic)));
}
