/**
 * Storage: a block of the heap and the question who gives it back.
 *
 * - made inside a scope: the scope, when it ends;
 * - made outside, or escaped from its scope: the garbage collector, through a FinalizationRegistry;
 * - at any time: dispose().
 */
import { RuntimeError } from '../core/errors.ts';
import type { Address } from '../kernels/contract.ts';
import type { Heap } from '../kernels/heap.ts';
import { heap } from '../kernels/runtime.ts';
import type { Scope } from './scope.ts';

interface Block {
  readonly heap: Heap;
  readonly address: Address;
  readonly size: number;
}

const collected = new FinalizationRegistry<Block>((block) => block.heap.free(block.address, block.size));

/** Whoever holds a view of a block keeps its storage from being collected, even after the tensor itself is gone. */
const viewOwners = new WeakMap<Float32Array, Storage>();

let scopeInForce: Scope | undefined;

/** Where new storages belong; `undefined` outside all scopes. */
export function currentScope(): Scope | undefined {
  return scopeInForce;
}

export function enterScope(scope: Scope | undefined): void {
  scopeInForce = scope;
}

export class Storage {
  readonly heap: Heap;
  readonly size: number;
  /** Counts changes of the values, so that a recorded pass can tell that what it used is no longer what it was. */
  version = 0;
  /** The scope that will free this storage; `undefined` leaves it to the garbage collector. */
  scope: Scope | undefined;
  readonly #address: Address;
  #freedBy: string | undefined;
  #view: Float32Array | undefined;
  /**
   * @internal The engine sees a Storage as a few dozen bytes and would collect too late. A buffer of the block's size that is never
   * touched (so it costs address space, not memory) tells it the true weight.
   */
  ballast: ArrayBuffer | undefined;

  constructor(size: number) {
    this.heap = heap();
    this.size = size;
    this.#address = this.heap.allocate(size);
    this.scope = scopeInForce;
    if (this.scope === undefined) this.#leaveToCollector();
    else this.scope.storages.push(this);
  }

  /** Where the block begins. Throws if it was freed. */
  get address(): Address {
    if (this.#freedBy !== undefined) throw this.#freedError();
    return this.#address;
  }

  get freed(): boolean {
    return this.#freedBy !== undefined;
  }

  /** A view that follows the memory when it grows, so it must be asked for anew after anything that may allocate. */
  view(): Float32Array {
    const address = this.address;
    const stale = this.#view === undefined || this.#view.buffer !== this.heap.floats.buffer;
    if (stale || this.#view === undefined) {
      this.#view = this.heap.view(address, this.size);
      viewOwners.set(this.#view, this);
    }
    return this.#view;
  }

  /** Out of its scope: from now on only dispose() or the garbage collector frees it. */
  escape(): void {
    if (this.scope === undefined) return;
    this.scope = undefined;
    this.#leaveToCollector();
  }

  free(by: string): void {
    if (this.#freedBy !== undefined) return;
    this.#freedBy = by;
    // Its scope must not hand it to the collector any more, which would free the block again.
    this.scope = undefined;
    this.#view = undefined;
    this.ballast = undefined;
    collected.unregister(this);
    this.heap.free(this.#address, this.size);
  }

  #leaveToCollector(): void {
    this.ballast = new ArrayBuffer(this.size * this.heap.bytesPerElement);
    collected.register(this, { heap: this.heap, address: this.#address, size: this.size }, this);
  }

  #freedError(): RuntimeError {
    return new RuntimeError(
      `tensor: it was freed by ${this.#freedBy}. Return it from the scope to keep it, or use it before it is freed.`,
    );
  }
}
