/**
 * The signatures of the contract as data, for emitting WebAssembly, for passing jobs to threads and for the twin tests. Each family
 * (family.ts) has those of its kernels; the compiler rejects a kernel without one, and a list of the wrong length.
 */
import type { KernelName, Kernels } from './contract.ts';

/** What an argument is: an address, a whole number (int32), or a float32. */
export type ArgumentKind = 'address' | 'integer' | 'float';

export type ArgumentKinds<P extends readonly unknown[]> = { readonly [I in keyof P]: ArgumentKind };

export type KernelArguments<Name extends KernelName> = { readonly [K in Name]: ArgumentKinds<Parameters<Kernels[K]>> };

/** Short, for lists. */
export const A = 'address';
export const I = 'integer';
export const F = 'float';
