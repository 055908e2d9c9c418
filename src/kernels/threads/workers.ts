/**
 * The workers of a pool, from their start to their end, and the blocks of the heap that they use: the control block,
 * and one packing workspace for each worker. A block is freed when all workers that may write to it have ended. That is
 * later than the request to end, and never if a worker stays frozen.
 */
import type { Heap } from '../heap.ts';
import type { Address } from '../kernel.ts';
import type { SimdSet } from '../sets.ts';
import { CLOSED, CONTROL_BYTES, DOOR_OPEN, DOOR_SHUT, DOORS, TICKET } from './jobs.ts';
import type { StartThread, Thread, WorkerData } from './worker.ts';

const CONTROL_FLOATS = CONTROL_BYTES / 4;

interface Worker {
  readonly workspace: Address;
}

export class Workers {
  /**
   * Each pool has its own control block: workers of a closed pool live a moment longer, and must not take a chunk of
   * another pool's job.
   */
  readonly control: Address;
  readonly #heap: Heap;
  readonly #set: SimdSet;
  /** The workers that count as threads. */
  readonly #present = new Set<Thread>();
  /** The workers that have not ended, whether they count as threads or not. */
  readonly #alive = new Set<Worker>();
  readonly #ready: Promise<unknown>;
  #closed = false;
  #onEnd: (() => void) | undefined;

  /** @param patience - how long a worker may take to start before it no longer counts, in milliseconds. */
  constructor(heap: Heap, set: SimdSet, count: number, start: StartThread, patience: number) {
    this.#heap = heap;
    this.#set = set;
    this.control = heap.allocate(CONTROL_FLOATS);
    heap.ints.fill(0, this.control, this.control + CONTROL_FLOATS);
    const starts: Promise<void>[] = [];
    try {
      for (let i = 0; i < count; i++) starts.push(this.#start(this.control + DOORS / 4 + i, start, patience));
    } catch (error) {
      this.close();
      throw error;
    }
    this.#ready = Promise.all(starts);
  }

  get size(): number {
    return this.#present.size;
  }

  /** Resolves when every worker has started, has ended or has used up its patience. */
  async ready(): Promise<void> {
    await this.#ready;
  }

  /** Tells all workers to end. Their blocks are freed when they have ended. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const ticket = this.control + TICKET / 4;
    Atomics.store(this.#heap.ints, ticket, CLOSED);
    Atomics.notify(this.#heap.ints, ticket);
    for (const thread of this.#present) thread.terminate();
    this.#present.clear();
    if (this.#alive.size === 0) this.#allEnded();
  }

  /** Frees all blocks. The heap has moved, so the workers can no longer write to them. */
  abandon(): void {
    this.close();
    for (const worker of this.#alive) this.#takeBack(worker);
  }

  /** Calls `listener` once every worker has ended; the pool must be closed. */
  whenEnded(listener: () => void): void {
    if (this.#alive.size === 0) listener();
    else this.#onEnd = listener;
  }

  #takeBack(worker: Worker): void {
    if (!this.#alive.delete(worker)) return;
    this.#heap.free(worker.workspace, this.#set.workspaceBytes / 4);
    if (this.#closed && this.#alive.size === 0) this.#allEnded();
  }

  #allEnded(): void {
    this.#heap.free(this.control, CONTROL_FLOATS);
    this.#onEnd?.();
  }

  #start(door: number, start: StartThread, patience: number): Promise<void> {
    const heap = this.#heap;
    const { module, workspaceBytes } = this.#set;
    const worker: Worker = { workspace: heap.allocate(workspaceBytes / 4) };
    this.#alive.add(worker);
    const data: WorkerData = {
      module,
      memory: heap.memory,
      control: 4 * this.control,
      door: 4 * door,
      workspace: 4 * worker.workspace,
    };
    return new Promise((resolve) => {
      let thread: Thread | undefined;
      const timer = setTimeout(() => {
        resolve();
        if (this.#closed || thread === undefined) return;
        // If the worker has passed its door in the meantime, it counts, and only its message is late.
        if (Atomics.compareExchange(heap.ints, door, DOOR_OPEN, DOOR_SHUT) !== DOOR_OPEN) return;
        this.#present.delete(thread);
        thread.terminate();
      }, patience);
      const ready = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const ended = (): void => {
        if (thread !== undefined) this.#present.delete(thread);
        this.#takeBack(worker);
        ready();
      };
      try {
        thread = start(data, { ready, ended });
        if (this.#alive.has(worker)) this.#present.add(thread);
      } catch {
        // The engine has no room for another thread, or the policy of the page forbids workers: one worker fewer.
        ended();
      }
    });
  }
}
