/**
 * The thread pool. Its kernels cut large calls into chunks, write them to shared memory (jobs.ts), wake the workers and
 * process chunks together with them. Small calls run at once on the calling thread. Waiting is bounded: if no chunk is
 * finished for a while, the pool closes with an error and its kernels continue on one thread. One case cannot be
 * handled: a worker that is frozen while it holds a lock of the engine, such as that of Atomics.wait, blocks every
 * thread of the process that needs the lock.
 */
import { RuntimeError } from '../../core/errors.ts';
import type { Heap } from '../heap.ts';
import type { KernelFunction } from '../kernel.ts';
import { type KernelSet, replaceFunctions, type SimdSet } from '../sets.ts';
import type { SplitRule } from '../split.ts';
import { AWAITED, COMPLETED, MAX_CHUNKS, RECORD_BYTES, RECORDS, SLEEPERS, TICKET, writeRecord } from './jobs.ts';
import type { StartThread } from './worker.ts';
import { Workers } from './workers.ts';

/**
 * Smaller jobs stay on one thread, since waking another takes some microseconds. In elements of an elementwise kernel.
 */
const SMALLEST_JOB = 16_384;
/** Size of the largest chunk, so that progress is visible: some milliseconds of one thread. */
const LARGEST_CHUNK = 1 << 25;
/** Workers count as lost if no chunk is finished for this many milliseconds. */
const PATIENCE = 1500;
/**
 * How long a worker may take to start before it no longer counts, in milliseconds. Many workers may start at once on a
 * busy machine.
 */
const START_PATIENCE = 10_000;
/** How long the calling thread sleeps before it checks again, in milliseconds. */
const NAP = 20;
/** How often the calling thread reads the count of completed chunks before it sleeps. */
const SPINS = 50_000;

export class ThreadPool {
  /** The kernels; large calls are spread over the threads. */
  readonly kernels: KernelSet;
  readonly #heap: Heap;
  readonly #set: SimdSet;
  readonly #workers: Workers;
  readonly #drain: (control: number) => void;
  readonly #patience: number;
  readonly #scratch: number[] = [];
  #lost = false;

  /**
   * @param threads - total number, including the calling one.
   * @param patience - PATIENCE and START_PATIENCE; tests set others.
   */
  constructor(
    heap: Heap,
    set: SimdSet,
    threads: number,
    start: StartThread,
    [patience, startPatience]: readonly [number, number] = [PATIENCE, START_PATIENCE],
  ) {
    if (set.drain === undefined) throw new RuntimeError('threads: the memory is not shared');
    this.#heap = heap;
    this.#set = set;
    this.#drain = set.drain;
    this.#patience = patience;
    this.#workers = new Workers(heap, set, threads - 1, start, startPatience);
    this.kernels = this.#spread(set);
  }

  /** Number of running threads, including the calling one. */
  get size(): number {
    return this.#workers.size + 1;
  }

  /** Whether it closed because a worker was lost. */
  get lost(): boolean {
    return this.#lost;
  }

  /** Address of the control block. */
  get control(): number {
    return this.#workers.control;
  }

  /** Resolves when every worker has started or no longer counts. */
  ready(): Promise<void> {
    return this.#workers.ready();
  }

  /** Ends all workers. The kernels continue on the calling thread. */
  close(): void {
    this.#workers.close();
  }

  #spread({ kernels }: SimdSet): KernelSet {
    const spread: KernelSet = new Map();
    for (const [kernel, call] of kernels) {
      const number = spread.size;
      const { rule, parameters } = kernel;
      const floats = Object.values(parameters).map((kind) => kind === 'f32');
      spread.set(kernel, rule === undefined ? call : (...args) => this.#call(number, rule, call, floats, args));
    }
    return spread;
  }

  #call(kernel: number, rule: SplitRule, call: KernelFunction, floats: readonly boolean[], args: number[]): number {
    const length = rule.length(args);
    const work = length * rule.cost(args);
    if (work < SMALLEST_JOB || this.#workers.size === 0) return call(...args);
    const units = Math.ceil(length / rule.grain);
    const wanted = Math.max(this.size, Math.min(Math.ceil(work / LARGEST_CHUNK), MAX_CHUNKS));
    const chunks = Math.min(wanted, units);
    if (chunks < 2) return call(...args);
    this.#write(kernel, rule, floats, args, chunks, units);
    return this.#run(chunks);
  }

