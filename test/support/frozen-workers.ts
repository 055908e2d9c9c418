/**
 * Workers that are frozen, count as lost, and wake up later. Here a worker simulates it, so that a test chooses the
 * moment: the worker does not end when it is told to, and continues only when it is released.
 * test/torture/frozen-workers.ts freezes normal workers from outside.
 */
import { Worker } from 'node:worker_threads';
import { RECORD_BYTES, RECORDS } from '../../src/kernels/threads/jobs.ts';
import { findThreads, type StartThread } from '../../src/kernels/threads/worker.ts';
import { PRELUDE } from './dying-workers.ts';

/** What a frozen worker writes, wherever it writes. */
const FOREIGN = 12_345;

/**
 * flags[0]: it is frozen; flags[1]: it may go on; flags[2]: it has written. A record of a matrix product is its number,
 * c, a, b, m, n, ...
 */
const FREEZE = `
const freeze = () => { Atomics.store(flags, 0, 1); Atomics.wait(flags, 1, 0); };
const finish = () => { Atomics.store(flags, 2, 1); process.exit(); };
const write = (chunk) => {
  const [, c, , , m, n] = ints.subarray((control + ${RECORDS} + chunk * ${RECORD_BYTES}) / 4);
  new Float32Array(memory.buffer).fill(${FOREIGN}, c, c + m * n);
};
`;

const SOURCES: Readonly<Record<'with a chunk' | 'while it starts', string>> = {
  'with a chunk': `${FREEZE} const chunk = take(); freeze(); write(chunk); finish();`,
  'while it starts': `${FREEZE} freeze();
    if (Atomics.compareExchange(ints, workerData.door / 4, 0, 1) === 0) enter();
    finish();`,
};

interface Frozen {
  readonly start: StartThread;
  /** Whether the first worker is frozen now. */
  isFrozen(): boolean;
  /** Lets the worker continue, and resolves when it has written. */
  release(): Promise<void>;
}

/** Starts normal workers, except for the first. */
export function frozenWorker(moment: keyof typeof SOURCES): Frozen {
  const sound = findThreads();
  if (sound === undefined) throw new Error('there are no threads here');
  const flags = new Int32Array(new SharedArrayBuffer(12));
  let started = 0;
  return {
    start(data, events) {
      if (started++ > 0) return sound(data, events);
      const worker = new Worker(PRELUDE + SOURCES[moment], {
        eval: true,
        workerData: { ...data, flags },
        execArgv: [],
      });
      worker.on('message', (message) => {
        worker.unref();
        if (message === 'ready') events.ready();
      });
      worker.on('exit', events.ended);
      return { terminate() {} };
    },
    isFrozen: () => Atomics.load(flags, 0) === 1,
    async release() {
      Atomics.store(flags, 1, 1);
      Atomics.notify(flags, 1);
      const deadline = performance.now() + 10_000;
      while (Atomics.load(flags, 2) === 0) {
        if (performance.now() > deadline) throw new Error('the worker did not go on');
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
  };
}
