/** A worker that takes a chunk of a job, freezes, and later writes over all of the memory. */
import { Worker } from 'node:worker_threads';
import { type MockInstance, vi } from 'vitest';
import { heap } from '../../src/kernels/runtime.ts';

export interface Thief {
  /** Lets it write over everything, and resolves when it has ended. */
  release(): Promise<void>;
}

/** Call it before the jobs run whose ticket is wanted. */
export function watchTickets(): MockInstance<typeof Atomics.store> {
  return vi.spyOn(Atomics, 'store');
}

/** The address of the ticket of the last job: of its atomic stores only that one is above 1, the number of chunks. */
export function lastTicket({ mock }: MockInstance<typeof Atomics.store>): number {
  return mock.calls.filter((call) => call[2] > 1).at(-1)![1];
}

export async function startThief(ticket: number): Promise<Thief> {
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
