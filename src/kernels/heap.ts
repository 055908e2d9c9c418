/**
 * The heap: a growing memory for the blocks of all tensors. Addresses count floats.
 *
 * Blocks are multiples of 16 floats (a cache line of 64 bytes). A freed block goes to a bin for its size, and the next
 * request of that size reuses it. So a loop that requests the same sizes in every turn soon needs no new memory. If no
 * bin fits, adjacent free blocks are merged and the smallest sufficient one is cut. The memory grows only if that fails
 * too.
 */
import { RuntimeError } from '../core/errors.ts';
import type { Address } from './kernel.ts';
import { createMemory, PAGE_BYTES } from './memory.ts';

/** Float32Array in production; tests that check gradients run the portable kernels on a Float64Array. */
export type Floats = Float32Array | Float64Array;

interface HeapOptions {
  readonly memory: WebAssembly.Memory;
  /** Bytes at the start that are never allocated (thread slots, packing workspace). Default: 0. */
  readonly reservedBytes?: number;
  /** Limit of the memory in bytes. Default: what the memory itself can grow to. */
  readonly limitBytes?: number;
  readonly precision?: 'float32' | 'float64';
}

/** How much memory the heap has and how much of it is in use. */
export interface HeapUsage {
  /** Size of the memory, in bytes. It shrinks only when the heap moves to another. */
  readonly capacityBytes: number;
  /** Bytes in allocated blocks. */
  readonly usedBytes: number;
  readonly blocks: number;
}

const BLOCK_FLOATS = 16;

export class Heap {
  readonly bytesPerElement: number;
  #memory: WebAssembly.Memory;
  #floats!: Floats;
  #ints!: Int32Array;
  #bytes!: Uint8Array;
  /** The error that every access to the values throws; undefined unless the heap is suspended. */
  #suspended: RuntimeError | undefined;

  limitBytes: number;
  readonly #bins = new Map<number, Address[]>();
  #top: Address;
  #capacity!: number;
  #usedFloats = 0;
  #blocks = 0;

