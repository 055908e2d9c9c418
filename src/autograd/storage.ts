/**
 * Storage: the values of a tensor, and of all reshapes of it. It holds a block of the heap, which is freed
 *
 * - if made inside a scope: by the scope, when it ends;
 * - if made outside, or escaped from its scope: when the storage is garbage-collected (unscoped.ts);
 * - at any time: by dispose().
 *
 * JavaScript never sees the heap. What `data` hands out is the mirror: a copy in an array of its own, made when it is
 * first asked for and kept in step. What the user writes into it goes to the block before a kernel reads that, and
 * what a kernel writes into a variable goes to the mirror. So an array that somebody keeps, or anything made from it
 * (a subarray, a DataView on its buffer), outlives the block.
 */
import { RuntimeError } from '../core/errors.ts';
import type { Floats, Heap } from '../kernels/heap.ts';
import type { Address } from '../kernels/kernel.ts';
import { heap } from '../kernels/runtime.ts';
import { Block, copyOf } from './block.ts';
import type { Scope } from './scope.ts';
import { forget, leaveToCollector, withRoom } from './unscoped.ts';

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
  /** The scope that will free this storage; `undefined` leaves it to the garbage collector. */
  scope: Scope | undefined;
  readonly #block: Block;
  #version = 0;
  #freedBy: string | undefined;
  #mirror: Float32Array | undefined;
  /**
   * @internal The engine sees a Storage as a few dozen bytes and would collect too late. A buffer of the block's size
   * that is never touched (so it costs address space, not memory) tells it the true weight. A mirror does so too.
   */
  ballast: ArrayBuffer | undefined;

  constructor(size: number) {
    this.heap = heap();
    this.size = size;
    this.#block = withRoom(this.heap, size * this.heap.bytesPerElement, () => new Block(this.heap, size));
    this.scope = scopeInForce;
    if (this.scope === undefined) this.#leaveToCollector();
    else this.scope.storages.push(this);
  }

  /**
   * Where the values begin in the heap. It holds for one kernel call: ask for it anew for the next. Throws if the
   * storage was freed.
   */
  get address(): Address {
    if (this.#mirror !== undefined || !this.#block.inHeap) this.#prepare();
    return this.#block.address;
  }

  get freed(): boolean {
    return this.#freedBy !== undefined;
  }

  /** Counts changes of the values, so that a recorded pass can tell that what it used is no longer what it was. */
  get version(): number {
    this.#takeWrites();
    return this.#version;
  }

  /**
   * To be called after a kernel, or anything else, has written into the block of a tensor that a user may have seen.
   */
  changed(): void {
    this.#version++;
    if (this.#mirrorIsWhole()) this.#mirror?.set(this.#block.values());
  }

  /**
   * The values, in memory that is the user's to keep and to write to: see Tensor.data. In a heap of float64 (tests of
   * gradients) a rounded copy that nothing is read back from.
   */
  data(): Float32Array {
    this.#checkAlive();
    if (this.#mirrorIsWhole() && this.#mirror !== undefined) return this.#mirror;
    const values = this.#block.values();
    if (!(values instanceof Float32Array)) return Float32Array.from(values);
    this.#mirror = copyOf(values);
    this.ballast = undefined;
    return this.#mirror;
  }

  /**
   * The values where they are, to be read at once: valid until the next tensor is made or this one changed. Never to
   * be handed to a user.
   */
  values(): Floats {
    this.#checkAlive();
    return this.#mirrorIsWhole() && this.#mirror !== undefined ? this.#mirror : this.#block.values();
  }

  /** Copies values into the block. Follow it by changed() if a user may have seen this storage. */
  write(source: ArrayLike<number> | Storage): void {
    // The address first: bringing the block into the heap may move the memory.
    const address = this.address;
    this.heap.floats.set(source instanceof Storage ? source.values() : source, address);
  }

  /** values() as float32: in a heap of float64 a rounded copy. */
  view(): Float32Array {
    const values = this.values();
    return values instanceof Float32Array ? values : Float32Array.from(values);
  }

  /**
   * Moves the values out of the heap until an operation needs them there: for what is handed out and most likely not
   * used again.
   */
  moveOut(): void {
    if (this.scope !== undefined || this.freed) return;
    forget(this.#block);
    this.#block.moveOut();
    this.ballast = undefined;
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
    this.#mirror = undefined;
    this.ballast = undefined;
    forget(this.#block);
    this.#block.free();
  }

  #leaveToCollector(): void {
    if (this.#mirror === undefined) this.ballast = new ArrayBuffer(this.#block.bytes);
    leaveToCollector(this, this.#block);
  }

  #prepare(): void {
    this.#checkAlive();
    if (!this.#block.inHeap) {
      withRoom(this.heap, this.#block.bytes, () => this.#block.moveIn());
      this.#leaveToCollector();
    }
    this.#takeWrites();
  }

  /** What the user has written into the mirror goes to the block. */
  #takeWrites(): void {
    const mirror = this.#mirror;
    if (mirror === undefined || !this.#mirrorIsWhole()) return;
    const values = this.#block.values();
    if (sameBits(mirror, values)) return;
    values.set(mirror);
    this.#version++;
  }

  /**
   * Drops a mirror whose buffer the user has transferred, to a worker for instance: the values in the block are as
   * they were.
   */
  #mirrorIsWhole(): boolean {
    if (this.#mirror !== undefined && this.#mirror.length !== this.size) this.#mirror = undefined;
    return this.#mirror !== undefined;
  }

  #checkAlive(): void {
    if (this.#freedBy === undefined) return;
    throw new RuntimeError(
      `tensor: it was freed by ${this.#freedBy}. Return it from the scope to keep it, or use it before it is freed.`,
    );
  }
}

/** Bits, not values: -0 is another value than 0, and a NaN is itself. */
function sameBits(a: Floats, b: Floats): boolean {
  const x = new Int32Array(a.buffer, a.byteOffset, a.byteLength / 4);
  const y = new Int32Array(b.buffer, b.byteOffset, x.length);
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false;
  return true;
}
