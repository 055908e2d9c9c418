/**
 * The heap: a growing memory from which all tensors take their blocks, addressed in floats.
 *
 * Blocks are multiples of 16 floats (a cache line of 64 bytes). A freed block goes to a bin of its own size and is
 * reused as it is by the next request of that size, so a loop that asks for the same sizes turn after turn reaches a
 * steady state at once. When no bin fits, free neighbours are merged and the smallest sufficient one is cut; only then
 * does the memory grow.
 */
import { RuntimeError } from '../core/errors.ts';
import type { Address } from './kernel.ts';
import { createMemory, PAGE_BYTES } from './memory.ts';

/** Float32Array in production; tests that check gradients run the portable kernels on a Float64Array. */
export type Floats = Float32Array | Float64Array;

export interface HeapOptions {
  readonly memory: WebAssembly.Memory;
  /** Bytes at the start that are never handed out (thread slots, packing workspace). */
  readonly reservedBytes?: number;
  /** Ceiling in bytes. Default: what the memory itself can grow to. */
  readonly limitBytes?: number;
  readonly precision?: 'float32' | 'float64';
}

/** What the heap holds, for tests and for the curious. */
export interface HeapUsage {
  /** Size of the memory, in bytes. It shrinks only when the heap moves to another. */
  readonly capacityBytes: number;
  /** In blocks handed out and not yet freed. */
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
  /** Why the values must not be touched at present. */
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
    // Address 0 is never handed out, so that it can stand for "none".
    this.#top = Math.max(roundUp(Math.ceil((options.reservedBytes ?? 0) / this.bytesPerElement)), BLOCK_FLOATS);
    this.#renewViews();
    if (this.#top > this.#capacity) this.#grow(this.#top);
  }

  /** Another one after move(). */
  get memory(): WebAssembly.Memory {
    return this.#memory;
  }

  /**
   * Views of the whole memory, renewed when it grows and when the heap moves: read them from the heap anew in each
   * kernel call.
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

  /** A block of at least `size` floats, not cleared. Throws a RuntimeError at the ceiling. */
  allocate(size: number): Address {
    if (this.#suspended !== undefined) throw this.#suspended;
    const length = roundUp(size);
    const address = this.#bins.get(length)?.pop() ?? this.#carve(length);
    this.#usedFloats += length;
    this.#blocks++;
    return address;
  }

  /** Gives back a block got by allocate(size). */
  free(address: Address, size: number): void {
    const length = roundUp(size);
    this.#release(address, length);
    this.#usedFloats -= length;
    this.#blocks--;
  }

  /** A Float32Array on a block (in float64 mode a rounded copy). */
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
   * Moves to a new memory: same addresses, same values. Whoever still has the old one, such as a lost worker, reads and
   * writes there without effect on the heap. Instances of WebAssembly modules must be made anew. Throws a RuntimeError,
   * and stays, if the engine has no room.
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

  /** From now on allocations and every access to values throw `reason`; blocks can still be freed. */
  suspend(reason: RuntimeError): void {
    this.#suspended = reason;
  }

  resume(): void {
    this.#suspended = undefined;
  }

  /** Makes the memory larger by at least one page, as any allocation may; tests force it between any two operations. */
  growNow(): void {
    this.#grow(this.#capacity + 1);
  }

  /**
   * Joins free neighbours. Of use before a loop goes over to other sizes: it would cut up the blocks that it comes back
   * for, and the memory would grow. In between it would only undo the steady state.
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

  /** Joins free neighbours, and gives what borders on the top back to it. True if anything was joined. */
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
   * Grows so that `needed` floats fit, and a cache line more, by an eighth at least, so that a long run of small
   * requests grows rarely.
   */
  #grow(needed: number): void {
    const now = this.#memory.buffer.byteLength;
    const must = (needed + BLOCK_FLOATS) * this.bytesPerElement;
    const wish = Math.min(Math.max(must, now + Math.max(now / 8, 16 * PAGE_BYTES)), this.limitBytes);
    if (must > this.limitBytes || !(this.#tryGrow(now, wish) || this.#tryGrow(now, must))) {
      throw new RuntimeError(
        `memory: ${must} bytes are needed, ${this.#usedFloats * this.bytesPerElement} are in use by ${this.#blocks} ` +
          `blocks and the ceiling is ${this.limitBytes}. Wrap repeated work in scope(), call dispose() on what is no ` +
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
    // The last cache line is never handed out: a vector load may run past the end of a block, but not past the memory.
    this.#capacity = this.#floats.length - BLOCK_FLOATS;
  }
}

function roundUp(size: number): number {
  return Math.max(Math.ceil(size / BLOCK_FLOATS), 1) * BLOCK_FLOATS;
}