  constructor(options: HeapOptions) {
    this.#memory = options.memory;
    this.bytesPerElement = options.precision === 'float64' ? 8 : 4;
    this.limitBytes = options.limitBytes ?? 65536 * PAGE_BYTES;
    // Address 0 is never allocated: it stands for "none".
    this.#top = Math.max(roundUp(Math.ceil((options.reservedBytes ?? 0) / this.bytesPerElement)), BLOCK_FLOATS);
    this.#renewViews();
    if (this.#top > this.#capacity) this.#grow(this.#top);
  }

  /** The current memory. move() replaces it. */
  get memory(): WebAssembly.Memory {
    return this.#memory;
  }

  /**
   * Views of the whole memory. They are replaced when the memory grows and when the heap moves, so every kernel call
   * must read them from the heap again.
   */
  get floats(): Floats {
    if (this.#suspended !== undefined) throw this.#suspended;
    return this.#floats;
  }

  get ints(): Int32Array {
    if (this.#suspended !== undefined) throw this.#suspended;
    return this.#ints;
  }

  get bytes(): Uint8Array {
    if (this.#suspended !== undefined) throw this.#suspended;
    return this.#bytes;
  }

  /**
   * Allocates a block of at least `size` floats; it is not cleared. Throws a RuntimeError if the limit would be
   * exceeded.
   */
  allocate(size: number): Address {
    if (this.#suspended !== undefined) throw this.#suspended;
    const length = roundUp(size);
    const address = this.#bins.get(length)?.pop() ?? this.#carve(length);
    this.#usedFloats += length;
    this.#blocks++;
    return address;
  }

  /** Frees a block that allocate(size) returned. */
  free(address: Address, size: number): void {
    const length = roundUp(size);
    this.#release(address, length);
    this.#usedFloats -= length;
    this.#blocks--;
  }

  /** A Float32Array view of a block; in a float64 heap a rounded copy. */
  view(address: Address, size: number): Float32Array {
    const floats = this.floats;
    const part = floats.subarray(address, address + size);
    return part instanceof Float32Array ? part : Float32Array.from(part);
  }

  usage(): HeapUsage {
    return {
      capacityBytes: this.#memory.buffer.byteLength,
      usedBytes: this.#usedFloats * this.bytesPerElement,
      blocks: this.#blocks,
    };
  }

  /**
   * Moves to a new memory with the same addresses and values. A lost worker still has the old memory, so what it reads
   * and writes there does not affect the heap. Instances of WebAssembly modules must be made again. Throws a
   * RuntimeError, and does not move, if the engine has no room.
   */
  move(): void {
    this.#merge();
    const usedBytes = this.#top * this.bytesPerElement;
    const pages = Math.ceil((usedBytes + BLOCK_FLOATS * this.bytesPerElement) / PAGE_BYTES);
    const memory = createMemory(!(this.#memory.buffer instanceof ArrayBuffer), pages);
    new Uint8Array(memory.buffer).set(this.#bytes.subarray(0, usedBytes));
    this.#memory = memory;
    this.#renewViews();
  }

  /** From now on allocations and accesses to values throw `reason`. Blocks can still be freed. */
  suspend(reason: RuntimeError): void {
    this.#suspended = reason;
  }

  resume(): void {
    this.#suspended = undefined;
  }

  /** Grows the memory by at least one page, as any allocation may. Tests call it between any two operations. */
  growNow(): void {
    this.#grow(this.#capacity + 1);
  }

  /**
   * Merges adjacent free blocks. Call it before a loop changes to other allocation sizes: otherwise these would cut up
   * the blocks that the loop needs again later, and the memory would grow. Within a loop it would only undo the reuse
   * of blocks.
   */
  mergeFree(): void {
    this.#merge();
  }

  #release(address: Address, length: number): void {
    const bin = this.#bins.get(length);
    if (bin === undefined) this.#bins.set(length, [address]);
    else bin.push(address);
  }

  #carve(length: number): Address {
    const fit = this.#cutFromBins(length) ?? (this.#merge() ? this.#cutFromBins(length) : undefined);
    if (fit !== undefined) return fit;
    const address = this.#top;
    if (address + length > this.#capacity) this.#grow(address + length);
    this.#top = address + length;
    return address;
  }

  #cutFromBins(length: number): Address | undefined {
    let best = Infinity;
    for (const [size, bin] of this.#bins) if (size >= length && size < best && bin.length > 0) best = size;
    const address = this.#bins.get(best)?.pop();
    if (address !== undefined && best > length) this.#release(address + length, best - length);
    return address;
  }

  /**
   * Merges adjacent free blocks and lowers the top if the last one borders on it. Returns whether anything was merged.
   */
  #merge(): boolean {
    const free: { address: Address; length: number }[] = [];
    for (const [length, bin] of this.#bins) for (const address of bin) free.push({ address, length });
    free.sort((a, b) => a.address - b.address);
    this.#bins.clear();
    let merged = false;
    let run: { address: Address; length: number } | undefined;
    for (const block of free) {
      if (run !== undefined && run.address + run.length === block.address) {
        run.length += block.length;
        merged = true;
      } else {
        if (run !== undefined) this.#release(run.address, run.length);
        run = block;
      }
    }
    if (run === undefined) return false;
    if (run.address + run.length === this.#top) {
      this.#top = run.address;
      return merged;
    }
    this.#release(run.address, run.length);
    return merged;
  }

  /**
   * Grows the memory so that `needed` floats and one more cache line fit. It grows by at least an eighth, so that many
   * small requests cause few growths.
   */
  #grow(needed: number): void {
    const now = this.#memory.buffer.byteLength;
    const must = (needed + BLOCK_FLOATS) * this.bytesPerElement;
    const wish = Math.min(Math.max(must, now + Math.max(now / 8, 16 * PAGE_BYTES)), this.limitBytes);
    if (must > this.limitBytes || !(this.#tryGrow(now, wish) || this.#tryGrow(now, must))) {
      throw new RuntimeError(
        `memory: ${must} bytes are needed, ${this.#usedFloats * this.bytesPerElement} are in use by ${this.#blocks} ` +
          `blocks and the limit is ${this.limitBytes}. Wrap repeated work in scope(), call dispose() on what is no ` +
          'longer needed, use a smaller batch, or raise configure({ memoryLimit }).',
      );
    }
    this.#renewViews();
  }

  #tryGrow(now: number, target: number): boolean {
    try {
      this.#memory.grow(Math.ceil((target - now) / PAGE_BYTES));
      return true;
    } catch {
      return false;
    }
  }

  #renewViews(): void {
    const { buffer } = this.#memory;
    this.#floats = this.bytesPerElement === 8 ? new Float64Array(buffer) : new Float32Array(buffer);
    this.#ints = new Int32Array(buffer);
    this.#bytes = new Uint8Array(buffer);
    // The last cache line is never allocated: a vector load may run past the end of a block, but not past the memory.
    this.#capacity = this.#floats.length - BLOCK_FLOATS;
  }
}

function roundUp(size: number): number {
  return Math.max(Math.ceil(size / BLOCK_FLOATS), 1) * BLOCK_FLOATS;
}
