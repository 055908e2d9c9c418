/**
 * The WebAssembly.Memory of a heap. It is shared if threads are possible, and its maximum is as large as the engine
 * allows.
 */
import { RuntimeError } from '../core/errors.ts';

export const PAGE_BYTES = 65536;
const INITIAL_PAGES = 64;
/**
 * Maximum sizes to try: 4 GiB, 1 GiB, 256 MiB. A 32-bit browser or a container may refuse to reserve address space for
 * the larger ones.
 */
const maximumPages = (initial: number): number[] =>
  [65536, 16384, Math.max(4096, initial)].filter((maximum) => maximum >= initial);

/**
 * Whether memory can be shared, which threads need. It always can in Node; in browsers only in cross-origin isolated
 * pages.
 */
export function canShareMemory(): boolean {
  return whyNotShared() === '';
}

/** Why memory cannot be shared; '' if it can. */
export function whyNotShared(): string {
  const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean };
  if (crossOriginIsolated === false)
    return (
      'the page is not cross-origin isolated, so its memory cannot be shared; send the headers ' +
      'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp'
    );
  return typeof SharedArrayBuffer === 'function' ? '' : 'the engine has no shared memory';
}

/**
 * A new memory.
 *
 * @param shared - default: true if memory can be shared.
 * @param initial - its size at the start, in pages of 64 KiB.
 */
export function createMemory(shared: boolean = canShareMemory(), initial: number = INITIAL_PAGES): WebAssembly.Memory {
  let cause: unknown;
  for (const maximum of maximumPages(initial)) {
    try {
      return new WebAssembly.Memory({ initial, maximum, shared });
    } catch (error) {
      cause = error;
    }
  }
  throw new RuntimeError(
    `memory: the engine refuses a WebAssembly memory that can grow to ${Math.max(4096, initial) / 16} MiB. ` +
      "Close other pages or programs, or lift the process's limit of address space.",
    { cause },
  );
}
