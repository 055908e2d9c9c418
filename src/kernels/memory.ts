/** The one WebAssembly.Memory: shared where threads can exist, as large as the engine lets it become. */
import { RuntimeError } from '../core/errors.ts';

const INITIAL_PAGES = 64;
/** 4 GiB, 1 GiB, 256 MiB: a 32-bit browser or a container may refuse to reserve the address space of the larger ones. */
const MAXIMUM_PAGES = [65536, 16384, 4096];

/** Threads need shared memory: always there in Node, in browsers only for cross-origin isolated pages. */
export function canShareMemory(): boolean {
  const isolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated;
  return typeof SharedArrayBuffer === 'function' && isolated !== false;
}

export function createMemory(shared: boolean = canShareMemory()): WebAssembly.Memory {
  let cause: unknown;
  for (const maximum of MAXIMUM_PAGES) {
    try {
      return new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum, shared });
    } catch (error) {
      cause = error;
    }
  }
  throw new RuntimeError('memory: the engine gives no WebAssembly memory of even 256 MiB', { cause });
}
