/** The engine's garbage collector at hand, without a flag on the command line. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Heap } from '../../src/kernels/heap.ts';
import type { Runtime } from '../../src/kernels/runtime.ts';
import { portableSet } from './kernel-sets.ts';

setFlagsFromString('--expose-gc');
export const gc = runInNewContext('gc') as () => void;

/**
 * Collects until `done` holds, letting finalisers run in between; gives up after 50 turns. Returns whether it held.
 * Weak references and finalisers need turns of the event loop: one collection is not enough.
 */
export async function collectUntil(done: () => boolean): Promise<boolean> {
  for (let turn = 0; turn < 50; turn++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (done()) return true;
  }
  return false;
}

/** Collects a few turns, for what must not happen. */
export async function collectAll(): Promise<void> {
  let turns = 0;
  await collectUntil(() => ++turns === 8);
}

/** A runtime with an empty heap, so that garbage of other tests does not affect the count. */
export function createEmptyRuntime(): Runtime {
  const heap = new Heap({ memory: new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true }) });
  return { heap, kernels: portableSet(heap).set };
}
