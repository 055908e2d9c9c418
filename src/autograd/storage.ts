/**
 * Storage: the values of a tensor, and of all reshapes of it. It owns a block of the heap. The block is freed
 *
 * - if the storage was made inside a scope: when the scope ends;
 * - if it was made outside, or escaped from its scope: when the storage is garbage-collected (unscoped.ts);
 * - at any time: by dispose().
 *
 * Users never get views of the heap. `data` returns the mirror: a copy in its own array, made on the first request and
 * kept up to date. What the user writes into the mirror is copied to the block before a kernel reads it. What a kernel
 * writes into a variable is copied to the mirror. So the array, and anything made from it (a subarray, a DataView on
 * its buffer), stays valid after the block is freed.
 */
import { RuntimeError } from '../core/errors.ts';
import type { Floats, Heap } from '../kernels/heap.ts';
import type { Address } from '../kernels/kernel.ts';
import { heap } from '../kernels/runtime.ts';
import { Block, copyOf } from './block.ts';
import type { Scope } from './scope.ts';
import { forget, leaveToCollector, withRoom } from './unscoped.ts';

let scopeInForce: Scope | undefined;

/** The scope that new storages belong to; `undefined` outside all scopes. */
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
   * To the engine's collector a Storage is a few dozen bytes, so it would collect storages too late. A buffer of the
   * block's size tells the collector the true size. The buffer is never touched, so it costs address space but no
   * memory.
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
   * Where the values begin in the heap. Valid for one kernel call only; ask again before the next. Throws if the
   * storage was freed.
   */
  get address(): Address {
    const block = this.#block;
    if (!block.inHeap) {
      this.#checkAlive();
      withRoom(this.heap, block.bytes, () => block.moveIn());
      this.#leaveToCollector();
    }
    this.#takeWrites();
    return block.address;
  }

  get freed(): boolean {
    return this.#freedBy !== undefined;
  }

  /**
   * Number of changes of the values. A recorded pass compares it to detect that a tensor was changed after it was used.
   */
  get version(): number {
    this.#takeWrites();
    return this.#version;
  }

  /** Call this after writing into the block of a tensor that a user may have seen. */
  changed(): void {
    this.#version++;
    this.#wholeMirror()?.set(this.#block.values());
  }

  /**
   * The values in an array that the user may keep and write to: see Tensor.data. In a float64 heap (tests of gradients)
   * it is a rounded copy, and writes to it have no effect.
   */
  data(): Float32Array {
    const view = this.view();
    if (view === this.#mirror || this.heap.bytesPerElement === 8) return view;
    return (this.#mirror = copyOf(view));
  }

  /** The values, not copied. Valid until the next tensor is made or this one changes. Never return it to a user. */
  values(): Floats {
    this.#checkAlive();
    return this.#wholeMirror() ?? this.#block.values();
  }

  /** Copies values into the block. Call changed() afterwards if a user may have seen this storage. */
  write(source: ArrayLike<number> | Storage): void {
    // Ask for the address first: moving the block into the heap may reallocate the memory.
    const address = this.address;
    this.heap.floats.set(source instanceof Storage ? source.values() : source, address);
  }

  /** values() as float32; in a float64 heap a rounded copy. */
  view(): Float32Array {
    const values = this.values();
    return values instanceof Float32Array ? values : Float32Array.from(values);
  }

  /**
   * Moves the values out of the heap until an operation needs them there. For tensors that are returned to the user and
   * most likely not used again.
   */
  moveOut(): void {
    if (this.scope !== undefined || this.freed) return;
    forget(this.#block);
    this.#block.moveOut();
    this.ballast = undefined;
  }

  /** Removes the storage from its scope: from now on only dispose() or the garbage collector frees it. */
  escape(): void {
    if (this.scope === undefined) return;
    this.scope = undefined;
    this.#leaveToCollector();
  }

  free(by: string): void {
    if (this.#freedBy !== undefined) return;
    this.#freedBy = by;
    // The scope must not register it with the collector afterwards: that would free the block again.
    this.scope = undefined;
    this.#mirror = undefined;
    this.ballast = undefined;
    forget(this.#block);
    this.#block.free();
  }

  #leaveToCollector(): void {
    this.ballast = new ArrayBuffer(this.#block.bytes);
    leaveToCollector(this, this.#block);
  }

  /** Copies what the user has written into the mirror to the block. */
  #takeWrites(): void {
    const mirror = this.#wholeMirror();
    if (mirror === undefined) return;
    const values = this.#block.values();
    if (sameBits(mirror, values)) return;
    values.set(mirror);
    this.#version++;
  }

  /**
   * The mirror, if there is one. Drops it if the user has transferred its buffer, for example to a worker. The block
   * keeps its values.
   */
  #wholeMirror(): Float32Array | undefined {
    if (this.#mirror?.length !== this.size) this.#mirror = undefined;
    return this.#mirror;
  }

  #checkAlive(): void {
    if (this.#freedBy === undefined) return;
    throw new RuntimeError(
      `tensor: it was freed by ${this.#freedBy}. Return it from the scope to keep it, or use it before it is freed.`,
    );
  }
}

/** Compares bits, not values: -0 differs from 0, and a NaN equals itself. */
function sameBits(a: Floats, b: Floats): boolean {
  const x = new Int32Array(a.buffer, a.byteOffset, a.byteLength / 4);
  const y = new Int32Array(b.buffer, b.byteOffset, x.length);
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false;
  return true;
}
