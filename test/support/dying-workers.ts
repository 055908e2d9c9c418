/**
 * Workers that end: at start, idle, woken, or with a chunk of a job taken. One trial runs jobs with one such worker and
 * a normal one until its end has taken effect. It tells whether the caller got a typed error or the right bits, and how
 * long the longest call took.
 */
import { Worker } from 'node:worker_threads';
import { RuntimeError } from '../../src/core/errors.ts';
import { findThreads, type StartThread, type ThreadEvents, type WorkerData } from '../../src/kernels/threads/worker.ts';
import type { Kernels } from './kernel-sets.ts';
import { createPool } from './pools.ts';
import { hashedFloats } from './reference.ts';
import { firstUnequal } from './twins.ts';

/**
 * What the worker runs: `enter` is a sound worker's life; `take` waits for a job, takes a chunk of it as drain() does,
 * and returns its number. Memory is filled with small objects: on large ones some versions of Node end the whole
 * process, not the worker.
 */
export const PRELUDE = `'use strict';
const { parentPort, workerData, Worker } = require('node:worker_threads');
const { module, memory, control, workspace, flags } = workerData;
const address = (value) => new WebAssembly.Global({ value: 'i32' }, value);
const { exports } = new WebAssembly.Instance(module, { ganvas: { memory, workspace: address(workspace) } });
const ready = () => parentPort.postMessage('ready');
const enter = () => { ready(); exports.work(control); };
const ints = new Int32Array(memory.buffer);
const woken = () => { while (Atomics.load(ints, control / 4) === 0) Atomics.wait(ints, control / 4, 0); };
const take = () => {
  ready();
  for (;;) {
    woken();
    const left = Atomics.load(ints, control / 4);
    if (left > 0 && Atomics.compareExchange(ints, control / 4, left, left - 1) === left) {
      Atomics.store(flags, 0, 1);
      return left - 1;
    }
  }
};
const fillMemory = () => { let last; for (;;) last = { last }; };
`;

/** A worker that runs a normal worker and terminates it a while after the jobs began. */
const TERMINATING = `
const inner = new Worker(workerData.inner, { eval: true, workerData });
inner.on('message', ready);
inner.on('exit', () => process.exit());
const watch = setInterval(() => {
  if (Atomics.load(flags, 1) === 0) return;
  clearInterval(watch);
  setTimeout(() => { Atomics.store(flags, 0, 1); inner.terminate(); }, workerData.delay);
}, 1);`;

interface Death {
  readonly source: string;
  /** The possible results of a job: an error if a chunk is lost, else the right bits. */
  readonly outcome: 'error' | 'same bits' | 'either';
}

export const DEATHS: Readonly<Record<string, Death>> = {
  'throws at start': { source: `throw new Error('at start');`, outcome: 'same bits' },
  'exits at start': { source: 'process.exit(3);', outcome: 'same bits' },
  'runs out of memory at start': { source: 'fillMemory();', outcome: 'same bits' },
  'never starts': { source: 'for (;;);', outcome: 'same bits' },
  'exits when it is there': { source: 'ready(); setImmediate(() => process.exit());', outcome: 'same bits' },
  'is terminated while it sleeps': { source: 'enter();', outcome: 'same bits' },
  'exits when it is woken': {
    source: 'ready(); woken(); Atomics.store(flags, 0, 1); process.exit();',
    outcome: 'same bits',
  },
  'throws with a chunk': { source: `take(); throw new Error('with a chunk');`, outcome: 'error' },
  'exits with a chunk': { source: 'take(); process.exit();', outcome: 'error' },
  'runs out of memory with a chunk': { source: 'take(); fillMemory();', outcome: 'error' },
  'loops with a chunk': { source: 'take(); for (;;);', outcome: 'error' },
  'forgets a chunk and works on': { source: 'take(); exports.work(control);', outcome: 'error' },
  'is terminated while it works': { source: TERMINATING, outcome: 'either' },
};

export const DEATH_NAMES: readonly string[] = Object.keys(DEATHS);

