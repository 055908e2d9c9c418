/**
 * Freezes workers in the middle of their work for longer than the pool waits, and releases them while the program goes
 * on:
 * `npx tsx test/torture/frozen-workers.ts 100 15` (lost jobs, lost trainings). No value that belongs to something else
 * may change, and a training that is resumed after its typed error must end in the bits of an undisturbed one. A worker
 * that is frozen within a lock of the engine, such as the one of Atomics.wait, holds up every thread that needs the
 * lock; no program can do anything about that, and such trials are counted apart.
 *
 * It needs Linux, python3 and the right to trace this process (root, or /proc/sys/kernel/yama/ptrace_scope 0).
 */
import { configure, RuntimeError, type TrainGanOptions, trainGan } from '../../src/index.ts';
import { denseOptions, recordingStore, stateHash } from '../gan/tiny.ts';
import { testRandom } from '../support/mutate.ts';
import { createPool } from '../support/pools.ts';
import { Freezer, threadIds } from './freezer.ts';

const [losses = '100', trainings = '15', seed = '1'] = process.argv.slice(2);
const PATIENCE = 250;
const LATEST_FREEZE = 20;
/** A worker that is frozen without a part of a job is not missed. Then the trial is given up. */
const JOBS_MILLISECONDS = 4 * LATEST_FREEZE;
const THREADS = 2;
/** Large, so that a worker is mostly at work. */
const SIDE = 640;
const SIZE = SIDE * SIDE;
const PATTERN = 0x5a5a5a5a;

const random = testRandom(Number(seed));
const freezer = new Freezer();
/**
 * Trials in which the worker was frozen within a lock of the engine: no thread that needs the lock goes on before it is
 * released.
 */
let heldUp = 0;

/** Threads that came while `start` ran: those of the workers. */
async function newThreads(start: () => Promise<void>): Promise<number[]> {
  const before = threadIds();
  await start();
  return [...threadIds()].filter((thread) => !before.has(thread));
}

async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** One trial with a pool of its own. Returns the foreign values that were found; undefined if no worker was lost. */
async function loseJob(trial: number): Promise<number | undefined> {
  let test: ReturnType<typeof createPool> | undefined;
  const workers = await newThreads(async () => {
    test = createPool(THREADS, undefined, [PATIENCE, 10_000]);
    await test.pool.ready();
  });
  const { heap, pool, spread } = test!;
  const [c, a, b] = [heap.allocate(SIZE), heap.allocate(SIZE), heap.allocate(SIZE)];
  spread.randomNormal(a, 1, 2, 0, 0, 0, 0, 1, SIZE);
  spread.randomNormal(b, 1, 3, 0, 0, 0, 0, 1, SIZE);
  const jobs = [
    () => spread.gemm(c, a, b, SIDE, SIDE, SIDE, SIDE, SIDE, SIDE, 0, 0, 0),
    () => spread.tanh(c, a, SIZE),
    () => spread.add(c, a, b, SIDE, SIDE, SIDE, 1, SIDE, 1),
    () => spread.copy(c, a, SIDE, SIDE, SIDE, 1, SIDE),
  ] as const;
  const job = jobs[trial % jobs.length]!;
  const [frozen] = workers;
  if (frozen === undefined) throw new Error('no worker was started');
  freezer.freezeSoon(frozen, random.below(1000 * LATEST_FREEZE) / 1000);
  // The helper's input goes out in a turn of the event loop.
  await pause(0);
  let lost = false;
  for (const begin = performance.now(); !lost && performance.now() < begin + JOBS_MILLISECONDS; ) {
    try {
      job();
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      lost = true;
    }
  }
  await freezer.frozen();
  if (!lost) {
    if (!(await freezer.thaw(frozen))) heldUp++;
    pool.close();
    return undefined;
  }
  // The program goes on: other tensors take the place of the job's.
  for (const address of [c, a, b]) heap.free(address, SIZE);
  const others = Array.from({ length: 8 }, () => heap.allocate(SIZE));
  for (const address of others) heap.ints.fill(PATTERN, address, address + SIZE);
  await freezer.thaw(frozen);
  await pause(20);
  let foreign = 0;
  for (const address of others) for (let i = address; i < address + SIZE; i++) if (heap.ints[i] !== PATTERN) foreign++;
  return foreign;
}

const options = (overrides: Partial<TrainGanOptions>): TrainGanOptions =>
  denseOptions(256, { epochs: 10, batchSize: 128, checkpointEvery: 1, ...overrides });

/**
 * Trains, loses a worker, resumes on one thread while the worker wakes up. Returns the last state's hash; undefined if
 * no worker was lost.
 */
async function loseTraining(): Promise<string | undefined> {
  await configure({ threads: 1 });
  const workers = await newThreads(() => configure({ threads: THREADS }));
  const [frozen] = workers;
  if (frozen === undefined) throw new Error('no worker was started');
  const store = recordingStore();
  let lost = false;
  freezer.freezeSoon(frozen, random.below(300));
  try {
    await trainGan(options({ checkpoint: store, threads: THREADS }));
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    lost = true;
  }
  await freezer.frozen();
  let steps = 0;
  if (!lost || store.saved.length === 0) {
    if (!(await freezer.thaw(frozen))) heldUp++;
    return undefined;
  }
  await trainGan(
    options({
      checkpoint: store,
      resume: true,
      threads: 1,
      async onStep() {
        if (++steps === 2) await freezer.thaw(frozen);
      },
    }),
  );
  return stateHash(store.saved.at(-1)!);
}

/** Repeats until so many trials have lost a worker. */
async function repeat<T>(count: number, trial: (number: number) => Promise<T | undefined>): Promise<T[]> {
  const results: T[] = [];
  for (let number = 0; results.length < count; number++) {
    if (number > 10 * count + 20) throw new Error(`${number} trials lost only ${results.length} workers`);
    const result = await trial(number);
    if (result !== undefined) results.push(result);
  }
  return results;
}

try {
  const foreign = await repeat(Number(losses), loseJob);
  const changed = foreign.filter((count) => count > 0);
  console.log(
    `${foreign.length} lost jobs: foreign values after ${changed.length} of them`,
    ...(changed.length > 0 ? [changed.join(', ')] : []),
  );
  const whole = recordingStore();
  await trainGan(options({ checkpoint: whole, threads: 1 }));
  const expected = stateHash(whole.saved.at(-1)!);
  const hashes = await repeat(Number(trainings), loseTraining);
  const other = hashes.filter((hash) => hash !== expected).length;
  console.log(`${hashes.length} lost trainings, resumed: ${other} ended in other bits`);
  console.log(`${heldUp} other trials were held up by a lock of the engine until the worker was released`);
  if (changed.length + other > 0) process.exitCode = 1;
} finally {
  freezer.end();
}