  /** Writes one record for each chunk. Chunks differ by at most one unit. */
  #write(
    kernel: number,
    rule: SplitRule,
    floats: readonly boolean[],
    args: number[],
    chunks: number,
    units: number,
  ): void {
    const part = this.#scratch;
    const length = rule.length(args);
    for (let chunk = 0; chunk < chunks; chunk++) {
      const begin = Math.floor((chunk * units) / chunks) * rule.grain;
      const end = Math.min(Math.floor(((chunk + 1) * units) / chunks) * rule.grain, length);
      for (let i = 0; i < args.length; i++) part[i] = args[i]!;
      rule.part(part, args, begin, end);
      writeRecord(this.#heap, this.control + (RECORDS + chunk * RECORD_BYTES) / 4, kernel, floats, part);
    }
  }

  #run(chunks: number): number {
    const { ints } = this.#heap;
    const ticket = this.control + TICKET / 4;
    const completed = this.control + COMPLETED / 4;
    Atomics.store(ints, completed, 0);
    Atomics.store(ints, ticket, chunks);
    if (Atomics.load(ints, this.control + SLEEPERS / 4) > 0) Atomics.notify(ints, ticket, chunks - 1);
    this.#drain(4 * this.control);
    this.#await(completed, chunks);
    let result = 0;
    for (let chunk = 0; chunk < chunks; chunk++) result += ints[this.control + (RECORDS + chunk * RECORD_BYTES) / 4]!;
    return result;
  }

  #await(completed: number, chunks: number): void {
    const { ints } = this.#heap;
    for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(ints, completed) === chunks) return;
    let last = -1;
    let waited = 0;
    let before = performance.now();
    for (;;) {
      const done = Atomics.load(ints, completed);
      if (done === chunks) return;
      const now = performance.now();
      // If much more time than a nap has passed, this thread was stopped, and most likely the workers too. So it counts
      // as two naps at most.
      waited = done === last ? waited + Math.min(now - before, 2 * NAP) : 0;
      last = done;
      before = now;
      if (waited > this.#patience) {
        this.#leaveWorkers();
        throw new RuntimeError(
          `threads: a worker was lost: ${chunks - done} of ${chunks} parts of a job were not finished within ` +
            `${this.#patience} ms. The pool is closed and later work runs on one thread; what was being computed is ` +
            'incomplete, so resume from a checkpoint.',
        );
      }
      sleep(ints, this.control, done);
    }
  }

  /**
   * Continues without the workers. The lost worker may be frozen in the middle of a chunk. If it wakes up, it writes
   * its part into operands that may hold other values by then. So the heap moves, and the workers keep the old memory
   * until they end. If the engine has no room for a second memory, the tensors cannot be used until the workers have
   * ended.
   */
  #leaveWorkers(): void {
    const renew = (): void => {
      this.#set.renew();
      replaceFunctions(this.kernels, (kernel) => this.#set.kernels.get(kernel)!);
    };
    this.#lost = true;
    this.close();
    try {
      this.#heap.move();
      renew();
      this.#workers.abandon();
    } catch (cause) {
      const reason = new RuntimeError(
        'memory: a lost worker may still write into the tensors, and there is no room to copy them out of its ' +
          'reach. They can be used again when it has ended; if it does not end, restart the program and resume from ' +
          'a checkpoint.',
        { cause },
      );
      this.#heap.suspend(reason);
      const refuse = (): never => {
        throw reason;
      };
      replaceFunctions(this.#set.kernels, () => refuse);
      replaceFunctions(this.kernels, () => refuse);
      this.#workers.whenEnded(() => {
        this.#heap.resume();
        renew();
      });
    }
  }
}

/** Waits briefly for the count to change. Browsers do not let their main thread sleep, so it spins there. */
function sleep(ints: Int32Array, control: number, done: number): void {
  Atomics.store(ints, control + AWAITED / 4, 1);
  try {
    Atomics.wait(ints, control + COMPLETED / 4, done, NAP);
  } catch {
    // The caller checks again: it spins.
  }
  Atomics.store(ints, control + AWAITED / 4, 0);
}