/** Starts sound workers, but for the first. flags[0]: the worker did its deed; flags[1]: the jobs have begun. */
function startDying(name: string, flags: Int32Array, delay: number): StartThread {
  const sound = findThreads();
  if (sound === undefined) throw new Error('there are no threads here');
  let started = 0;
  return (data: WorkerData, events: ThreadEvents) => {
    if (started++ > 0) return sound(data, events);
    const worker = new Worker(PRELUDE + DEATHS[name]!.source, {
      eval: true,
      workerData: { ...data, flags, delay, inner: `${PRELUDE}enter();` },
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 24 },
      stderr: true,
    });
    worker.on('message', (message) => {
      worker.unref();
      if (message === 'ready') events.ready();
    });
    worker.on('error', () => undefined);
    worker.on('exit', events.ended);
    const thread = { terminate: () => void worker.terminate() };
    if (name === 'is terminated while it sleeps') worker.on('message', thread.terminate);
    return thread;
  };
}

export interface Trial {
  readonly name: string;
  readonly outcome: 'error' | 'same bits';
  /** Whether the worker did what it was made for. */
  readonly done: boolean;
  /** The longest call of a kernel. */
  readonly milliseconds: number;
  readonly message: string;
}

const SIDE = 160;
const SIZE = SIDE * SIDE;
/** Duration of the jobs in one turn of the event loop, so that no event can tell the pool that the worker ended. */
const BUSY_MILLISECONDS = 80;
/** A worker that is to take a chunk may have to wait for a processor. */
const LONGEST_MILLISECONDS = 5000;

/**
 * Runs one trial. Throws if the bits are wrong, if the error is of another type, if the pool is not whole afterwards,
 * or if a worker does not end.
 *
 * @param seed - decides when a worker is terminated at its work.
 */
export async function tryDeath(name: string, patience: readonly [number, number], seed: number): Promise<Trial> {
  const flags = new Int32Array(new SharedArrayBuffer(8));
  const { heap, alone, spread, pool } = createPool(3, startDying(name, flags, (seed * 7) % 40), patience);
  const { blocks } = heap.usage();
  await pool.ready();
  const [c, a, b, right] = [heap.allocate(SIZE), heap.allocate(SIZE), heap.allocate(SIZE), heap.allocate(SIZE)];
  heap.floats.set(hashedFloats(SIZE, seed), a);
  heap.floats.set(hashedFloats(SIZE, seed + 1), b);
  const product = (kernels: Kernels, out: number): void =>
    kernels.gemm(out, a, b, SIDE, SIDE, SIDE, SIDE, SIDE, SIDE, 0, 0, 0);
  product(alone, right);
  const check = (when: string): void => {
    const at = firstUnequal(heap.ints.subarray(c, c + SIZE), heap.ints.subarray(right, right + SIZE));
    if (at !== undefined) throw new Error(`${name}, seed ${seed}: wrong bits at ${at} ${when}`);
  };
  let milliseconds = 0;
  let message = '';
  const begin = performance.now();
  const mustBeDone = DEATHS[name]!.outcome !== 'same bits';
  let end = begin + BUSY_MILLISECONDS;
  Atomics.store(flags, 1, 1);
  for (let now = begin; message === '' && now < end; now = performance.now()) {
    if (mustBeDone && Atomics.load(flags, 0) === 0)
      end = Math.min(now, begin + LONGEST_MILLISECONDS) + BUSY_MILLISECONDS;
    heap.floats.fill(Number.NaN, c, c + SIZE);
    const start = performance.now();
    try {
      product(spread, c);
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      message = error.message;
    }
    milliseconds = Math.max(milliseconds, performance.now() - start);
    if (message === '') check('without an error');
  }
  if (message !== '' && pool.size !== 1) throw new Error(`${name}: the pool did not close after the error`);
  product(spread, c);
  check('afterwards');
  pool.close();
  // Two workspaces and the control block are freed; four operands stay.
  await allGone(() => heap.usage().blocks === blocks - 3 + 4, `${name}, seed ${seed}`);
  return { name, outcome: message === '' ? 'same bits' : 'error', done: flags[0] === 1, milliseconds, message };
}

/** A worker has ended when its workspace is freed. With the last workspace the control block is freed. */
async function allGone(isGone: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!isGone()) {
    if (performance.now() > deadline) throw new Error(`${what}: a worker did not end`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
