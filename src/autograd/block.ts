/**
 * Block: where the values of a storage lie: in the heap, where kernels work on them, or, after moveOut(), in an array
 * outside the heap.
 */
import { RuntimeError } from '../core/errors.ts';
import type { Floats, Heap } from '../kernels/heap.ts';
import type { Address } from '../kernels/kernel.ts';

/** Number of address requests so far. The age of a block is counted in requests. */
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

  /** Whether the values lie in the heap. A freed block and a block that was moved out have no address. */
  get inHeap(): boolean {
    return this.#address !== 0;
  }

  get address(): Address {
    this.#lastRequest = ++requests;
    return this.#address;
  }

  /** Number of address requests, for any block, since the last request for this one. */
  get age(): number {
    return requests - this.#lastRequest;
  }

  /**
   * The values, not copied. Valid until the next tensor is made: when the memory grows, older views of the heap become
   * invalid.
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
    // The heap never allocates at address 0.
    this.#address = 0;
  }
}

/** A copy in a new buffer, which is never a SharedArrayBuffer. */
export function copyOf<T extends Floats>(values: T): T;
export function copyOf(values: Floats): Floats {
  try {
    return values.slice();
  } catch (cause) {
    throw new RuntimeError(`memory: no array of ${values.byteLength} bytes is left`, { cause });
  }
}
