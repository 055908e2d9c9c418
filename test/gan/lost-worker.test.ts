/**
 * A training that loses a worker ends with a typed error. Resumed from its last checkpoint it ends in the bits of an
 * undisturbed run, even if the worker wakes up meanwhile and writes over all of the memory that it has.
 */
import { Worker } from 'node:worker_threads';
import { afterAll, expect, it, vi } from 'vitest';
import {
  adam,
  createRandom,
  dataset,
  denseDiscriminator,
  denseGenerator,
  RuntimeError,
  type TrainGanOptions,
  trainGan,
} from '../../src/index.ts';
import { configure, heap, runtimeInfo } from '../../src/kernels/runtime.ts';
import { recordingStore, stateHash } from './tiny.ts';

afterAll(() => configure({ threads: 1 }));

const COUNT = 48;

/**
 * Large enough that a step's products are cut. 60 steps: a thief on a busy machine may come to a chunk only after some
 * of them.
 */
function options(overrides: Partial<TrainGanOptions>): TrainGanOptions {
  const bytes = Uint8Array.from({ length: COUNT * 784 }, (_, i) => (i * i * 37 + 11 * i) & 255);
  return {
    images: dataset(bytes, [COUNT, 28, 28, 1]),
    generator: denseGenerator({ random: createRandom(7) }),
    discriminator: denseDiscriminator({ random: createRandom(8) }),
    generatorOptimizer: adam({ learningRate: 1e-3 }),
    discriminatorOptimizer: adam({ learningRate: 1e-3 }),
    epochs: 20,
    batchSize: 16,
    seed: 5,
    sampleCount: 2,
    checkpointEvery: 2,
    ...overrides,
  };
}

interface Thief {
  /** Lets it write over everything, and resolves when it has. */
  release(): Promise<void>;
}

/** A worker that takes the next chunk of a job and freezes. */
async function startThief(ticket: number): Promise<Thief> {
  const flags = new Int32Array(new SharedArrayBuffer(4));
  const source = `
    const { parentPort, workerData: { memory, ticket, flags } } = require('node:worker_threads');
    const ints = new Int32Array(memory.buffer);
    parentPort.postMessage('ready');
    for (let left = 0; ; left = Atomics.load(ints, ticket)) {
      if (left > 0 && Atomics.compareExchange(ints, ticket, left, left - 1) === left) break;
    }
    Atomics.wait(flags, 0, 0);
    new Float32Array(memory.buffer).fill(12345);
    parentPort.postMessage('done');`;
  const worker = new Worker(source, { eval: true, workerData: { memory: heap().memory, ticket, flags } });
  await new Promise((resolve) => worker.once('message', resolve));
  return {
    async release() {
      const done = new Promise((resolve) => worker.once('message', resolve));
      Atomics.store(flags, 0, 1);
      Atomics.notify(flags, 0);
      await done;
      await worker.terminate();
    },
  };
}

it.each([1, 3])('trainGan, lost twice, resumed on %i threads', async (threads) => {
  const whole = recordingStore();
  await trainGan(options({ checkpoint: whole, threads: 1 }));
  const store = recordingStore();
  const thieves: Thief[] = [];
  for (let loss = 0; loss < 2; loss++) {
    await configure({ threads: 3 });
    const { memory } = heap();
    let steps = 0;
    const stores = vi.spyOn(Atomics, 'store');
    const training = trainGan(
      options({
        checkpoint: store,
        resume: true,
        threads: 3,
        async onStep() {
          if (++steps !== 2) return;
          // Of a job's atomic stores only that of its ticket is of more than 1: the number of its parts.
          const tickets = stores.mock.calls.filter((call) => call[2] > 1);
          thieves.push(await startThief(tickets.at(-1)![1]));
        },
      }),
    );
    await expect(training).rejects.toThrow(RuntimeError);
    await expect(training).rejects.toThrow(/^threads: a worker was lost/);
    stores.mockRestore();
    expect(runtimeInfo().threads).toBe(1);
    expect(heap().memory).not.toBe(memory);
  }
  expect(store.saved.length).toBeLessThan(whole.saved.length);
  let steps = 0;
  await trainGan(
    options({
      checkpoint: store,
      resume: true,
      threads,
      // In the middle of the resumed training they wake up.
      async onStep() {
        if (++steps === 1) for (const thief of thieves) await thief.release();
      },
    }),
  );
  expect(steps).toBeGreaterThan(0);
  expect(stateHash(store.saved.at(-1)!)).toBe(stateHash(whole.saved.at(-1)!));
});
