/**
 * Block: the place of a storage's values. They lie in the heap, where kernels work, or were moved out to an array of
 * JavaScript's own memory.
 */
import { RuntimeError } from '../core/errors.ts';
import type { Floats, Heap } from '../kernels/heap.ts';
import type { Address } from '../kernels/kernel.ts';

/** How many addresses were asked for so far: the clock by which blocks are old or young. */
let requests = 0;

export class Block {
  readonly heap: Heap;
  readonly size: number;
  #address: Address;
  #outside: Floats | undefined;
  #lastRequest: number;

  constructor(heap: Heap, size: number) {
    this.heap = heap;
    this.size = size;
    this.#address = heap.allocate(size);
    this.#lastRequest = ++requests;
  }

  get bytes(): number {
    return this.size * this.heap.bytesPerElement;
  }

  /** Whether it has an address. A freed block has none, nor one that was moved out. */
  get inHeap(): boolean {
    return this.#address !== 0;
  }

  get address(): Address {
    this.#lastRequest = ++requests;
    return this.#address;
  }

  /** How many addresses, of any block, were asked for since this one's was. */
  get age(): number {
    return requests - this.#lastRequest;
  }

  /**
   * The values where they are, valid until the next tensor is made: memory that grows leaves a view of the heap
   * behind.
   */
  values(): Floats {
    return this.#outside ?? this.heap.floats.subarray(this.#address, this.#address + this.size);
  }

  moveOut(): void {
    if (!this.inHeap) return;
    this.#outside = copyOf(this.values());
    this.#leaveHeap();
  }

  moveIn(): void {
    if (this.#outside === undefined) return;
    this.#address = this.heap.allocate(this.size);
    this.heap.floats.set(this.#outside, this.#address);
    this.#outside = undefined;
    this.#lastRequest = ++requests;
  }

  free(): void {
    this.#outside = undefined;
    if (this.inHeap) this.#leaveHeap();
  }

  #leaveHeap(): void {
    this.heap.free(this.#address, this.size);
    // The heap never hands out 0.
    this.#address = 0;
  }
}

/** A copy in a buffer of its own, which is not shared even if that of `values` is. */
export function copyOf<T extends Floats>(values: T): T;
export function copyOf(values: Floats): Floats {
  try {
    return values.slice();
  } catch (cause) {
    throw new RuntimeError(`memory: the engine gives no array of ${values.byteLength} bytes`, { cause });
  }
}
