/**
 * The blocks of storages outside all scopes. A block is freed when the engine has collected its storage and says so,
 * which it never does while synchronous code runs: a loop without a pause would fill the heap with blocks that nobody
 * needs.
 *
 * So when they have become too many, the oldest are evicted: their values move to JavaScript's own memory, to which
 * only their storages lead. There the engine's collector drops them as soon as their storages are garbage, in
 * synchronous code too. A storage that is still in use gets its block back when its next address is asked for.
 */
import type { Heap } from '../kernels/heap.ts';
import type { Block } from './block.ts';

/**
 * Above so many bytes (or half of the heap's ceiling, if that is less) blocks are evicted, down to three quarters of
 * it.
 */
const CROWDED_BYTES = 256 * 2 ** 20;
/**
 * Larger blocks are most likely data that a program keeps, and would be in memory twice, since the heap does not
 * shrink.
 */
const LARGE_BYTES = 64 * 2 ** 20;
/**
 * A block is in use while its address is among the last so many that were asked for: a kernel's caller may hold it.
 * The kernel with the most operands takes a dozen.
 */
const IN_USE_REQUESTS = 32;
/** If there is room otherwise, what was used in the last operations stays: the next ones most likely need it. */
const RECENT_REQUESTS = 256;

/** What a block takes beside its values: objects of JavaScript that are freed with it. */
const BOOKKEEPING_BYTES = 1024;

class UnscopedBlocks {
  readonly #heap: Heap;
  /** From the oldest. */
  readonly #blocks = new Set<Block>();
  #bytes = 0;
  #crowdedAt = 0;

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  add(block: Block): void {
    this.#blocks.add(block);
    this.#bytes += block.bytes + BOOKKEEPING_BYTES;
  }

  delete(block: Block): void {
    if (this.#blocks.delete(block)) this.#bytes -= block.bytes + BOOKKEEPING_BYTES;
  }

  evictIfCrowded(): void {
    const limit = Math.min(CROWDED_BYTES, this.#heap.limitBytes / 2);
    if (this.#bytes <= limit || this.#bytes <= this.#crowdedAt) return;
    this.evict(0.75 * limit, LARGE_BYTES, RECENT_REQUESTS);
    // What could not be evicted now, being in use, is not looked at again for every new block.
    this.#crowdedAt = this.#bytes + limit / 4;
  }

  /** Evicts all blocks that are not in use, unless `bytes` would not fit even then. Returns whether there were any. */
  makeRoom(bytes: number): boolean {
    const { limitBytes } = this.#heap;
    if (this.#heap.usage().usedBytes - this.#bytes + bytes > limitBytes) return false;
    return this.evict(0, Infinity, IN_USE_REQUESTS);
  }

  /**
   * Evicts blocks that are older than `age`, and not larger than `largest`, until the others take `target` bytes.
   * Returns whether there were any.
   */
  evict(target: number, largest: number, age: number): boolean {
    const before = this.#bytes;
    let left = this.#blocks.size;
    for (const block of this.#blocks) {
      if (left-- === 0 || this.#bytes <= target) break;
      if (block.bytes > largest) continue;
      this.delete(block);
      if (block.age <= age) this.add(block);
      else {
        block.moveOut();
        collected.unregister(block);
      }
    }
    return this.#bytes < before;
  }
}

const unscoped = new WeakMap<Heap, UnscopedBlocks>();

/** It is held by the registry, so it must be unregistered before its values are to be collected with its storage. */
const collected = new FinalizationRegistry<Block>((block) => {
  blocksOf(block.heap).delete(block);
  block.free();
});

function blocksOf(heap: Heap): UnscopedBlocks {
  let blocks = unscoped.get(heap);
  if (blocks === undefined) {
    blocks = new UnscopedBlocks(heap);
    unscoped.set(heap, blocks);
  }
  return blocks;
}

/** The block will be freed when its owner is collected. If that makes them too many, old ones are evicted. */
export function leaveToCollector(owner: object, block: Block): void {
  const blocks = blocksOf(block.heap);
  blocks.add(block);
  collected.register(owner, block, block);
  blocks.evictIfCrowded();
}

/** The block has left the heap, or is about to. */
export function forget(block: Block): void {
  blocksOf(block.heap).delete(block);
  collected.unregister(block);
}

/**
 * Runs what needs `bytes` of the heap. If there is no room, blocks that are not in use are evicted and it runs once
 * more, unless that could not help.
 */
export function withRoom<T>(heap: Heap, bytes: number, allocate: () => T): T {
  try {
    return allocate();
  } catch (error) {
    if (!blocksOf(heap).makeRoom(bytes)) throw error;
    return allocate();
  }
}
