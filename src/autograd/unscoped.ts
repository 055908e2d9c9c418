/**
 * The blocks of storages outside all scopes. Such a block is freed after the engine has collected its storage. The
 * engine reports collected objects only between synchronous pieces of code, so a loop without a pause would fill the
 * heap with unused blocks.
 *
 * Therefore the oldest blocks are evicted when there are too many: their values move to arrays outside the heap, which
 * only the storages reference. The collector frees these arrays as soon as the storages are garbage, even during
 * synchronous code. A storage that is still in use gets a block again at its next request for an address.
 */
import type { Heap } from '../kernels/heap.ts';
import type { Block } from './block.ts';

/**
 * Above this many bytes (or half of the heap's limit, if that is less) blocks are evicted until three quarters of it
 * are left.
 */
const CROWDED_BYTES = 256 * 2 ** 20;
/**
 * Larger blocks are not evicted for crowding. They are most likely data that the program keeps, and the values would be
 * in memory twice, since the heap does not shrink.
 */
const LARGE_BYTES = 64 * 2 ** 20;
/**
 * A block counts as in use if its address was among this many last requests: the caller of a kernel may hold it. The
 * kernel with the most operands takes a dozen.
 */
const IN_USE_REQUESTS = 32;
/** If evicting older blocks is enough, a block used in the last operations stays: the next ones most likely need it. */
const RECENT_REQUESTS = 256;

/** Memory of a block besides its values: JavaScript objects that are freed with it. */
const BOOKKEEPING_BYTES = 1024;

class UnscopedBlocks {
  readonly #heap: Heap;
  /** In order of age, oldest first. */
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
    if (this.#bytes <= Math.max(limit, this.#crowdedAt)) return;
    this.evict(0.75 * limit, LARGE_BYTES, RECENT_REQUESTS);
    // Blocks in use could not be evicted. They are not tried again for every new block.
    this.#crowdedAt = this.#bytes + limit / 4;
  }

  /** Evicts all blocks that are not in use, unless `bytes` would not fit even then. Returns whether any was evicted. */
  makeRoom(bytes: number): boolean {
    const heap = this.#heap;
    const couldFit = heap.usage().usedBytes - this.#bytes + bytes <= heap.limitBytes;
    return couldFit && this.evict(0, Infinity, IN_USE_REQUESTS);
  }

  /**
   * Evicts blocks that are older than `age` and at most `largest` bytes, until the rest takes `target` bytes. Returns
   * whether any was evicted.
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

/**
 * Frees a block when its storage is collected. The registry references the block, so an evicted block must be
 * unregistered: otherwise its values would stay until then.
 */
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

/** Has the block freed when its owner is collected. If this makes too many blocks, old ones are evicted. */
export function leaveToCollector(owner: object, block: Block): void {
  const blocks = blocksOf(block.heap);
  blocks.add(block);
  collected.register(owner, block, block);
  blocks.evictIfCrowded();
}

/** Undoes leaveToCollector(): the block has left the heap or is about to leave it. */
export function forget(block: Block): void {
  blocksOf(block.heap).delete(block);
  collected.unregister(block);
}

/**
 * Runs `allocate`, which needs `bytes` of the heap. If there is no room, blocks that are not in use are evicted and
 * `allocate` runs once more, unless that could not help.
 */
export function withRoom<T>(heap: Heap, bytes: number, allocate: () => T): T {
  try {
    return allocate();
  } catch (error) {
    if (blocksOf(heap).makeRoom(bytes)) return allocate();
    throw error;
  }
}
