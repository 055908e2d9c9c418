/**
 * A training that loses a worker ends with a typed error. Resumed from its last checkpoint it ends in the bits of an
 * undisturbed run, even if the worker wakes up meanwhile and writes over all of the memory that it has.
 */
import { afterAll, expect, it } from 'vitest';
import { RuntimeError, type TrainGanOptions, trainGan } from '../../src/index.ts';
import { configure, heap, runtimeInfo } from '../../src/kernels/runtime.ts';
import { lastTicket, startThief, type Thief, watchTickets } from '../support/thief.ts';
import { denseOptions, recordingStore, stateHash } from './tiny.ts';

afterAll(() => configure({ threads: 1 }));

/**
 * Large enough that a step's products are cut. 60 steps: a thief on a busy machine may come to a chunk only after some
 * of them.
 */
const options = (overrides: Partial<TrainGanOptions>): TrainGanOptions =>
  denseOptions(48, { epochs: 20, batchSize: 16, checkpointEvery: 2, ...overrides });

it.each([1, 3])('trainGan, lost twice, resumed on %i threads', async (threads) => {
  const whole = recordingStore();
  await trainGan(options({ checkpoint: whole, threads: 1 }));
  const store = recordingStore();
  const thieves: Thief[] = [];
  for (let loss = 0; loss < 2; loss++) {
    await configure({ threads: 3 });
    const { memory } = heap();
    let steps = 0;
    const tickets = watchTickets();
    const training = trainGan(
      options({
        checkpoint: store,
        resume: true,
        threads: 3,
        async onStep() {
          if (++steps !== 2) return;
          thieves.push(await startThief(lastTicket(tickets)));
        },
      }),
    );
    await expect(training).rejects.toThrow(RuntimeError);
    await expect(training).rejects.toThrow(/^threads: a worker was lost/);
    tickets.mockRestore();
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
